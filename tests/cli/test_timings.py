"""How long each stage took: told as it ends, and as the profile of a run."""

from __future__ import annotations

import json
import logging
import shutil
from pathlib import Path

import pytest
from tests.demo.estate import Estate

from stocktake.cli.app import run
from stocktake.stages import LOG, Timings, listening, stage

STAGES = {"collect", "read", "graph", "snapshot", "tables", "scores", "roll-up", "save", "report"}


@pytest.fixture
def project(acme: Estate, tmp_path: Path) -> str:
    """A copy of the recorded company."""
    return str(shutil.copytree(acme.folder, tmp_path / "acme"))


def test_a_run_tells_where_its_time_went(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    """As a part of its answer; and, asked to be verbose, each stage as it ends, one document a line."""
    assert run(["--project", project, "--json", "run", "--profile", "--verbose"]) == 0
    printed = capsys.readouterr()
    profile = json.loads(printed.out)["profile"]
    lines = [json.loads(line) for line in printed.err.splitlines() if line.startswith("{")]

    assert {each["stage"] for each in profile} >= STAGES
    assert [line["stage"] for line in lines] == [each["stage"] for each in profile]
    assert {each["source"] for each in profile if each["stage"] == "read"} >= {"mlflow", "kserve"}
    assert all(0 <= each["seconds"] < 600 and each["cpu_seconds"] >= 0 for each in profile)
    [collecting] = [each for each in profile if each["stage"] == "collect"]
    assert collecting["seconds"] >= sum(each["seconds"] for each in profile if each["stage"] == "read") - 0.01


def test_people_read_a_line_for_each_stage(project: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", project, "-v", "collect", "mlflow"]) == 0
    err = capsys.readouterr().err

    assert "read:" in err
    assert "source=mlflow" in err
    assert run(["--project", project, "collect", "mlflow"]) == 0
    assert "read:" not in capsys.readouterr().err


def test_a_stage_that_fails_says_so_and_what_is_in_it_knows_how_deep_it_is() -> None:
    timings = Timings()
    with pytest.raises(ValueError, match="no"), listening(timings), stage("outer"), stage("inner", source="mlflow"):
        raise ValueError("no")

    inner, outer = timings.found
    assert (inner.stage, inner.depth, inner.told) == ("inner", 1, {"source": "mlflow"})
    assert (outer.stage, outer.depth) == ("outer", 0)
    assert inner.error == outer.error == "ValueError: no"
    assert LOG.level == logging.NOTSET

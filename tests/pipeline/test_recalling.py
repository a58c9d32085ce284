"""Numbers that a saved run has already are read back, and measured anew where what they follow from changed."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.crash.company import METRIC, day_of, make, tell

from stocktake.pipeline import recalling
from stocktake.pipeline.line import measure, open_project
from stocktake.pipeline.report import report
from stocktake.pipeline.session import collect, current, log, measure_and_keep
from stocktake.project import Project
from stocktake.results import is_of_this_version
from stocktake.results.save import folder_of

SIZE = 6
LAST = day_of(1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A company that was asked on two days."""
    root = make(tmp_path / "small", "")
    for day in range(2):
        project = tell(root, day, SIZE)
        collect(project)
    return project


def test_a_report_of_a_saved_run_says_what_measuring_says_and_makes_no_graph(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    with log(project) as store:
        measured = report(measure(project, store, as_of=LAST))

    with caplog.at_level(logging.INFO, logger="stocktake"):
        recalled = current(project, as_of=LAST)
        told = report(recalled)

    assert recalled.run_id == saved.run_id
    assert told["run"].pop("id") == saved.run_id
    assert measured["run"].pop("id") is None
    measured["run"] = told["run"]  # what is published was not asked for
    assert told == measured
    assert told["coverage"]["suggestions"] or told["coverage"]["not_connected"]
    stages = {record.timing.stage for record in caplog.records if hasattr(record, "timing")}
    assert "recall" in stages
    assert "graph" not in stages


def test_what_no_run_saved_of_the_graph_is_made_of_the_same_moment(project: Project) -> None:
    saved = measure_and_keep(project, as_of=LAST)

    recalled = current(project, as_of=LAST)

    assert recalled.run_id == saved.run_id
    assert set(recalled.snapshot) == set(saved.snapshot)
    assert recalled.snapshot["model_binary"].sort_by("id") == saved.snapshot["model_binary"].sort_by("id")


def add_a_day(project: Project, _: str) -> None:
    """The log has more."""
    collect(tell(project.root, 2, SIZE))


def add_a_file(project: Project, _: str) -> None:
    """The project's files say something else."""
    (project.root / "metrics").mkdir(exist_ok=True)
    (project.root / "metrics" / "retraining_age.yaml").write_text(METRIC.format(day=9))


def damage(project: Project, run_id: str) -> None:
    """A file of the run is not what was saved."""
    path = folder_of(project.results, run_id) / "rollups" / "models.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def lose(project: Project, run_id: str) -> None:
    """A file of the run is gone."""
    (folder_of(project.results, run_id) / "tables" / "models.parquet").unlink()


@pytest.mark.parametrize("change", [add_a_day, add_a_file, damage, lose])
def test_after_a_change_it_is_measured_anew(project: Project, change: Callable[[Project, str], None]) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    assert current(project, as_of=LAST).run_id == saved.run_id

    change(project, saved.run_id)

    assert current(open_project(project.root), as_of=LAST).run_id == ""


def test_another_moment_and_an_earlier_log_are_measured_anew(project: Project) -> None:
    saved = measure_and_keep(project, as_of=LAST)

    assert current(project, as_of=LAST - timedelta(seconds=1)).run_id == ""
    assert current(project, as_of=LAST, known_at=saved.known_at - 1).run_id == ""


def test_a_run_by_another_version_is_measured_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    assert current(project, as_of=LAST).run_id == saved.run_id

    monkeypatch.setattr(sys.modules[is_of_this_version.__module__], "version", lambda _: "another")

    assert current(project, as_of=LAST).run_id == ""


def test_without_a_moment_a_run_stands_for_its_day(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = project.root / "stocktake.yaml"
    settings.write_text(re.sub("(?m)^as_of:.*\n", "", settings.read_text()))
    project = open_project(project.root)
    assert project.as_of is None
    saved = measure_and_keep(project)

    assert current(project).run_id == saved.run_id

    monkeypatch.setattr(recalling, "STANDS_FOR", timedelta(0))
    assert current(project).run_id == ""

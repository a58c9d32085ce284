"""New projects, the demonstration, and checks of a project."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from tests.demo.estate import Estate

from stocktake.cli.app import run
from stocktake.errors import Problem, ProjectError
from stocktake.project import open_project


def test_the_demonstration_prints_its_report_and_what_to_try(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["demo", str(tmp_path / "demo"), "--estate", "acme"])
    printed = capsys.readouterr()

    assert code == 0
    for question in ("How many models do we have?", "Which are active?", "Who owns them?", "Are they being retrained?"):
        assert question in printed.out
    assert "stocktake edit confirm 1" in printed.err


def test_the_made_up_company_is_of_the_size_asked_for_and_its_report_is_short(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of more models than can be listed, the report tells how many of each sort, and the few that matter most."""
    folder = str(tmp_path / "demo")
    code = run(["demo", folder, "--models", "26", "--days", "90", "--seed", "4"])
    printed = capsys.readouterr()

    assert code == 0
    assert len((tmp_path / "demo" / "truth" / "models.jsonl").read_bytes().splitlines()) == 26
    assert "nobody is named" in printed.out
    assert "Live, by how long ago they learned, the first 6 of" in printed.out
    assert len(printed.out.splitlines()) < 130
    assert run(["demo", folder, "--models", "26", "--days", "90", "--seed", "5"]) == 2
    assert run(["demo", str(tmp_path / "other"), "--estate", "acme", "--seed", "5"]) == 2
    assert "it was recorded" in capsys.readouterr().err


def test_the_demonstration_keeps_out_of_a_folder_that_holds_something_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.txt").write_text("precious", "utf-8")

    assert run(["demo", str(tmp_path)]) == 2
    assert run(["demo", str(tmp_path / "new"), "--estate", "nowhere"]) == 2
    assert "use one of: acme, synthetic" in capsys.readouterr().err
    assert [each.name for each in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_new_project_is_whole_and_made_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(tmp_path / "mine")

    assert run(["init", folder]) == 0
    assert run(["--project", folder, "check"]) == 0
    assert run(["--project", folder, "counts"]) == 0
    assert run(["init", folder]) == 2
    assert "a project is here already" in capsys.readouterr().err


def test_check_names_what_is_wrong_by_file_and_line(
    acme: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(acme.folder, tmp_path / "acme"))
    (folder / "vocabulary").mkdir()
    (folder / "vocabulary" / "own.yaml").write_text(
        "vocabulary: own\nsays: Ours.\nsource: us\nlabels:\n  Thing:\n    claims:\n      - kind: nonsense\n", "utf-8"
    )
    code = run(["--project", str(folder), "check", "--json"])
    parts = {each["name"]: each for each in json.loads(capsys.readouterr().out)["parts"]}

    assert code == 1
    assert parts["vocabulary"]["problems"][0]["where"].endswith("own.yaml:7")


def test_a_source_that_can_not_be_read_is_told_and_the_rest_is_collected(
    acme: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(acme.folder, tmp_path / "acme"))
    (folder / "recorded" / "ray" / "serve_applications.running.json").write_text("<html>busy</html>", "utf-8")
    code = run(["--project", str(folder), "collect", "ray", "kserve", "--json"])
    printed = capsys.readouterr()
    told = {each["source"]: each for each in json.loads(printed.out)["sources"]}

    assert code == 1
    assert (told["ray"]["complete"], told["kserve"]["complete"]) == (False, True)
    assert "serve_applications.running.json:1" in printed.err


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("project: [a\n", [(2, "not YAML: did not find expected ',' or ']'")]),
        ("project: a\nasof: 2026-01-01\n", [(2, "asof says nothing here")]),
        ("project: a\nengine: {a: {kind: trino}}\n", [(2, "engine says nothing here")]),
        ("as_of: 2026-01-01\n", [(1, "the project has no name")]),
        ("project: a\nchurn_owner: somebody\n", []),
    ],
)
def test_wrong_settings_are_told_once(text: str, told: list[tuple[int, str]], tmp_path: Path) -> None:
    """By line; what no setting is like may be a vocabulary's."""
    (tmp_path / "stocktake.yaml").write_text(text, "utf-8")
    try:
        open_project(tmp_path)
        problems: tuple[Problem, ...] = ()
    except ProjectError as error:
        problems = error.problems

    assert [(each.where, each.problem) for each in problems] == [
        (f"{tmp_path}/stocktake.yaml:{line}", problem) for line, problem in told
    ]

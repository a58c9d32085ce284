"""`check --engine`: the cases of a project's files, all at once on an engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.cases.project import check_project
from stocktake.cli.app import run
from stocktake.engines.duckdb import DuckDb
from stocktake.pipeline.line import open_project

SQL = """\
-- definition: old_owner
-- says: An owner is old when its name is.
-- grain: one row per owner
-- version: 1
-- owner: somebody
-- source: a test
SELECT
    owner.id AS owner_id, -- The owner.
    owner.name = 'old' AS is_member -- Unknown where it has no name.
FROM graph.owner AS owner
"""
CASES = """\
cases:
  - says: It is.
    given: {graph.owner: [{id: a, name: old}, {id: b, name: new}]}
    expect: [{owner_id: a, is_member: true}, {owner_id: b, is_member: false}]
  - says: It is not.
    given: {graph.owner: [{id: a, name: new}]}
    expect: [{owner_id: a, is_member: true}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one definition, of whose cases the second is wrong."""
    (tmp_path / "stocktake.yaml").write_text("project: it\n", "utf-8")
    (tmp_path / "definitions").mkdir()
    (tmp_path / "definitions" / "old_owner.sql").write_text(SQL, "utf-8")
    (tmp_path / "definitions" / "old_owner.cases.yaml").write_text(CASES, "utf-8")
    return tmp_path


def test_a_difference_is_told_by_the_line_of_its_case(folder: Path) -> None:
    """Each case is judged by its own rows, though all run together."""
    checked = {each.name: each for each in check_project(open_project(folder), engine=DuckDb(threads=1))}

    found = checked["definitions and tables"]
    assert found.cases == 2
    (problem,) = found.problems
    assert problem.where == f"{folder}/definitions/old_owner.cases.yaml:5"
    assert problem.problem == "expected {owner_id: a, is_member: True}, got {owner_id: a, is_member: False}"


def test_the_command_takes_an_engine_by_its_name(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One of the project's or a kind; another is told with those that there are."""
    assert run(["check", "--project", str(folder), "--engine", "duckdb"]) == 1
    assert "old_owner.cases.yaml:5" in capsys.readouterr().out
    assert run(["check", "--project", str(folder), "--engine", "oracle"]) == 2
    assert "use one of: duckdb, presto, spark, trino" in capsys.readouterr().err

"""Cases are read with exact complaints, and compared column by column."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stocktake.cases import check_standards
from stocktake.errors import Problem
from stocktake.schema import Schema, load_schema
from stocktake.standards import load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
SQL = """-- definition: it
-- says: x
-- grain: x
-- version: 1
-- owner: x
-- source: x
SELECT
    owner.id AS owner_id, -- It.
    owner.email AS email, -- Where to write.
    run.as_of AS as_of -- When.
FROM graph.owner AS owner
CROSS JOIN standard.run AS run
"""
Check = Callable[[str | None], list[Problem]]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The kinds that ship."""
    return load_schema([LIBRARY / "kinds"])


@pytest.fixture
def check(tmp_path: Path, schema: Schema) -> Check:
    """The problems of a cases file."""

    def run(cases: str | None) -> list[Problem]:
        (tmp_path / "it.sql").write_text(SQL, "utf-8")
        if cases is not None:
            (tmp_path / "it.cases.yaml").write_text(cases, "utf-8")
        verdicts = check_standards(load_files([tmp_path], [], schema), schema)
        return [problem for verdict in verdicts for problem in verdict.problems]

    return run


GOOD = """cases:
  - says: An owner.
    run: {as_of: 2026-11-23T19:00:00+01:00}
    given:
      graph.owner: [{id: bo}, {id: ana, email: a@x}]
    expect:
      - {owner_id: ana, email: a@x}
      - {owner_id: bo, as_of: 2026-11-23T18:00:00Z}
"""


def test_only_named_columns_are_compared_in_any_order(check: Check) -> None:
    """A case says what it is about and no more."""
    assert check(GOOD) == []


def test_a_difference_is_told_with_the_nearest_row(check: Check) -> None:
    """Expected and got stand beside each other."""
    (problem,) = check(GOOD.replace("{owner_id: ana, email: a@x}", "{owner_id: ana, email: b@x}"))

    assert problem.problem == "expected {owner_id: ana, email: b@x}, got {owner_id: ana, email: a@x}"
    assert problem.where.endswith("it.cases.yaml:2")


def test_a_row_too_many_is_told(check: Check) -> None:
    """Every row that comes is expected."""
    (problem,) = check(GOOD.replace("      - {owner_id: bo, as_of: 2026-11-23T18:00:00Z}\n", ""))

    assert problem.problem.startswith("2 rows came, 1 were expected; left: {owner_id: bo")


def test_a_file_without_cases_is_refused(check: Check) -> None:
    """What is added brings its own cases."""
    (problem,) = check(None)

    assert problem.problem == "it has no cases"


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("graph.owner:", "graph.ownr:"), 5, "the graph has no table graph.ownr"),
        (("graph.owner:", "standard.it:"), 5, "the graph has no table standard.it"),
        (("email: a@x}]", "colour: red}]"), 5, "graph.owner has no column colour"),
        (("{id: bo}", "{is_active: often}"), 5, "a value of graph.owner has the wrong type"),
        (("{owner_id: ana,", "{owner: ana,"), 7, "it has no column owner"),
        (("    run:", "    when:"), 3, "a case has no 'when'"),
        (("says: An owner.", "says:"), 2, "the case does not say what it shows"),
        (("    expect:", "    expected:"), 2, "the case expects nothing"),
        (("cases:", "case:"), 1, "the file holds no cases"),
        (("[{id: bo}", "[[id: bo}"), 5, "not YAML"),
    ],
)
def test_a_mistake_in_a_case_is_told_with_its_line(check: Check, change: tuple[str, str], line: int, said: str) -> None:
    """Not what DuckDB makes of it, but what is wrong in the file."""
    problems = check(GOOD.replace(*change))

    assert any(said in each.problem and each.where.endswith(f"it.cases.yaml:{line}") for each in problems), problems
    assert all(each.fix for each in problems)

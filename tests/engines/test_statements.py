"""Whole statements that the allow-list takes give the same rows on every engine as on DuckDB.

STOCKTAKE_ROUNDS=50 python3 tasks.py test tests/engines/test_statements.py    other ones, eight a round on each engine
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.alike import assert_alike
from tests.engines.statements import is_portable, statement
from tests.engines.test_properties import ENGINES, rows, table

from stocktake.engines import Engine, Step
from stocktake.engines.duckdb import DuckDb

ROUNDS = int(os.environ.get("STOCKTAKE_ROUNDS", "0"))


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine but DuckDB, a real one."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@settings(max_examples=ROUNDS or 2, deadline=None, derandomize=not ROUNDS, database=None)
@given(rows, rows, st.lists(statement.filter(is_portable), min_size=8, max_size=8, unique=True))
def test_random_statements_are_equal(
    engine: Engine, left: list[dict[str, object]], right: list[dict[str, object]], told: list[str]
) -> None:
    """Joins, groups, windows, sets and subqueries over random rows of the traps."""
    given_rows = {"graph.row": table(left), "graph.other": table(right)}
    steps = [Step(f"standard.asked_{number}", sql) for number, sql in enumerate(told)]

    found = engine.run_tables(steps, given_rows)

    for name, expected in DuckDb(threads=1).run_tables(steps, given_rows).items():
        sql = told[int(name.rpartition("_")[2])]
        assert_alike(sql, found[name].cast(expected.schema), expected)

"""Rows held against each other: by what tells them apart, exactly, whatever their order."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from stocktake.engines.duckdb import DuckDb
from stocktake.plan.rows import compare_rows

Columns = dict[str, list[Any]]


def compared(was: Columns | None, now: Columns | None) -> dict[str, Any]:
    """The differences of one table, of which either side may be missing."""
    sides = [{} if side is None else {"t": pa.table(side)} for side in (was, now)]
    return compare_rows(*sides, DuckDb()).get("t", {})


def test_rows_are_paired_by_the_first_columns_that_tell_them_apart() -> None:
    found = compared(
        {"a": ["x", "x", "y"], "b": [1, 2, 1], "c": [0.5, None, 7.0]},
        {"a": ["x", "x", "z"], "b": [2, 1, 1], "c": [3.0, 0.5, 7.0]},
    )
    assert found["key"] == ["a", "b"]
    assert (found["added"], found["removed"], found["changed"]) == (1, 1, 1)
    assert found["rows"] == [
        {"key": {"a": "x", "b": 2}, "was": {"c": None}, "now": {"c": 3.0}},
        {"key": {"a": "y", "b": 1}, "was": {"c": 7.0}, "now": None},
        {"key": {"a": "z", "b": 1}, "was": None, "now": {"c": 7.0}},
    ]


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ({"a": ["x", "y"], "b": [1, 2]}, {"a": ["y", "x"], "b": [2, 1]}),
        ({"a": [None, "y"], "b": [1, 2]}, {"a": ["y", None], "b": [2, 1]}),
        ({"a": ["x"], "b": [0.1 + 0.2]}, {"a": ["x"], "b": [0.3]}),
        ({"a": ["x", "x"], "b": [1, 1]}, {"a": ["x", "x"], "b": [1, 1]}),
        ({"a": ["x"], "b": [["p", "q"]]}, {"a": ["x"], "b": [["p", "q"]]}),
    ],
)
def test_order_and_the_last_places_of_a_number_are_no_difference(was: Columns, now: Columns) -> None:
    assert compared(was, now) == {}


def test_one_of_two_equal_rows_that_goes_is_missed() -> None:
    found = compared({"a": ["x", "x"]}, {"a": ["x"]})
    assert (found["added"], found["removed"], found["changed"]) == (0, 1, 0)


def test_a_column_or_a_table_that_only_one_side_has_is_empty_on_the_other() -> None:
    column = compared({"a": ["x"]}, {"a": ["x"], "b": [1]})
    assert column["rows"] == [{"key": {"a": "x"}, "was": {"b": None}, "now": {"b": 1}}]
    table = compared(None, {"a": ["x"], "b": [1]})
    assert table["rows"] == [{"key": {"a": "x"}, "was": None, "now": {"b": 1}}]


def test_a_column_of_another_type_is_compared_as_text() -> None:
    found = compared({"a": ["x", "y"], "b": [1, 2]}, {"a": ["x", "y"], "b": ["1", "two"]})
    assert [row["key"] for row in found["rows"]] == [{"a": "y"}]

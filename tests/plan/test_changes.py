"""What is said otherwise, apart from how it is written."""

from __future__ import annotations

import pytest

from stocktake.plan.changes import changes, differences
from stocktake.plan.meaning import Meaning, query_parts, tokens


def test_each_innermost_part_that_differs_is_named_by_its_path() -> None:
    was = {"buckets": {"fresh": {"when": "value <= 7"}, "order": ["fresh", "old"]}, "unit": "day"}
    now = {"buckets": {"fresh": {"when": "value <= 9"}, "order": ["old", "fresh"]}, "unit": "day", "owner": "x"}

    assert list(differences(was, now)) == [
        {"part": "buckets.fresh.when", "was": "value <= 7", "now": "value <= 9"},
        {"part": "buckets.order", "was": ["fresh", "old"], "now": ["old", "fresh"]},
        {"part": "owner", "was": None, "now": "x"},
    ]


def test_what_came_went_and_was_reworded_is_told_apart() -> None:
    was = {("metric", "a"): Meaning({"x": 1}, {"says": "one"}), ("metric", "b"): Meaning({}, {})}
    now = {("metric", "a"): Meaning({"x": 1}, {"says": "won"}), ("metric", "c"): Meaning({}, {})}

    found = changes(was, now)
    assert [(each["name"], each["what"]) for each in found] == [("a", "reworded"), ("b", "removed"), ("c", "added")]
    assert found[0]["parts"] == [{"part": "says", "was": "one", "now": "won"}]


@pytest.mark.parametrize(
    ("was", "now", "part"),
    [
        ("SELECT a.x + 1 AS y FROM g.a AS a", "SELECT a.x + 2 AS y FROM g.a AS a", "columns.y"),
        ("SELECT a.x AS y FROM g.a AS a", "SELECT a.x AS y FROM g.b AS a", "from"),
        ("SELECT a.x AS y FROM g.a AS a", "SELECT DISTINCT a.x AS y FROM g.a AS a", "distinct"),
        ("SELECT a.x AS y, 1 AS z FROM g.a AS a", "SELECT 1 AS z, a.x AS y FROM g.a AS a", "order of columns"),
        ("SELECT 1 AS y UNION ALL SELECT 2 AS y", "SELECT 1 AS y UNION SELECT 2 AS y", "query"),
    ],
)
def test_any_clause_of_a_query_is_part_of_its_meaning(was: str, now: str, part: str) -> None:
    assert [each["part"] for each in differences(query_parts(was), query_parts(now))] == [part]


def test_the_layout_of_a_vocabulary_expression_means_nothing() -> None:
    assert tokens("coalesce($.a[*],\n  'b  c') -- why") == tokens("coalesce( $.a[*] , 'b  c' )")
    assert tokens("'b  c'") != tokens("'b c'")

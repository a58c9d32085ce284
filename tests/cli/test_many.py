"""The report of many models counts them by sort and names the few that matter most."""

from __future__ import annotations

from typing import Any

from stocktake.cli.page import Table
from stocktake.cli.pages import many

LIVE = {"is_live": True, "model_by": "code", "live_deployment_count": 1, "binary_count": 2, "owned_through": "own"}


def models() -> list[dict[str, Any]]:
    """Twenty live models: the n-th learned n days ago; odd ones are idle; every fifth has no owner."""
    return [
        {
            **LIVE,
            "model_id": f"{number:02}",
            "name": f"m{number:02}",
            "is_active": number % 2 == 0,
            "days_since_trained": float(number) if number else None,
            "trained_at": None,
            "owners": ["ana"] if number % 5 else None,
            "is_owner_active": number < 15,
        }
        for number in range(20)
    ]


def rows(blocks: Any) -> list[list[tuple[object, ...]]]:
    """The rows of each table of a part."""
    return [list(block.rows) for block in blocks if isinstance(block, Table)]


def test_live_models_are_counted_by_what_names_them_and_idle_ones_are_named() -> None:
    counted, idle = rows(many.active_part(models()))

    assert counted[0] == ("its source code", 20, 20, 10, 10, 0)
    assert [row[0] for row in idle] == ["m01", "m03", "m05", "m07", "m09", "m11"]


def test_owners_are_counted_and_those_of_most_come_first() -> None:
    counted, most = rows(many.owners_part(models()))

    assert dict(counted) == {"somebody, named on it": 12, "nobody is named": 4, "only people who have left": 4}
    assert most == [("ana", 16, 16)]


def test_those_that_learned_longest_ago_come_first_and_unknown_ones_are_counted() -> None:
    part = list(many.trained_part(models()))

    assert part[0] == "Of 1 live models it is unknown when they last learned."
    assert [row[0] for row in rows(part)[0]] == ["m19", "m18", "m17", "m16", "m15", "m14"]


def test_findings_are_counted_by_reason_with_one_for_example() -> None:
    found = [("a", "lost"), ("b", "lost"), ("x" * 80, "broken")]

    (table,) = rows(many.findings_part(found))

    assert table[0] == (2, "lost", "a")
    assert len(str(table[1][2])) <= 44


def test_few_models_are_listed() -> None:
    assert not many.are_many({"models": models()[: many.FEW]})
    assert many.are_many({"models": models()})


def test_models_of_one_name_are_told_apart_by_their_ids() -> None:
    """By what `get` takes; a name that one model has stands by itself."""
    told = [{**row, "name": "alike" if row["model_id"] in ("01", "03") else row["name"]} for row in models()]

    _, idle = rows(many.active_part(told))

    assert {row[0] for row in idle} >= {"alike (01)", "alike (03)", "m05"}

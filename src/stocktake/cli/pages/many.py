"""What the report says where there are too many models to list: how many of each, and the few that matter most."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stocktake.cli.page import Block, Table
from stocktake.cli.pages.cells import COUNTED_BY, known, labels, minute, number

FEW = 12  # models that are listed one by one
TOP = 6  # of many, those that are named

Row = dict[str, Any]


def are_many(document: dict[str, Any]) -> bool:
    """Whether there are too many models to list each."""
    return len(document["models"]) > FEW


def active_part(models: list[Row]) -> Iterator[Block]:
    """Live, active and idle models by what names them; the idle ones with most behind them."""
    rows: list[tuple[object, ...]] = []
    for way in ("code", "family", "deployment"):
        named = [row for row in models if row["model_by"] == way]
        live = [row for row in named if row["is_live"]]
        asked = Counter(row["is_active"] for row in live)
        counts = (len(live), asked[True], asked[False], asked[None])
        rows.append((f"its {COUNTED_BY[way]}", len(named), *counts))
    called = labels(models)
    yield Table(("models named by", "all", "live", "of them used lately", "unused", "unknown"), rows)
    idle = [row for row in models if row["is_live"] and row["is_active"] is False]
    yield from named_part(
        "Live, and unused for 28 days", idle,
        ("model", "live deployments", "binaries", "owners"),
        lambda row: (called[row["model_id"]], row["live_deployment_count"], row["binary_count"], owners(row)),
        order=lambda row: -row["live_deployment_count"],
    )  # fmt: skip


def owners_part(models: list[Row]) -> Iterator[Block]:
    """How many models are answered for, and who answers for most."""
    sorts = Counter(_owned(row) for row in models)
    yield Table(("who answers", "models"), sorts.most_common())
    told = Counter(owner for row in models for owner in row["owners"] or ())
    live = Counter(owner for row in models if row["is_live"] for owner in row["owners"] or ())
    yield from _rest(len(told), "owner")
    rows = [(owner, count, live[owner]) for owner, count in sorted(told.items(), key=lambda each: (-each[1], each[0]))]
    yield Table(("owners of most", "models", "live"), rows[:TOP])


def _owned(row: Row) -> str:
    if not row["owners"]:
        return "nobody is named"
    if row["is_owner_active"] is False:
        return "only people who have left"
    if row["is_owner_active"] is None:
        return "people of whom no source says whether they are still there"
    return (
        "somebody, named on it" if row["owned_through"] == "own" else f"somebody, named on its {row['owned_through']}"
    )


def trained_part(models: list[Row]) -> Iterator[Block]:
    """The live models that learned longest ago."""
    called = labels(models)
    live = [row for row in models if row["is_live"] and row["days_since_trained"] is not None]
    unknown = sum(1 for row in models if row["is_live"] and row["days_since_trained"] is None)
    yield f"Of {unknown} live models it is unknown when they last learned."
    yield from named_part(
        "Live, by how long ago they learned", live,
        ("model", "last trained", "days since", "owners"),
        lambda row: (
            called[row["model_id"]], minute(row["trained_at"]), number(row["days_since_trained"]), owners(row)
        ),
        order=lambda row: -row["days_since_trained"],
    )  # fmt: skip


def owners(row: Row) -> str:
    """Who answers for a model, in few words."""
    told = row["owners"] or ["nobody is named"]
    return told[0] if len(told) == 1 else f"{told[0]} and {len(told) - 1} more"


def named_part(
    title: str,
    rows: list[Row],
    columns: tuple[str, ...],
    cells: Callable[[Row], tuple[object, ...]],
    *,
    order: Callable[[Row], float],
) -> Iterator[Block]:
    """The first of some models, and how many more there are."""
    if not rows:
        return
    chosen = sorted(rows, key=lambda row: (order(row), str(row["name"]), row["model_id"]))[:TOP]
    more = f", the first {TOP} of {len(rows)}" if len(rows) > TOP else ""
    yield f"{title}{more}:"
    yield Table(columns, [tuple(known(each) for each in cells(row)) for row in chosen])


def findings_part(findings: Iterable[tuple[str, str]]) -> Iterator[Block]:
    """What can't be known, by its reason: how many, and one for example."""
    counted: Counter[str] = Counter()
    example: dict[str, str] = {}
    for thing, why in findings:
        counted[why] += 1
        example.setdefault(why, thing)
    rows = [(count, why, example[why]) for why, count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]
    yield Table(("number", "what and why", "for example"), [(*row[:2], _short(row[2])) for row in rows])
    yield "`stocktake coverage` has all, by name."


def suggested_part(suggestions: list[Row]) -> Iterator[Block]:
    """Suggestions by kind and rule, with one for example."""
    counted = Counter((row["kind"], row["rule"]) for row in suggestions)
    first = {(row["kind"], row["rule"]): row for row in reversed(suggestions)}
    rows = [
        (count, kind.replace("_", " "), rule, first[kind, rule]["number"], _short(first[kind, rule]["evidence"]))
        for (kind, rule), count in sorted(counted.items(), key=lambda each: (-each[1], each[0]))
    ]
    yield Table(("pairs", "kind", "rule", "number", "for example"), rows)
    yield "`stocktake coverage` has all, by number."


def _short(text: str, length: int = 44) -> str:
    """A text that fits a cell, its middle left out."""
    return text if len(text) <= length else f"{text[: length // 2 - 1]}…{text[-length // 2 :]}"


def _rest(count: int, word: str) -> Iterator[Block]:
    if count > TOP:
        yield f"{count} {word}s are named in all."

"""The page of a comparison: who came and went, what changed and why, who moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import interval, minute, number, plural
from stocktake.metrics.change import CAUSES
from stocktake.metrics.slices import EVERYTHING

EXPLAINED = (
    "The change of the mean level is split into models that came or went (population), other scores of those that "
    "stayed (behaviour), and changed files (definition); the parts add up."
)


def compare_page(document: dict[str, Any], node: str | None = None) -> Iterator[Block]:
    """What changed between two moments. node: the one that it is about, which is then shown per slice."""
    before, after = (minute(document[side]["as_of"]) for side in ("before", "after"))
    yield f"From {before} to {after} UTC."
    for told in ("gained", "lost"):
        models = document["models"][told]
        named = f": {', '.join(each['name'] or each['id'] for each in models)}" if models else ""
        yield f"{plural(len(models), 'model')} {told}{named}."
    yield from _nodes(document)
    yield Heading("What changed, and why")
    yield EXPLAINED
    if node:
        yield _table(("slice", "slice_value"), document["changes"])
    else:
        yield _table(("node",), [row for row in document["changes"] if row["slice"] == EVERYTHING])
    yield from _moves(document)


def _nodes(document: dict[str, Any]) -> Iterator[Block]:
    for told in ("gained", "lost"):
        if names := document[f"nodes_{told}"]:
            yield f"Metrics and groups {told}: {', '.join(names)}."


def _table(names: Sequence[str], rows: Sequence[dict[str, Any]]) -> Table:
    cells = [
        (
            *(row[name] for name in names),
            *(interval(*(row[f"{end}_{side}"] for end in ("low", "point", "high"))) for side in ("before", "after")),
            *(_signed(row[f"point_{part}"]) for part in ("change", *CAUSES)),
        )
        for row in rows
    ]
    return Table((*names, "before", "after", "change", *CAUSES), cells)


def _signed(value: float | None) -> str:
    """A difference with its sign; nothing where it is not known."""
    return "" if value is None else "0" if not value else f"{'+' if value > 0 else '-'}{number(abs(value))}"


def _moves(document: dict[str, Any]) -> Iterator[Block]:
    rows = [
        (node, row["name"] or row["model_id"], row["before"], row["after"])
        for node, told in document["moves"].items()
        for row in told
    ]
    if rows:
        yield Heading("Models that moved")
        yield Table(("node", "model", "before", "after"), rows)

"""The page of `coverage`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Lines, Table

SECTIONS = {
    "sources": "Sources, and the artifacts that rest on them",
    "not_connected": "Not connected, and why",
    "ghosts": "Only referred to: nobody describes these",
    "unattributed": "Models that only their deployment names, binaries that are no model",
    "unowned": "Models without an owner",
    "conflicts": "Sources of equal rank that differ",
    "stale": "Values that only stale sources tell: they read as unknown",
    "erased": "Records whose words were erased: what they told can't be known",
    "unmapped": "Labels that no vocabulary knows",
    "labels": "Labels of which not every record says something",
    "flags": "Flags",
    "seen": "Artifacts by source and kind",
}
ID = 12


def coverage_page(document: dict[str, Any]) -> Iterator[Block]:
    """Every topic that has findings; then the suggestions, with how to confirm them."""
    for name, title in SECTIONS.items():
        rows = document[name] if name != "labels" else [row for row in document[name] if row["why"]]
        if rows:
            yield Heading(title)
            yield _table(rows)
    if document["unreached"]:
        yield Heading("Metrics that no source of this project can answer")
        listed = [
            (each["metric"], ", ".join(each["needs"]), ", ".join(each["connectors"])) for each in document["unreached"]
        ]
        yield Table(("metric", "needs", "connectors that could tell it"), listed)
    yield from suggestions_part(document["suggestions"])


def suggestions_part(suggestions: list[dict[str, Any]]) -> Iterator[Block]:
    """The suggestions, and how a person confirms one."""
    if not suggestions:
        return
    yield Heading("May be the same: a person can confirm it")
    rows = [(each["number"], each["kind"].replace("_", " "), each["rule"], each["evidence"]) for each in suggestions]
    yield Table(("number", "kind", "rule", "evidence"), rows)
    yield Lines(["", '  stocktake edit confirm NUMBER --why "…"'])


def _table(rows: list[dict[str, Any]]) -> Table:
    """Findings as they are, ids shortened, columns without any value left out."""
    columns = [name for name in rows[0] if any(row[name] is not None for row in rows)]
    cells = [[row[name][:ID] if name == "id" and row[name] else row[name] for name in columns] for row in rows]
    return Table(columns, cells)

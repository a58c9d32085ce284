"""The page of `runs`: what was published, and what was saved by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import minute


def runs_page(document: dict[str, Any]) -> Iterator[Block]:
    """Every publication, then every run."""
    yield Heading("Publications")
    published = document["publications"]
    rows = [(each["number"], minute(each["published_at"]), each["who"], each["why"]) for each in published]
    yield Table(("number", "published at", "who", "why"), rows)
    yield Heading("Runs")
    runs = [
        (each["id"], minute(each["as_of"]), each["known_at"], each["publication"] or "not published", _erased(each))
        for each in document["runs"]
    ]
    yield Table(("run", "as of", "known at", "publication", ""), runs)
    if document["purges"]:
        yield Heading("Purges")
        told = ("number", "who", "why", "rule", "bodies")
        purges = [(minute(each["purged_at"]), *(each[name] for name in told)) for each in document["purges"]]
        yield Table(("purged at", *told), purges)


def _erased(run: dict[str, Any]) -> str:
    """That a run can't be worked out again as it was, and by which purges."""
    numbers = ", ".join(map(str, run["erased_since"]))
    return f"rests on what was erased since: purge {numbers}" if numbers else ""

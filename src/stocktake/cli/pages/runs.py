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
        (each["id"], minute(each["as_of"]), each["known_at"], each["publication"] or "not published")
        for each in document["runs"]
    ]
    yield Table(("run", "as of", "known at", "publication"), runs)

"""The page of a trend: sparklines, first and last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import interval, minute

BARS = "▁▂▃▄▅▆▇█"
HIGHEST = 4.0
WIDTH = 60


def trend_page(document: dict[str, Any]) -> Iterator[Block]:
    """A node and its parts over time. A bar is the mean level, from 0 to 4; a gap is unknown."""
    points = document["points"]
    yield Heading(
        f"{document['node']}, {minute(points[0]['as_of'])} to {minute(points[-1]['as_of'])}: {len(points)} moments"
    )
    told = {document["node"]: points, **{f"  {name}": rows for name, rows in document["below"].items()}}
    rows = [(name, sparkline([each["point"] for each in course]), *_ends(course)) for name, course in told.items()]
    yield Table(("node", "course", "first", "last", "models first", "last"), rows)


def sparkline(levels: Sequence[float | None], width: int = WIDTH) -> str:
    """One bar per level, from 0 to 4; of more levels than the width, the last of each stretch."""
    count = len(levels)
    shown = [levels[(place + 1) * count // width - 1] for place in range(width)] if count > width else levels
    return "".join(" " if level is None else BARS[_step(level)] for level in shown)


def _step(level: float) -> int:
    return min(int(max(level, 0) / HIGHEST * len(BARS)), len(BARS) - 1)


def _ends(course: Sequence[dict[str, Any]]) -> tuple[object, ...]:
    first, last = course[0], course[-1]
    means = [interval(each["low"], each["point"], each["high"]) for each in (first, last)]
    return (*means, first["models"], last["models"])

"""Cells that several pages show: three-valued answers, times, intervals, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

COUNTED_BY = {
    "code": "source code",
    "family": "registered family",
    "binary": "trained binary",
    "deployment": "deployment",
    "model": "the definition `model`",
}


def labels(models: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """How each model is called, by its id: its name; where several have that, with the id beside it, as `get` takes."""
    rows = list(models)
    shared = Counter(row["name"] for row in rows)
    return {
        row["model_id"]: row["name"] if shared[row["name"]] == 1 else f"{known(row['name'])} ({row['model_id']})"
        for row in rows
    }


def answer(value: bool | None) -> str:
    """Yes, no, or unknown."""
    return "unknown" if value is None else "yes" if value else "no"


def known(value: Any) -> Any:
    """A value, or the word for its absence."""
    return "unknown" if value is None else value


def minute(value: datetime | str | None) -> str:
    """A time to the minute, UTC."""
    if not isinstance(value, datetime):
        return value or "unknown"
    moment = value.astimezone(UTC) if value.tzinfo else value
    return f"{moment:%Y-%m-%d %H:%M}"


def interval(low: float | None, point: float | None, high: float | None, *, share: bool = False) -> str:
    """An interval in one cell: `2`, `1–3`, `0–4, 2` (low–high, point)."""
    if low is None or high is None:
        return "none"
    ends = [number(each, share=share) for each in (low, high)]
    if ends[0] == ends[1]:
        return ends[0]
    middle = f", {number(point, share=share)}" if point is not None else ""
    return f"{ends[0]} to {ends[1]}{middle}"


def number(value: float, *, share: bool = False) -> str:
    """A number without needless places; a share in percent."""
    if share:
        return f"{100 * value:.1f}".rstrip("0").rstrip(".") + "%"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def plural(count: int, word: str) -> str:
    """`1 model`, `2 models`."""
    if count == 1:
        return f"1 {word}"
    return f"{count} {word[:-1]}ies" if word.endswith("y") else f"{count} {word}s"

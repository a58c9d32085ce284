"""Targets: the level that a node shall have over a slice of the models by a day, and how far it is from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from stocktake.errors import MetricError, Problem
from stocktake.metrics.document import Reader
from stocktake.metrics.read import NAME
from stocktake.metrics.rulings import read_folder
from stocktake.metrics.slices import EVERYTHING
from stocktake.metrics.spec import Catalogue

KEYS = ("target", "node", "slice", "level", "by", "from", "start", "reason", "owner")
MET, ON_TRACK, BEHIND, OPEN, MISSED = "met", "on_track", "behind", "open", "missed"


@dataclass(frozen=True, slots=True)
class Target:
    """A mean level that a node shall have over a slice (`owner`, `growth`), by a moment, UTC.

    from_at, start: the moment and level that it is to be reached from, in a straight line. where: its file and line,
    or its record.
    """

    name: str
    node: str
    level: float
    by_at: datetime
    slice: str = EVERYTHING
    slice_value: str = EVERYTHING
    from_at: datetime | None = None
    start: float | None = None
    reason: str = ""
    owner: str = ""
    where: str = ""

    def due(self, as_of: datetime) -> float | None:
        """The level on the way to it at a moment; None where its file says no beginning."""
        if as_of >= self.by_at:
            return self.level
        if self.from_at is None or self.start is None:
            return None
        if as_of <= self.from_at:
            return self.start
        passed = (as_of - self.from_at) / (self.by_at - self.from_at)
        return round(self.start + (self.level - self.start) * passed, 9)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a target stands.

    state: `met`, when the point has reached it; after its day else `missed`; before it `on_track` or `behind` the level
    that is due, `open` where none is due or the point is not known. is_sure: no unknown value can change whether the
    level is reached. gap_low, gap_point, gap_high: what lacks of the level, at least, by what is known, at most; below
    0: more than asked.
    """

    state: str
    is_sure: bool
    due: float | None
    gap_low: float | None
    gap_point: float | None
    gap_high: float | None


def judge(target: Target, low: float | None, point: float | None, high: float | None, as_of: datetime) -> Verdict:
    """How a target stands, given the mean of its node over its slice at a moment."""
    due = target.due(as_of)
    gaps = [None if end is None else round(target.level - end, 9) for end in (high, point, low)]
    is_sure = low is not None and high is not None and (low >= target.level or high < target.level)
    if point is not None and point >= target.level:
        state = MET
    elif as_of >= target.by_at:
        state = MISSED
    elif point is None or due is None:
        state = OPEN
    else:
        state = ON_TRACK if point >= due else BEHIND
    return Verdict(state, is_sure, due, *gaps)


def load_targets(folders: Iterable[Path], catalogue: Catalogue) -> tuple[Target, ...]:
    """Read every `targets/*.yaml`. Raises MetricError with every problem found, each with file, line and remedy."""
    problems: list[Problem] = []
    found = []
    for name, reader in read_folder(folders, "target", problems):
        before = len(problems)
        target = _read(name, reader)
        if target is not None and len(problems) == before:
            problems += problems_of(target, reader.lines, catalogue)
            found.append(target)
    if problems:
        raise MetricError(problems=tuple(problems))
    return tuple(found)


def _read(name: str, reader: Reader) -> Target | None:
    """A target from its document; what is missing is noted."""
    reader.only(KEYS)
    node = reader.text("node", required="name the metric or group that it is about")
    level = _number(reader, "level", required="write the mean level to reach, 0 to 4")
    by_at = reader.moment("by", required="write the day by which it shall be reached")
    slice_, value = _read_slice(reader.mapping("slice"), reader)
    start, from_at = _number(reader, "start"), reader.moment("from")
    if node is None or level is None or by_at is None:
        return None
    return Target(
        name=name,
        node=node,
        level=level,
        by_at=by_at,
        slice=slice_,
        slice_value=value,
        from_at=from_at,
        start=start,
        reason=reader.text("reason") or "",
        owner=reader.text("owner") or "",
        where=reader.lines.get("target", reader.told.where),
    )


def _read_slice(told: Mapping[str, Any], reader: Reader) -> tuple[str, str]:
    """The slice and its value; everything where none is told."""
    if not told:
        return EVERYTHING, EVERYTHING
    (name, value), *more = told.items()
    if more or not isinstance(value.value, str):
        reader.problem("slice", "it is not one slice", "write `slice: {owner: growth}`")
        return EVERYTHING, EVERYTHING
    return name, value.value


def _number(reader: Reader, key: str, *, required: str = "") -> float | None:
    text = reader.text(key, required=required)
    if text is None:
        return None
    value = reader.told.value[key].value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        reader.problem(key, f"{key} is {text}, no number", "write a level, 0 to 4")
        return None
    return float(value)


def problems_of(target: Target, lines: Mapping[str, str], catalogue: Catalogue) -> list[Problem]:
    """What is wrong with a target: its name, node, levels and times. lines: where each key of its file stands."""

    def problem(key: str, text: str, fix: str) -> None:
        found.append(Problem(lines.get(key, target.where), text, fix))

    found: list[Problem] = []
    if not NAME.fullmatch(target.name):
        problem("target", f"{target.name} can't be a name", "use lower-case words joined by one _")
    if target.node not in catalogue.nodes():
        problem("node", f"there is no metric or group {target.node}", f"use one of: {', '.join(catalogue.nodes())}")
    for key, level in (("level", target.level), ("start", target.start)):
        if level is not None and not 0 <= level <= 4:
            problem(key, f"{key} is {level:g}", "a level is 0 to 4")
    if (target.start is None) != (target.from_at is None):
        key = "from" if target.start is None else "start"
        problem(key, "`from` and `start` come together", "say at which level it begins, and when; or neither")
    if target.from_at and target.from_at >= target.by_at:
        problem("by", "it ends before it begins", "let `by` be later than `from`")
    return found

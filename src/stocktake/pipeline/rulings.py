"""What people rule about scores: waivers and targets, from files of the project and from edits in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from stocktake.errors import Problem
from stocktake.graph.edits import PERSON, Decided, read_rulings
from stocktake.metrics import Catalogue, Target, Waiver, load_targets, load_waivers
from stocktake.metrics import targets as target_rules
from stocktake.metrics import waivers as waiver_rules
from stocktake.metrics.slices import EVERYTHING
from stocktake.nouns import Record
from stocktake.project import Project
from stocktake.standards import Standards
from stocktake.standards.portable import expression_problems

Columns = Mapping[str, Sequence[str]]


class WaiverTold(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of an edit that waives."""

    metrics: list[str]
    approver: str
    scope: str | None = None


class TargetTold(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The value of an edit that sets a target. start: the level that it began at, when the edit was made."""

    node: str
    level: float
    slice: str = EVERYTHING
    slice_value: str = EVERYTHING
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Rulings:
    """The waivers and targets of a project. problems: edits that no longer fit it, which are kept and do not count."""

    waivers: tuple[Waiver, ...] = ()
    targets: tuple[Target, ...] = ()
    problems: tuple[Problem, ...] = ()


def rulings_of(project: Project, edits: Iterable[Record], catalogue: Catalogue, standards: Standards) -> Rulings:
    """What files and edits rule. edits: all records of persons. Raises MetricError with every problem of the files."""
    columns = columns_of(standards)
    waivers = load_waivers(project.folders("waivers"), catalogue, columns, check=expression_problems)
    targets = load_targets(project.folders("targets"), catalogue)
    problems: list[Problem] = []
    for each in latest(read_rulings(edits)):
        read = READERS[each.edit.action]
        ruling, found = read(each, catalogue, columns)
        names = {own.name for own in (waivers if isinstance(ruling, Waiver) else targets)}
        if ruling.name in names:
            found = [Problem(ruling.where, f"a file has the name {ruling.name} too", "rename that file: it counts")]
        problems += found
        if not found and isinstance(ruling, Waiver):
            waivers = (*waivers, ruling)
        elif not found and isinstance(ruling, Target):
            targets = (*targets, ruling)
    return Rulings(waivers, targets, tuple(problems))


def columns_of(standards: Standards) -> Columns:
    """The columns of every definition and table."""
    return {each.name: list(each.columns) for each in standards.steps}


def latest(decided: Iterable[Decided]) -> list[Decided]:
    """Of each name the ruling that was made last, ended where a later edit ends it; in whatever order they arrived."""
    in_order = sorted(decided, key=lambda each: (each.edit.decided_at, each.record.body or b""))
    found: dict[tuple[str, str], Decided] = {}
    for each in in_order:
        name = str(each.edit.on)
        if each.edit.action != "end":
            found[each.edit.action, name] = each
            continue
        for key in [key for key in found if key[1] == name]:
            ended = _ended(found.pop(key), each.edit.at or each.edit.decided_at)
            found |= {key: ended} if ended else {}
    return list(found.values())


def _ended(decided: Decided, ends_at: datetime) -> Decided | None:
    """A ruling that holds until a moment at most; none where that is before it began."""
    edit = decided.edit
    if ends_at <= (edit.at or edit.decided_at):
        return None
    until = min(ends_at, edit.until) if edit.until else ends_at
    return replace(decided, edit=msgspec.structs.replace(edit, until=until))


def read_waiver(decided: Decided, catalogue: Catalogue, columns: Columns) -> tuple[Waiver, list[Problem]]:
    """The waiver of an edit, and what of it does not fit the project."""
    edit, told = decided.edit, msgspec.convert(decided.edit.value, WaiverTold)
    waiver = Waiver(
        name=str(edit.on),
        metrics=tuple(told.metrics),
        reason=edit.why,
        approver=told.approver,
        expires_at=edit.until or edit.decided_at,
        from_at=edit.at or edit.decided_at,
        scope=told.scope,
        where=where_of(decided),
        seq=decided.record.seq,
    )
    return waiver, waiver_rules.problems_of(waiver, {}, catalogue, columns, expression_problems)


def read_target(decided: Decided, catalogue: Catalogue, columns: Columns) -> tuple[Target, list[Problem]]:  # noqa: ARG001
    """The target of an edit, and what of it does not fit the project."""
    edit, told = decided.edit, msgspec.convert(decided.edit.value, TargetTold)
    target = Target(
        name=str(edit.on),
        node=told.node,
        level=told.level,
        by_at=edit.until or edit.decided_at,
        slice=told.slice,
        slice_value=told.slice_value,
        from_at=None if told.start is None else edit.at or edit.decided_at,
        start=told.start,
        reason=edit.why,
        owner=decided.record.source.removeprefix(PERSON),
        where=where_of(decided),
    )
    return target, target_rules.problems_of(target, {}, catalogue)


def where_of(decided: Decided) -> str:
    """Where an edit stands."""
    return f"entry {decided.record.seq} of the log ({decided.record.source})"


READERS: dict[str, Callable[..., tuple[Waiver | Target, list[Problem]]]] = {"waive": read_waiver, "target": read_target}

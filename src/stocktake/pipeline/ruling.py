"""From what a person writes to rulings in the log: a waiver, a target, or the end of one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from stocktake.errors import MetricError
from stocktake.graph import edits
from stocktake.metrics.slices import EVERYTHING
from stocktake.nouns import Record, canonical, short_hash
from stocktake.pipeline.deciding import Decided, Reason, append
from stocktake.pipeline.editing import person
from stocktake.pipeline.line import catalogue_of, measure, standards_of
from stocktake.pipeline.rulings import READERS, TargetTold, WaiverTold, columns_of, latest, rulings_of
from stocktake.pipeline.session import log
from stocktake.pipeline.slicing import by_slice, slicings_of

if TYPE_CHECKING:
    from stocktake.metrics import Target, Waiver
    from stocktake.pipeline.line import Measured
    from stocktake.project import Project
    from stocktake.store import Store


def waive(project: Project, told: WaiverTold, reason: Reason, name: str | None = None) -> Decided:
    """Some rows are not judged until the time that the reason says. Raises MetricError where that can't be."""
    value = msgspec.to_builtins(told)
    name = name or f"{told.metrics[0]}_{short_hash(canonical(value).decode(), length=6)}"
    edit = edits.Edit("waive", reason.why, datetime.now(UTC), on=name, value=value, **reason.times())
    with log(project) as store:
        _check(project, store, edit, reason)
        return append(project, store, reason, [edit])


def aim(project: Project, told: TargetTold, reason: Reason, name: str | None = None) -> Decided:
    """A node shall have a level by the time that the reason says; where it stands now is kept with it.

    Raises MetricError where that can't be.
    """
    value = msgspec.to_builtins(told)
    name = name or f"{told.node}_{short_hash(canonical(value).decode(), length=6)}"
    times = reason.times()
    edit = edits.Edit("target", reason.why, datetime.now(UTC), on=name, value=value, **times)
    with log(project) as store:
        target = _check(project, store, edit, reason)
        measured = measure(project, store, as_of=times.get("at"))
        slicings_of([target], measured.tables["models"].schema)
        began = _mean_of(measured, told)
        started = msgspec.structs.replace(edit, value={**value, "start": began})
        return append(project, store, reason, [edit if began is None else started])


def end(project: Project, name: str, reason: Reason) -> Decided:
    """A waiver or target that an edit made holds no longer. Raises MetricError where no edit made one of that name."""
    with log(project) as store:
        made = {str(each.edit.on) for each in latest(edits.read_rulings(store.records_of(edits.PERSON)))}
        if name not in made:
            fix = f"use one of: {', '.join(sorted(made))}" if made else "a file of waivers/ or targets/ is ended there"
            raise MetricError(name, "no edit made a waiver or target of this name", fix)
        edit = edits.Edit("end", reason.why, datetime.now(UTC), on=name, **reason.times())
        return append(project, store, reason, [edit])


def _check(project: Project, store: Store, edit: edits.Edit, reason: Reason) -> Any:
    """What an edit rules. Raises MetricError for what does not fit the project, or has the name of one of its files."""
    standards = standards_of(project)
    catalogue = catalogue_of(project, standards)
    record = Record(0, person(reason.who), edits.LABEL, "new", edit.decided_at, canonical(edit))
    ruling, problems = READERS[edit.action](edits.Decided(edit, record), catalogue, columns_of(standards))
    if problems:
        raise MetricError(problems=tuple(replace(each, where=f"edit {edit.action}") for each in problems))
    known = rulings_of(project, store.records_of(edits.PERSON), catalogue, standards)
    rulings: tuple[Waiver | Target, ...] = (*known.waivers, *known.targets)
    for own in rulings:
        if own.name == ruling.name and type(own) is type(ruling) and not own.where.startswith("entry "):
            raise MetricError(own.where, f"this file has the name {own.name} already", "choose another with --name")
    return ruling


def _mean_of(measured: Measured, told: TargetTold) -> float | None:
    """The mean that a node has over a slice."""
    if told.slice != EVERYTHING:
        measured, _ = by_slice(measured, told.slice)
    for row in measured.rollups.populations.to_pylist():
        if (row["node"], row["slice"], row["slice_value"]) == (told.node, told.slice, told.slice_value):
            return None if row["mean_point"] is None else float(row["mean_point"])
    return None

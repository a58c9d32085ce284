"""Numbers that a saved run has already: read back, where nothing that they follow from has changed since."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.metrics import OWNER, Rollups, Scores, in_order, waive
from stocktake.pipeline.files import graph_files, project_files
from stocktake.pipeline.finds import Finds
from stocktake.pipeline.later import Later
from stocktake.pipeline.line import Measured, Numbers, catalogue_of, freeze, measure, standards_of
from stocktake.pipeline.rulings import rulings_of
from stocktake.pipeline.running import ENGINES, GRAPH, KEPT_WITHOUT, WITHOUT
from stocktake.pipeline.segments import PERSON
from stocktake.pipeline.slicing import slicings_of
from stocktake.results import is_of_this_version, names, problems_of, read
from stocktake.stages import stage

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.runs import Run

STANDS_FOR = timedelta(days=1)
"""For how long a run's numbers are those of now, where no moment is asked for."""
MODELS = "tables/models.parquet"
PAIRS = "_pairs"
Files = Mapping[str, bytes]
LAYERS = (GRAPH, "tables", "scores", "finds")
"""What a run of one moment has, and a series has not."""


@dataclass(frozen=True)
class SavedNumbers(Numbers):
    """The scores and roll-ups of a run, read when they are first asked for. folder: where the runs are."""

    run: Run
    folder: Path

    @cached_property
    def scores(self) -> Scores:
        """Every metric's score of each row of its table."""
        return Scores(saved_tables(self.folder, self.run, "scores"), self.as_of)

    @property
    def elsewhere(self) -> list[dict[str, Any]]:
        """The steps that ran on another engine than DuckDB, or on a second one: step, engine, why, after."""
        return read(self.folder, self.run, ENGINES).to_pylist()

    @cached_property
    def rollups(self) -> Rollups:
        """The scores rolled up to models, nodes and populations."""
        told = saved_tables(self.folder, self.run, "rollups")
        pairs = Later(
            lambda: [name.removesuffix(PAIRS) for name in told if name.endswith(PAIRS)],
            lambda name: told[f"{name}{PAIRS}"],
        )
        rest = {name: told[name] for name in ("models", "populations", "slices", "members")}
        return in_order(Rollups(pairs=pairs, exposure=told.get("exposure"), **rest))

    @cached_property
    def without(self) -> Rollups | None:
        """The roll-ups as they would be without any waiver, of which models and populations are saved."""
        told = saved_tables(self.folder, self.run, WITHOUT)
        if not told:
            return None
        return in_order(replace(self.rollups, pairs={}, exposure=None, **{name: told[name] for name in KEPT_WITHOUT}))


@dataclass(frozen=True)
class SavedFinds(Finds):
    """What a run found, read when it is first asked for. folder: where the runs are."""

    run: Run
    folder: Path

    @cached_property
    def suggestions(self) -> pa.Table:
        """Weak evidence that two are one, as it was saved."""
        return read(self.folder, self.run, "finds/suggestions")

    @cached_property
    def places(self) -> pa.Table:
        """Where the unconnected are, as it was saved."""
        return read(self.folder, self.run, "finds/places")


def saved_tables(folder: Path, run: Run, layer: str) -> Later:
    """The tables of a layer of a run, such as `scores`, each read when it is asked for."""
    prefix = f"{layer}/"
    return Later(
        lambda: [name.removeprefix(prefix) for name in names(run) if name.startswith(prefix)],
        lambda name: read(folder, run, f"{prefix}{name}"),
    )


def recall(project: Project, store: Store, *, as_of: datetime | None = None, known_at: int | None = None) -> Measured:
    """The numbers of a moment: of the saved run that has them, else measured anew.

    as_of: UTC, default the project's, else that of the latest run of this day, else now. known_at: default the newest
    entry of the log. A run has them where the log, every file and this version are what it was made by.
    """
    known = store.newest_seq() if known_at is None else known_at
    run = _run_of(project, store, as_of or project.as_of, known)
    if run is None:
        return measure(project, store, as_of=as_of, known_at=known)
    with stage("recall", run=run.id):
        return measured_of(project, store, run)


def snapshot_of(
    project: Project, store: Store, *, as_of: datetime | None = None, known_at: int | None = None
) -> tuple[datetime, Mapping[str, pa.Table]]:
    """A moment and its snapshot: of the saved run that has it, whatever else it was made by, else made anew.

    as_of, known_at: as `recall` takes them.
    """
    known = store.newest_seq() if known_at is None else known_at
    run = _run_of(project, store, as_of or project.as_of, known, graph_files)
    if run is None:
        moment = as_of or project.as_of or datetime.now(UTC)
        return moment, freeze(project, store, moment, known)
    return run.as_of, saved_tables(project.results, run, GRAPH)


def _run_of(
    project: Project, store: Store, as_of: datetime | None, known: int, rest_on: Callable[[Files], Files] = dict
) -> Run | None:
    """The latest run that was made by all that is there now. rest_on: which of the project's files count."""
    made_by, purges = rest_on(project_files(project)), store.purges()
    for run in reversed(store.runs()):
        if (
            run.known_at == known
            and _is_at(run, as_of)
            and all(any(path.startswith(f"{layer}/") for path in run.files) for layer in LAYERS)
            and rest_on(store.kept_files(run.project_hash)) == made_by
            and not any(each.changes(run.known_at, run.ended_at) for each in purges)
            and not problems_of(project.results, run)
            and is_of_this_version(project.results, run, MODELS)
        ):
            return run
    return None


def _is_at(run: Run, as_of: datetime | None) -> bool:
    if as_of is None:
        return run.as_of <= datetime.now(UTC) < run.as_of + STANDS_FOR
    return run.as_of == as_of


def measured_of(project: Project, store: Store, run: Run) -> Measured:
    """A saved run of the project's files as they are, each part read when it is asked for."""
    standards = standards_of(project)
    catalogue = catalogue_of(project, standards)
    rulings = rulings_of(project, store.records_of(PERSON, run.known_at), catalogue, standards)
    tables = saved_tables(project.results, run, "tables")
    snapshot = saved_tables(project.results, run, GRAPH)
    slicings = [OWNER, *slicings_of(rulings.targets, tables["models"].schema)]
    waived = waive(catalogue, rulings.waivers, run.as_of)
    numbers = SavedNumbers(waived, catalogue, tables, run.as_of, slicings, run, project.results)
    moment, known = run.as_of, run.known_at
    finds = SavedFinds(snapshot, tables, list(project.schema.kinds), run, project.results)
    return Measured(project, moment, known, snapshot, tables, standards, waived, numbers, finds, rulings, run.id)

"""A run from the log to its saved files, by way of a lake: no table of it has to fit into memory."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import lake as lakes
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.scratch import scratch_lake
from stocktake.metrics import (
    OWNER,
    is_waived,
    roll_up_lake,
    score_lake,
    score_table,
    steps_by_name,
    waive,
)
from stocktake.pipeline.files import project_files
from stocktake.pipeline.finds import NEEDED, Finds
from stocktake.pipeline.later import Later
from stocktake.pipeline.line import catalogue_of, graph_of, standards_of
from stocktake.pipeline.routed import elsewhere, engine_of
from stocktake.pipeline.rulings import Rulings, rulings_of
from stocktake.pipeline.slicing import slicings_of
from stocktake.results import Finished, save
from stocktake.stages import stage
from stocktake.standards import Standards, layer_schemas, layer_types, moment_table, run_lake

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.engines import Engine
    from stocktake.graph.snapshot import Graph
    from stocktake.metrics import Catalogue, Slicing
    from stocktake.nouns import Record
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.runs import Run

GRAPH, STANDARD = "graph", "standard"
ENGINES = "finds/engines"
WITHOUT = "without_waivers"
KEPT_WITHOUT = ("models", "populations")
"""What is kept of the roll-ups as they would be without any waiver."""


@dataclass(frozen=True)
class Work:
    """What is done over one lake, which has the snapshot of (as_of, known_at). as_of: UTC. known_at: log sequence.

    bare: the metrics without waivers. engine: of all steps.
    """

    project: Project
    lake: Path
    as_of: datetime
    known_at: int
    standards: Standards
    bare: Catalogue
    rulings: Rulings
    engine: Engine

    def make(self) -> dict[str, str]:
        """Make every table, score and roll-up of the snapshot; gives what is kept: name -> table of the lake."""
        with stage("tables"):
            lakes.write(self.lake, {f"{STANDARD}.run": moment_table(self.as_of, self.known_at)})
            run_lake(self.standards, self.lake, self.engine)
        with stage("scores"):
            score_lake(self._waived, self._columns, self.as_of, self.lake, self.engine)
        with stage("roll-up"):
            roll_up_lake(self._waived, self.lake, self.engine, self._slicings)
        kept = {f"{GRAPH}/{name}": f"{GRAPH}.{name}" for name in self._tables_of(GRAPH)}
        kept |= {f"tables/{each.name}": f"{STANDARD}.{each.name}" for each in self.standards.steps}
        kept |= {f"scores/{name}": score_table(name) for name in self._waived.by_table()}
        return kept | {f"rollups/{name}": step for name, step in steps_by_name(self._waived).items()}

    def make_without(self, lake: Path) -> dict[str, str]:
        """The roll-ups as they would be without any waiver, in a lake beside; empty where none is in force."""
        if not is_waived(self._waived):
            return {}
        with stage("without waivers"):
            lakes.link(self.lake, lake, [f"{STANDARD}.{each.name}" for each in self.standards.steps])
            score_lake(self.bare, self._columns, self.as_of, lake, self.engine)
            roll_up_lake(self.bare, lake, self.engine, self._slicings)
        steps = steps_by_name(self.bare)
        return {f"{WITHOUT}/{name}": steps[name] for name in KEPT_WITHOUT}

    def finds(self) -> Finds:
        """What the tables don't tell."""
        return Finds(self._layer(GRAPH, NEEDED), self._layer(STANDARD), list(self.project.schema.kinds))

    def elsewhere(self) -> pa.Table:
        """The steps that ran on another engine than DuckDB, or on a second one: step, engine, why, after."""
        import pyarrow as pa

        columns = [(name, pa.string()) for name in ("step", "engine", "why", "after")]
        return pa.Table.from_pylist(elsewhere(self.engine), pa.schema(columns))

    def _layer(self, layer: str, columns: Collection[str] | None = None) -> Later:
        """The tables of a layer, each read when it is asked for. columns: of them; all unless said."""
        return Later(
            lambda: self._tables_of(layer),
            lambda name: lakes.read(self.lake, f"{layer}.{name}", columns),
        )

    def _tables_of(self, layer: str) -> list[str]:
        """The tables that a layer has by now, by their bare names."""
        named = (name.partition(".") for name in lakes.tables_of(self.lake))
        return [name for each, _, name in named if each == layer]

    @cached_property
    def _waived(self) -> Catalogue:
        return waive(self.bare, self.rulings.waivers, self.as_of)

    @cached_property
    def _columns(self) -> dict[str, list[str]]:
        return {each.name: list(each.columns) for each in self.standards.steps}

    @cached_property
    def _slicings(self) -> list[Slicing]:
        return [OWNER, *slicings_of(self.rulings.targets, lakes.schema_of(self.lake, f"{STANDARD}.models"))]


def run_and_save(project: Project, store: Store, *, as_of: datetime | None = None, known_at: int | None = None) -> Run:
    """Measure at a moment and save it as a run.

    as_of: UTC, default the project's, else now. known_at: default the newest entry of the log. Raises what the files of
    the project, an engine or the disk say against it; then nothing is saved.
    """
    started_at = datetime.now(UTC)
    moment = as_of or project.as_of or started_at
    known = store.newest_seq() if known_at is None else known_at
    with scratch_lake(project.engines.lake or project.state / "lake", project.engines.bucket) as folder:
        with graph_of(project, store, known) as graph:
            edits = graph.frame.given.edits
            work = work_over(project, folder / "all", (moment, known), edits)
            freeze_into(work.lake, project, graph, moment)
        return save_work(work, store, started_at)


def freeze_into(lake: Path, project: Project, graph: Graph, as_of: datetime) -> None:
    """Write the graph as it stood at a moment into a lake."""
    with stage("snapshot", as_of=f"{as_of:%Y-%m-%dT%H:%M:%SZ}"):
        graph.write(as_of, lake / GRAPH, layer_types(layer_schemas(project.schema)))


def work_over(project: Project, lake: Path, at: tuple[datetime, int], edits: Sequence[Record] = ()) -> Work:
    """What is to be done over a lake, which has or will have the snapshot of (as_of, known_at). edits: of persons."""
    with stage("files"):
        standards = standards_of(project)
        catalogue = catalogue_of(project, standards)
        rulings = rulings_of(project, edits, catalogue, standards)
    engine = engine_of(project, standards)
    if isinstance(engine, DuckDb) and engine.temp_directory is None:
        engine = replace(engine, temp_directory=lake.with_name("spill"))  # it goes with the lake, and is as roomy
    return Work(project, lake, *at, standards, catalogue, rulings, engine)


def save_work(work: Work, store: Store, started_at: datetime) -> Run:
    """Do it, and save what came of it as a run."""
    without = work.lake.with_name("without")
    kept = {name: (work.lake, table) for name, table in work.make().items()}
    kept |= {name: (without, table) for name, table in work.make_without(without).items()}
    with stage("save") as told:
        found = work.finds()
        tables = {"finds/suggestions": found.suggestions, "finds/places": found.places, ENGINES: work.elsewhere()}
        files = project_files(work.project)
        finished = Finished(work.as_of, work.known_at, started_at, files, tables, kept)
        work.project.results.mkdir(parents=True, exist_ok=True)
        run = save(store, work.project.results, finished)
        told["run"] = run.id
    return run

"""The line from one end to the other: collect from sources, measure at a moment, keep the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine
from stocktake.engines.duckdb import DuckDb
from stocktake.graph.snapshot import Graph
from stocktake.metrics import OWNER, Catalogue, Rollups, Scores, Slicing, is_waived, load, roll_up, score, waive
from stocktake.pipeline.finds import Finds
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.routed import elsewhere, engine_of
from stocktake.pipeline.rulings import Rulings, rulings_of
from stocktake.pipeline.slicing import slicings_of
from stocktake.project import Project, open_project
from stocktake.stages import stage
from stocktake.standards import Standards, load_files, run
from stocktake.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.nouns import Record

__all__ = ["Measured", "catalogue_of", "freeze", "measure", "open_project", "standards_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What some files are to what is published. number: of their publication; latest: of the latest; None: none."""

    number: int | None = None
    latest: int | None = None


UNPUBLISHED = Standing()


@dataclass(frozen=True)
class Numbers:
    """Scores and roll-ups, each worked out when it is first asked for: counts and coverage need none of them.

    waived: the catalogue whose metrics know the waivers in force. bare: the one without waivers. engine: of all steps.
    """

    waived: Catalogue
    bare: Catalogue
    tables: Mapping[str, pa.Table]
    as_of: datetime
    slicings: Sequence[Slicing]
    engine: Engine = field(default_factory=DuckDb, kw_only=True)

    @cached_property
    def scores(self) -> Scores:
        """Every metric's score of each row of its table."""
        with stage("scores"):
            return score(self.waived, self.tables, self.as_of, self.engine)

    @cached_property
    def rollups(self) -> Rollups:
        """The scores rolled up to models, nodes and populations."""
        scores = self.scores
        with stage("roll-up"):
            return roll_up(self.waived, scores, self.tables, self.engine, self.slicings)

    @cached_property
    def without(self) -> Rollups | None:
        """The roll-ups as they would be without any waiver; None where none is in force."""
        if not is_waived(self.waived):
            return None
        with stage("without waivers"):
            scores = score(self.bare, self.tables, self.as_of, self.engine)
            return roll_up(self.bare, scores, self.tables, self.engine, self.slicings)

    @property
    def elsewhere(self) -> list[dict[str, Any]]:
        """The steps so far that ran on another engine than DuckDB, or on a second one: step, engine, why, after."""
        return elsewhere(self.engine)

    def rolled_up(self, rollups: Rollups, without: Rollups | None) -> Numbers:
        """The same with roll-ups that were worked out elsewhere, over further slices."""
        numbers = replace(self)
        vars(numbers).update(scores=self.scores, rollups=rollups, without=without)
        return numbers


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measuring gave, all in columns.

    as_of: UTC. known_at: log sequence. snapshot: graph tables by bare name. tables: definitions and tables by name.
    numbers: the scores and roll-ups. finds: what the tables don't tell. rulings: waivers and targets; the catalogue's
    metrics know the waivers in force. run_id: where it is saved. standing: whether the files that it is by are the
    published ones.
    """

    project: Project
    as_of: datetime
    known_at: int
    snapshot: Mapping[str, pa.Table]
    tables: Mapping[str, pa.Table]
    standards: Standards
    catalogue: Catalogue
    numbers: Numbers
    finds: Finds
    rulings: Rulings = field(default_factory=Rulings)
    run_id: str = ""
    standing: Standing = UNPUBLISHED

    @property
    def scores(self) -> Scores:
        """Every metric's score of each row of its table."""
        return self.numbers.scores

    @property
    def rollups(self) -> Rollups:
        """The scores rolled up to models, nodes and populations."""
        return self.numbers.rollups

    @property
    def without(self) -> Rollups | None:
        """The roll-ups as they would be without any waiver; None where none is in force."""
        return self.numbers.without


def freeze(project: Project, store: Store, as_of: datetime, known_at: int | None = None) -> dict[str, pa.Table]:
    """The snapshot of the graph at (as_of, known_at), by table name; decodes what is new in the log first."""
    with graph_of(project, store, known_at) as graph:
        return graph.snapshot(as_of)


@contextmanager
def graph_of(project: Project, store: Store, known_at: int | None = None) -> Iterator[Graph]:
    """The graph of a log position (default: the newest), for as long as it is looked at."""
    given = graph_input(project, store, known_at)
    with stage("graph", known_at=given.known_at):
        graph = Graph(given)
    try:
        yield graph
    finally:
        graph.close()


def measure(project: Project, store: Store, *, as_of: datetime | None = None, known_at: int | None = None) -> Measured:
    """Graph and tables at a moment, scores and roll-ups when they are asked for; nothing is saved.

    as_of: UTC, default the project's, else now. known_at: default the newest entry of the log.
    """
    known = store.newest_seq() if known_at is None else known_at
    with graph_of(project, store, known) as graph:
        return measure_graph(project, graph, as_of)


def measure_graph(project: Project, graph: Graph, as_of: datetime | None = None) -> Measured:
    """The same over a graph, which is then frozen at the moment. as_of: UTC, default the project's, else now."""
    moment = as_of or project.as_of or datetime.now(UTC)
    with stage("snapshot", as_of=f"{moment:%Y-%m-%dT%H:%M:%SZ}"):
        snapshot = graph.snapshot(moment)
    given = graph.frame.given
    return measure_snapshot(project, snapshot, moment, given.known_at, given.edits)


def measure_snapshot(
    project: Project,
    snapshot: Mapping[str, pa.Table],
    as_of: datetime,
    known_at: int,
    edits: Sequence[Record] = (),
) -> Measured:
    """The same of a snapshot that was taken at (as_of, known_at). edits: the records of persons until then."""
    with stage("files"):
        standards = standards_of(project)
        catalogue = catalogue_of(project, standards)
        rulings = rulings_of(project, edits, catalogue, standards)
    with stage("tables"):
        engine = engine_of(project, standards)
        tables = run(standards, snapshot, as_of=as_of, known_at=known_at, engine=engine)
    slicings = [OWNER, *slicings_of(rulings.targets, tables["models"].schema)]
    waived = waive(catalogue, rulings.waivers, as_of)
    numbers = Numbers(waived, catalogue, tables, as_of, slicings, engine=engine)
    finds = Finds(snapshot, tables, list(project.schema.kinds))
    return Measured(project, as_of, known_at, snapshot, tables, standards, waived, numbers, finds, rulings)


def standards_of(project: Project) -> Standards:
    """The definitions and tables of a project. Raises StandardsError with every problem found."""
    return load_files(_existing(project, "definitions"), _existing(project, "tables"), project.schema)


def catalogue_of(project: Project, standards: Standards) -> Catalogue:
    """The metrics and groups of a project. Raises MetricError with every problem found."""
    return load(_existing(project, "metrics"), {each.name: list(each.columns) for each in standards.steps})


def _existing(project: Project, kind: str) -> list[Path]:
    return [folder for folder in project.folders(kind) if folder.is_dir()]

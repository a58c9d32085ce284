"""The line from one end to the other: collect from sources, measure at a moment, keep the result."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines.duckdb import DuckDb
from stocktake.graph.snapshot import Graph
from stocktake.metrics import OWNER, Catalogue, Rollups, Scores, is_waived, load, roll_up, score, waive
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.rulings import Rulings, rulings_of
from stocktake.pipeline.slicing import slicings_of
from stocktake.project import Project, open_project
from stocktake.standards import Standards, load_files, run
from stocktake.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Measured", "catalogue_of", "freeze", "measure", "open_project", "standards_of"]


@dataclass(frozen=True, slots=True)
class Standing:
    """What some files are to what is published. number: of their publication; latest: of the latest; None: none."""

    number: int | None = None
    latest: int | None = None


UNPUBLISHED = Standing()


@dataclass(frozen=True, slots=True)
class Measured:
    """What one measuring gave, all in columns.

    as_of: UTC. known_at: log sequence. snapshot: graph tables by bare name. tables: definitions and tables by name.
    rulings: waivers and targets; the catalogue's metrics know the waivers in force. without: the roll-ups as they would
    be without any waiver; None where none is in force.
    run_id: where it is saved. standing: whether the files that it is by are the published ones.
    """

    project: Project
    as_of: datetime
    known_at: int
    snapshot: Mapping[str, pa.Table]
    tables: Mapping[str, pa.Table]
    standards: Standards
    catalogue: Catalogue
    scores: Scores
    rollups: Rollups
    rulings: Rulings = field(default_factory=Rulings)
    without: Rollups | None = None
    run_id: str = ""
    standing: Standing = UNPUBLISHED


def freeze(project: Project, store: Store, as_of: datetime, known_at: int | None = None) -> dict[str, pa.Table]:
    """The snapshot of the graph at (as_of, known_at), by table name; decodes what is new in the log first."""
    with graph_of(project, store, known_at) as graph:
        return graph.snapshot(as_of)


@contextmanager
def graph_of(project: Project, store: Store, known_at: int | None = None) -> Iterator[Graph]:
    """The graph of a log position (default: the newest), for as long as it is looked at."""
    graph = Graph(graph_input(project, store, known_at))
    try:
        yield graph
    finally:
        graph.close()


def measure(project: Project, store: Store, *, as_of: datetime | None = None, known_at: int | None = None) -> Measured:
    """Graph, tables, scores and roll-ups at a moment; nothing is saved.

    as_of: UTC, default the project's, else now. known_at: default the newest entry of the log.
    """
    known = store.newest_seq() if known_at is None else known_at
    with graph_of(project, store, known) as graph:
        return measure_graph(project, graph, as_of)


def measure_graph(project: Project, graph: Graph, as_of: datetime | None = None) -> Measured:
    """The same over a graph, which is then frozen at the moment. as_of: UTC, default the project's, else now."""
    moment = as_of or project.as_of or datetime.now(UTC)
    known = graph.frame.given.known_at
    standards = standards_of(project)
    catalogue = catalogue_of(project, standards)
    rulings = rulings_of(project, graph.frame.given.edits, catalogue, standards)
    snapshot = graph.snapshot(moment)
    engine = DuckDb()
    tables = run(standards, snapshot, as_of=moment, known_at=known, engine=engine)
    slicings = [OWNER, *slicings_of(rulings.targets, tables["models"])]
    waived = waive(catalogue, rulings.waivers, moment)
    scores = score(waived, tables, moment, engine)
    rollups = roll_up(waived, scores, tables, engine, slicings)
    without = None
    if is_waived(waived):
        without = roll_up(catalogue, score(catalogue, tables, moment, engine), tables, engine, slicings)
    return Measured(project, moment, known, snapshot, tables, standards, waived, scores, rollups, rulings, without)


def standards_of(project: Project) -> Standards:
    """The definitions and tables of a project. Raises StandardsError with every problem found."""
    return load_files(_existing(project, "definitions"), _existing(project, "tables"), project.schema)


def catalogue_of(project: Project, standards: Standards) -> Catalogue:
    """The metrics and groups of a project. Raises MetricError with every problem found."""
    return load(_existing(project, "metrics"), {each.name: list(each.columns) for each in standards.steps})


def _existing(project: Project, kind: str) -> list[Path]:
    return [folder for folder in project.folders(kind) if folder.is_dir()]

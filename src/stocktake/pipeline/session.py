"""What commands ask the line for: the log opened, and the numbers as they stand now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stocktake.errors import GraphError
from stocktake.graph.edits import iid_of, parse_identifier
from stocktake.graph.frame import GraphInput
from stocktake.graph.point import find, neighbourhood
from stocktake.graph.snapshot import Graph
from stocktake.pipeline.artifact import describe
from stocktake.pipeline.following import following
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.likeness import alike
from stocktake.pipeline.line import Measured, graph_of, measure_graph
from stocktake.pipeline.publishing import with_standing
from stocktake.pipeline.recalling import measured_of, recall
from stocktake.pipeline.running import run_and_save
from stocktake.pipeline.seeking import identifier_of, is_identifier, seek_one, strongest
from stocktake.stages import stage
from stocktake.store import Store

if TYPE_CHECKING:
    from stocktake.collect.run import Outcome
    from stocktake.engines.routing import Decision
    from stocktake.pipeline.names import Named
    from stocktake.project import Project
    from stocktake.store.runs import Run


@contextmanager
def log(project: Project) -> Iterator[Store]:
    """The project's log."""
    project.state.mkdir(parents=True, exist_ok=True)
    with Store.open(project.store_address) as store:
        yield store


def collect(project: Project, names: Iterable[str] | None = None) -> list[Outcome]:
    """Read some sources (all by default) into the log. Raises ProjectError for a name that is no source."""
    from stocktake.collect.run import collect_all

    sources = [project.source(name) for name in names or ()] or project.sources
    with stage("collect"), log(project) as store, following(project, store):
        return list(collect_all(store, sources, project.folders("connectors"), os.environ, project.root))


def current(project: Project, *, as_of: datetime | None = None, known_at: int | None = None) -> Measured:
    """The numbers of a moment, by what the log holds and the project's files say now."""
    with log(project) as store:
        return with_standing(recall(project, store, as_of=as_of, known_at=known_at), store)


def plan_engines(project: Project, as_of: datetime | None = None) -> list[Decision]:
    """Where each step of a run would go, and why."""
    from stocktake.pipeline.routed import plan

    with log(project) as store:
        return plan(project, store, as_of)


def measure_and_keep(project: Project, *, as_of: datetime | None = None, known_at: int | None = None) -> Measured:
    """The same, saved as a run."""
    with log(project) as store:
        run = run_and_save(project, store, as_of=as_of, known_at=known_at)
        return with_standing(measured_of(project, store, run), store)


def measure_and_keep_series(
    project: Project, span: tuple[str, str | None, str], known_at: int | None = None
) -> tuple[Run, tuple[datetime, ...]]:
    """A series saved as one run, and its moments. span: from, to (default: the project's moment, else now), step.

    Raises GraphError and ProjectError for what is no time, no step, or no series.
    """
    from stocktake.pipeline.editing import moment
    from stocktake.pipeline.series import keep_series, measure_series, moments_between
    from stocktake.project import read_duration

    started_at = datetime.now(UTC)
    first, last, every = span
    end = moment(last) if last else project.as_of or started_at
    moments = moments_between(moment(first), end, read_duration(every, "--every"))
    with log(project) as store:
        series = measure_series(project, store, moments, known_at)
        return keep_series(project, store, series, started_at), series.moments


@contextmanager
def opened(project: Project, *, as_of: datetime | None = None) -> Iterator[tuple[Measured, Graph, Store]]:
    """The numbers as they stand now, with the graph frozen at their moment and the log open: all that explains them."""
    with log(project) as store, graph_of(project, store) as graph:
        yield measure_graph(project, graph, as_of), graph, store


def look_up(
    project: Project, words: str, *, as_of: datetime | None = None, known_at: int | None = None
) -> list[dict[str, Any]]:
    """Everything about the artifacts that words lead to: an identifier, the beginning of an id, or a name.

    Several come only where one identifier is borne by artifacts of several kinds. Raises GraphError where nothing is.
    """
    moment = as_of or project.as_of or datetime.now(UTC)
    with log(project) as store:
        given = graph_input(project, store, known_at)
        identifier = words
        if not is_identifier(words, project.vocabularies.namespaces):
            measured = recall(project, store, as_of=as_of, known_at=known_at)
            identifier = identifier_of(measured, given.segments, seek_one(measured, words))
        graph, found = find(given, identifier, moment)
        try:
            if not found:
                fix = "look for its spelling with `stocktake get NAME`, or with `stocktake show`"
                raise GraphError(identifier, "nothing bears this identifier", fix)
            graph = _with_alike(graph, given, identifier, found, moment)
            return [describe(graph, *each) for each in found]
        finally:
            graph.close()


def _with_alike(
    graph: Graph, given: GraphInput, told: str, found: Sequence[tuple[str, str]], moment: datetime
) -> Graph:
    """The graph around an identifier with all that is like what bears it; the same where nothing is."""
    more = [iid for kind, artifact_id in found for iid in alike(graph, given.segments, kind, artifact_id)]
    if not more:
        return graph
    graph.close()
    wider = Graph(neighbourhood(given, [iid_of(*parse_identifier(told)), *more]))
    wider.freeze(moment)
    return wider


def identifier(project: Project, store: Store, words: str) -> str:
    """The identifier that words lead to: itself, or the strongest one of the artifact that is called so."""
    if is_identifier(words, project.vocabularies.namespaces):
        return words
    measured = recall(project, store)
    return identifier_of(measured, graph_input(project, store).segments, seek_one(measured, words))


def identifiers_of(project: Project, store: Store, sides: tuple[Named, ...]) -> list[str]:
    """The identifiers of both sides of a suggestion."""
    segments = graph_input(project, store).segments
    return [each.name if each.is_ghost else strongest(segments, project.schema, each) for each in sides]


def kind_of(project: Project, store: Store, told: str) -> str:
    """The kind of the artifact that bears an identifier. Raises GraphError where that is none, or not one."""
    graph, found = find(graph_input(project, store), told, project.as_of or datetime.now(UTC))
    graph.close()
    kinds = sorted({kind for kind, _ in found})
    if len(kinds) != 1:
        listed = ", ".join(kinds) or "nothing"
        raise GraphError(told, f"it is the identifier of {listed}", "say which with --kind")
    return kinds[0]

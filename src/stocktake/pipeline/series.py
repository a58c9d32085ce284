"""A series: the numbers of many moments, measured in passes of many at a time and saved as one run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from stocktake.errors import ProjectError
from stocktake.pipeline.files import project_files
from stocktake.pipeline.line import catalogue_of, graph_of, standards_of
from stocktake.pipeline.passing import Yardstick, measure_moments
from stocktake.pipeline.rulings import rulings_of
from stocktake.results import MOMENTS, Finished, save

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.graph.snapshot import Graph
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.runs import Run

MOST = 20_000


@dataclass(frozen=True, slots=True)
class Series:
    """The numbers of many moments. tables: those of `passing.KEPT`, each row with its moment in `as_of`."""

    moments: tuple[datetime, ...]
    known_at: int
    tables: Mapping[str, pa.Table]


def moments_between(first: datetime, last: datetime, every: timedelta) -> list[datetime]:
    """The moments from the first on, up to the last. Raises ProjectError where there is none, or far too many."""
    if first > last:
        raise ProjectError("--from", f"{first:%Y-%m-%d %H:%M} is after {last:%Y-%m-%d %H:%M}", "let --to be the later")
    if every < timedelta(seconds=1) or (last - first) / every > MOST:
        raise ProjectError("--every", f"that would be more than {MOST} moments", "write a longer step, as 1d")
    count = int((last - first) / every) + 1
    return [(first + every * number).replace(microsecond=0) for number in range(count)]


def yardstick_of(project: Project, graph: Graph) -> Yardstick:
    """What a project measures with now."""
    standards = standards_of(project)
    catalogue = catalogue_of(project, standards)
    rulings = rulings_of(project, graph.frame.given.edits, catalogue, standards)
    return Yardstick(standards, catalogue, rulings.waivers)


def measure_series(project: Project, store: Store, moments: Sequence[datetime], known_at: int | None = None) -> Series:
    """The numbers of several moments, by what the log holds and the project's files say now; nothing is saved."""
    known = store.newest_seq() if known_at is None else known_at
    with graph_of(project, store, known) as graph:
        tables = measure_moments(graph, yardstick_of(project, graph), moments)
    return Series(tuple(sorted(moments)), known, tables)


def keep_series(project: Project, store: Store, series: Series, started_at: datetime) -> Run:
    """Save a series as one run, whose `as_of` is its last moment. Raises ResultsError when it can't be written."""
    import pyarrow as pa

    times = [moment.astimezone(UTC).replace(tzinfo=None) for moment in series.moments]
    tables = {**series.tables, MOMENTS: pa.table({"as_of": pa.array(times, pa.timestamp("us"))})}
    project.results.mkdir(parents=True, exist_ok=True)
    last = series.moments[-1]
    return save(store, project.results, Finished(last, series.known_at, started_at, project_files(project), tables))

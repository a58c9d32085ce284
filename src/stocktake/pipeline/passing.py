"""One pass over many moments: the same statements as at one moment, each run once for all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from stocktake.engines.duckdb import DuckDb
from stocktake.engines.lift import AT, NOW, lift_steps
from stocktake.graph.snapshot import Graph
from stocktake.metrics import Catalogue, Waiver, waive
from stocktake.metrics.exposure import EXPOSURE
from stocktake.metrics.node_rows import NODES
from stocktake.metrics.population import POPULATION
from stocktake.metrics.roll_up import NEEDED, check_needed, steps
from stocktake.metrics.score import LAYER, score_steps
from stocktake.metrics.slices import MEMBERS, SLICES
from stocktake.standards import Standard, Standards, conform, moments_table

if TYPE_CHECKING:
    import pyarrow as pa

MOMENTS = f"{LAYER}.moment"
MOST_MOMENTS = 60
MOST_ROWS = 1_200_000
"""How many moments go through at once: of claims times moments so many at most, which takes about 3 GB."""

KEPT = {
    "rollups/models": NODES,
    "rollups/populations": POPULATION,
    "rollups/exposure": EXPOSURE,
    "rollups/slices": SLICES,
    "rollups/members": MEMBERS,
    "tables/models": f"{LAYER}.models",
    "tables/counts": f"{LAYER}.counts",
}
"""What is kept of each moment: the names that results are read back by, and the tables that they are made as."""


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the graph is measured with: definitions and tables, metrics and groups, waivers."""

    standards: Standards
    catalogue: Catalogue
    waivers: tuple[Waiver, ...] = ()

    @property
    def needed(self) -> tuple[Standard, ...]:
        """The definitions and tables that scores and counts rest on, in the order in which they run."""
        check_needed(self.standards.names)
        asked = {*NEEDED, *self.catalogue.by_table(), *({"counts"} & set(self.standards.names))}
        rest = {each.name for name in asked for each in self.standards.needed_for(name)}
        return tuple(each for each in self.standards.steps if each.name in rest)


def measure_moments(graph: Graph, yardstick: Yardstick, moments: Sequence[datetime]) -> dict[str, pa.Table]:
    """The tables of KEPT at several moments, each row with its moment in `as_of`, the first column.

    moments: UTC, whole seconds. Raises MetricError as the scoring of one moment does.
    """
    import pyarrow as pa

    found: dict[str, list[pa.Table]] = {}
    for batch in _batches(graph, yardstick, moments):
        for name, table in _measure_batch(graph, yardstick, batch).items():
            found.setdefault(name, []).append(table)
    return {name: pa.concat_tables(tables) for name, tables in found.items()}


def _batches(graph: Graph, yardstick: Yardstick, moments: Sequence[datetime]) -> Iterator[list[datetime]]:
    """The moments in their order, so many at a time as memory takes, the same waivers in force at all of a batch."""
    most = max(1, min(MOST_MOMENTS, MOST_ROWS // (graph.claims + 1)))
    for _, alike in groupby(sorted(moments), key=lambda at: [each.is_in_force(at) for each in yardstick.waivers]):
        together = list(alike)
        yield from (together[start : start + most] for start in range(0, len(together), most))


def _measure_batch(graph: Graph, yardstick: Yardstick, moments: Sequence[datetime]) -> dict[str, pa.Table]:
    """The same of moments that fit into one pass."""
    needed = yardstick.needed
    catalogue = waive(yardstick.catalogue, yardstick.waivers, moments[0])
    wanted = {name.removeprefix("graph.") for each in needed for name in each.reads}
    snapshot = graph.snapshots(moments, wanted)
    run = moments_table(moments, graph.frame.given.known_at)
    tables = {**conform(yardstick.standards, {**snapshot, f"{LAYER}.run": run}, AT), MOMENTS: run.select([AT])}
    columns = {each.name: tuple(each.columns) for each in needed}
    told = [*(each.step for each in needed), *score_steps(catalogue, columns, NOW), *steps(catalogue)]
    lifted = [name for name, table in tables.items() if AT in table.column_names]
    results = DuckDb().run_tables(lift_steps(told, lifted, MOMENTS), tables, set(KEPT.values()))
    return {name: _dated(results[step]) for name, step in KEPT.items() if step in results}


def _dated(table: pa.Table) -> pa.Table:
    """A table with its moment first, under the name that results give it."""
    names = [name for name in table.column_names if name != AT]
    return table.select([AT, *names]).rename_columns(["as_of", *names])

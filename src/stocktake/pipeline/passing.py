"""Passes over many moments: the same statements as at one moment, each run once for all moments of a pass.

A pass is worked through by one thread, which takes far less work than to divide each statement among several; as many
passes go on at once as there are cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from queue import SimpleQueue
from typing import TYPE_CHECKING

from stocktake.engines import Step
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.lift import AT, NOW, lift_steps
from stocktake.engines.needed import narrow, needed_columns
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
"""How many moments a pass has: of claims times moments so many at most, which takes about 3 GB."""
FEWEST_MOMENTS = 8
"""How few moments are worth a pass of their own: to plan its statements takes as long as the rows of a dozen."""
MOST_AT_ONCE = 2
"""How many passes go on at once, where there are as many cores: each has a graph of its own in memory."""

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

    batches = list(_batches(graph, yardstick, moments))
    found: dict[str, list[pa.Table]] = {}
    for tables in _measure_batches(graph, yardstick, batches):
        for name, table in tables.items():
            found.setdefault(name, []).append(table)
    return {name: pa.concat_tables(tables) for name, tables in found.items()}


def _batches(graph: Graph, yardstick: Yardstick, moments: Sequence[datetime]) -> Iterator[list[datetime]]:
    """The moments in their order, so many at a time as memory takes, the same waivers in force at all of a batch.

    Batches are of like size, and as many that all cores have work to the end.
    """
    most = max(1, min(MOST_MOMENTS, MOST_ROWS // (graph.claims + 1)))
    for _, alike in groupby(sorted(moments), key=lambda at: [each.is_in_force(at) for each in yardstick.waivers]):
        together = list(alike)
        rounds = -(-len(together) // (most * MOST_AT_ONCE))
        size = min(most, max(FEWEST_MOMENTS, -(-len(together) // (rounds * MOST_AT_ONCE))))
        yield from (together[start : start + size] for start in range(0, len(together), size))


def _measure_batches(
    graph: Graph, yardstick: Yardstick, batches: Sequence[Sequence[datetime]]
) -> Iterator[dict[str, pa.Table]]:
    """The tables of each batch, in the order of the batches. A graph serves one batch at a time."""
    at_once = max(1, min(MOST_AT_ONCE, os.cpu_count() or 1, len(batches)))
    free: SimpleQueue[Graph] = SimpleQueue()
    with ExitStack() as stack:
        others = [stack.enter_context(closing(Graph(graph.frame.given))) for _ in range(at_once - 1)]
        for each in [graph, *others]:
            each.frame.run("SET threads = 1")
            free.put(each)

        def measure(batch: Sequence[datetime]) -> dict[str, pa.Table]:
            own = free.get()
            try:
                return _measure_batch(own, yardstick, batch)
            finally:
                free.put(own)

        yield from stack.enter_context(ThreadPoolExecutor(at_once)).map(measure, batches)


def _measure_batch(graph: Graph, yardstick: Yardstick, moments: Sequence[datetime]) -> dict[str, pa.Table]:
    """The same of moments that fit into one pass."""
    needed = yardstick.needed
    catalogue = waive(yardstick.catalogue, yardstick.waivers, moments[0])
    columns = {each.name: tuple(each.columns) for each in needed}
    every = [*(each.step for each in needed), *score_steps(catalogue, columns, NOW), *steps(catalogue)]
    told = narrow(every, set(KEPT.values()))
    snapshot = graph.snapshots(moments, _wanted(yardstick.standards, needed, told))
    run = moments_table(moments, graph.frame.given.known_at)
    tables = {**conform(yardstick.standards, {**snapshot, f"{LAYER}.run": run}, AT), MOMENTS: run.select([AT])}
    lifted = [name for name, table in tables.items() if AT in table.column_names]
    results = DuckDb(threads=1).run_tables(lift_steps(told, lifted, MOMENTS), tables, set(KEPT.values()))
    return {name: _dated(results[step]) for name, step in KEPT.items() if step in results}


def _wanted(standards: Standards, needed: Sequence[Standard], told: Sequence[Step]) -> dict[str, list[str]]:
    """The tables of the graph that are read, by their bare names, and which of their columns."""
    read = {name for each in needed for name in each.reads if name.startswith("graph.")}
    return {
        name.removeprefix("graph."): needed_columns(name, standards.layer[name].names, told) for name in sorted(read)
    }


def _dated(table: pa.Table) -> pa.Table:
    """A table with its moment first, under the name that results give it."""
    names = [name for name in table.column_names if name != AT]
    return table.select([AT, *names]).rename_columns(["as_of", *names])

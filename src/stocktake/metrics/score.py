"""Scores every row of every table that metrics ask of, one pass per table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import Engine, Step
from stocktake.errors import MetricError
from stocktake.metrics.compile import score_sql
from stocktake.metrics.spec import Catalogue, Metric

if TYPE_CHECKING:
    import pyarrow as pa

LAYER = "standard"
"""The layer that engines hold tables in."""


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one run.

    tables: table -> one row per row of that table, with its ids and, per metric, the columns of `compile.PARTS`.
    as_of: UTC, the moment of the run.
    """

    tables: Mapping[str, pa.Table]
    as_of: datetime


def score(catalogue: Catalogue, tables: Mapping[str, pa.Table], as_of: datetime, engine: Engine) -> Scores:
    """Score the rows of the tables (`servings`, `binaries` …) by all metrics of each.

    as_of: UTC; the only moment that an expression can know. Raises MetricError when a metric's table is not there.
    """
    moment = as_of.astimezone(UTC) if as_of.tzinfo else as_of
    steps = score_steps(catalogue, {name: table.column_names for name, table in tables.items()}, moment)
    for name, metrics in catalogue.by_table().items():
        _check_key(metrics[0], tables[name])
    needed = {f"{LAYER}.{name}": tables[name] for name in catalogue.by_table()}
    results = engine.run_tables(steps, needed)
    return Scores({name: results[score_table(name)] for name in catalogue.by_table()}, moment)


def score_steps(catalogue: Catalogue, columns: Mapping[str, Collection[str]], as_of: datetime | str) -> list[Step]:
    """The scoring as steps of an engine. columns: of each table. as_of: a moment, or SQL of it. Raises MetricError."""
    steps = []
    for name, metrics in catalogue.by_table().items():
        if name not in columns:
            known = ", ".join(columns)
            raise MetricError(metrics[0].lines["table"], f"there is no table {name} to score", f"use one of: {known}")
        steps.append(Step(score_table(name), score_sql(metrics, columns[name], f"{LAYER}.{name}", as_of)))
    return steps


def score_lake(
    catalogue: Catalogue, columns: Mapping[str, Collection[str]], as_of: datetime, lake: Path, engine: Engine
) -> None:
    """The same over the tables of a lake; the scores go there. columns: of each table. Raises MetricError."""
    from stocktake.engines.duckdb import DuckDb

    grains = {f"{LAYER}.{name}": metrics[0] for name, metrics in catalogue.by_table().items()}
    keys = {name: [metric.grain.key] for name, metric in grains.items() if "deployment" not in metric.grain.steps}
    for name in DuckDb().doubled(lake, keys):
        raise _several_rows(grains[name])
    engine.run_lake(score_steps(catalogue, columns, as_of), lake)


def _check_key(metric: Metric, table: pa.Table) -> None:
    """A thing that had two rows would count twice in its model, so its table must hold it once."""
    import pyarrow.compute as pc

    key = metric.grain.key
    if "deployment" not in metric.grain.steps and pc.count_distinct(table[key], mode="all").as_py() < table.num_rows:
        raise _several_rows(metric)


def _several_rows(metric: Metric) -> MetricError:
    key = metric.grain.key
    problem = f"table {metric.grain.table} has several rows of one {key}"
    return MetricError(metric.lines["table"], problem, f"let the table have one row per {key}")


def score_table(table: str) -> str:
    """The full name of a table's scores."""
    return f"{LAYER}.{table}_score"

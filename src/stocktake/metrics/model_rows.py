"""Step 1 of the roll-up: each metric from its parts to (deployment, model), and to the model."""

from __future__ import annotations

from collections.abc import Sequence

from stocktake.metrics.compile import column
from stocktake.metrics.parts import Down
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS, raw_columns, settled_columns
from stocktake.metrics.spec import COUNTS, ERROR, EXEMPT, Metric

MODEL = ("model_id",)
DEPLOYMENT_MODEL = ("deployment_id", "model_id")


def pair_table(table: str) -> str:
    """The full name of the table that holds what a table of servings gives per deployment and model."""
    return f"{LAYER}.{table}_pair"


def pairs_sql(metrics: Sequence[Metric], rows: str) -> str:
    """From servings to (deployment, model): on an endpoint of a hundred models, each has its own level."""
    return _stage(metrics, rows, DEPLOYMENT_MODEL, "deployment")


def models_sql(metrics: Sequence[Metric], rows: str) -> str:
    """From single parts to models."""
    return _stage(metrics, rows, MODEL, "model")


def models_of_pairs_sql(metrics: Sequence[Metric], table: str) -> str:
    """From (deployment, model) to models. No source tells how traffic divides among deployments: none has a share."""
    return _stage(
        metrics, f"SELECT *, CAST(NULL AS DOUBLE) AS share, 0 AS told FROM {pair_table(table)}", MODEL, "model"
    )


def _stage(metrics: Sequence[Metric], rows: str, keys: Sequence[str], step: str) -> str:
    """Group the rows by the keys and sum up each metric by its method for the step. Pairs bring their counts."""
    by, of_pairs = ", ".join(keys), step == "model" and any("deployment" in metric.grain.steps for metric in metrics)
    timed = [metric for metric in metrics if metric.latest_by]
    marked = [
        f"{_time(metric)} = MAX({_time(metric)}) OVER (PARTITION BY {by}) AS {column(metric.name, 'is_latest')}"
        for metric in timed
    ]
    source = f"SELECT {', '.join(['*', *marked])} FROM ({rows}) AS part_row" if marked else rows
    grouped, settled = list(keys), list(keys)
    for metric in metrics:
        grouped += raw_columns(metric.name, metric.method(step), Down(_names(metric)))
        counts = _summed_counts(metric.name) if of_pairs else _counts(metric.name)
        grouped += [f"{value} AS {column(metric.name, count)}" for count, value in zip(COUNTS, counts, strict=True)]
        grouped += [_latest_time(metric)] if metric.latest_by else []
        settled += settled_columns(metric.name, metric.method(step), metric.levels)
        settled += [column(metric.name, count) for count in COUNTS]
        settled += [column(metric.name, "time")] if metric.latest_by else []
    inner = f"SELECT {_lines(grouped)}\nFROM ({source}) AS part\nGROUP BY {by}"
    return f"SELECT {_lines(settled)}\nFROM (\n{inner}\n) AS grouped"


def _names(metric: Metric) -> dict[str, str]:
    """What the names of method terms are in these rows."""
    names = {end: column(metric.name, end) for end in ENDS}
    return {**names, "weight": "1", "share": "share", "told": "told", "latest": column(metric.name, "is_latest")}


def _counts(name: str) -> list[str]:
    """Counts of outcomes over single parts, in the order of COUNTS."""
    low, point, error, exempt = (f"COUNT({column(name, each)})" for each in ("low", "point", ERROR, EXEMPT))
    each = [point, f"{low} - {point} - {error}", f"COUNT(*) - {low} - {exempt}", exempt, error]
    return [f"CAST({value} AS INTEGER)" for value in each]


def _summed_counts(name: str) -> list[str]:
    """Counts of outcomes over parts that have been counted once already."""
    return [f"CAST(SUM({column(name, count)}) AS INTEGER)" for count in COUNTS]


def _time(metric: Metric) -> str:
    """A part's time, where it takes part."""
    return f"CASE WHEN {column(metric.name, 'low')} IS NOT NULL THEN {column(metric.name, 'time')} END"


def _latest_time(metric: Metric) -> str:
    """The latest time of the parts; NULL if any has none, as that one may be the latest."""
    all_told = f"COUNT({column(metric.name, 'low')}) = COUNT({_time(metric)})"
    return f"CASE WHEN {all_told} THEN MAX({_time(metric)}) END AS {column(metric.name, 'time')}"


def _lines(columns: Sequence[str]) -> str:
    return ",\n  ".join(columns)

"""Step 1 of the roll-up, its input: what each model is made of, with each part's scores and whether it is live."""

from __future__ import annotations

from collections.abc import Sequence

from stocktake.metrics.compile import column
from stocktake.metrics.parts import exact
from stocktake.metrics.score import LAYER, score_table
from stocktake.metrics.spec import ERROR, EXEMPT, UNKNOWN, Grain, Metric

PART_PARTS = ("low", "point", "high", "error", "exempt", "time")
"""What is known of a part, per metric: its interval, 1 where it is an error or exempt, its time where it is needed."""


def part_rows_sql(grain: Grain, metrics: Sequence[Metric]) -> str:
    """One SELECT: a row per model and part that is live or may be, with the columns of PART_PARTS per metric.

    Also the key, deployment_id, is_live, share (of the deployment's traffic) and told (the sum of its shares). A part
    whose liveness is not known, or that nobody described, takes part as unknown.
    """
    if grain.kind is None:
        columns = [
            "score.model_id",
            "score.deployment_id",
            f"score.{grain.key}",
            "score.is_live",
            "score.share",
            "traffic.told",
        ]
        columns += [line for metric in metrics for line in _metric_columns(metric, "score.is_live")]
        return f"SELECT {', '.join(columns)}\nFROM {_serving_rows(grain)}"
    nothing = ["CAST(NULL AS VARCHAR) AS deployment_id", "CAST(NULL AS DOUBLE) AS share", "0 AS told"]
    columns = ["part.model_id", f"part.{grain.key}", "part.is_live", *nothing]
    columns += [line for metric in metrics for line in _metric_columns(metric, "part.is_live")]
    joined = f"LEFT JOIN {score_table(grain.table)} AS score ON part.{grain.key} = score.{grain.key}"
    return f"SELECT {', '.join(columns)}\nFROM ({_parts(grain)}) AS part\n{joined}"


def _serving_rows(grain: Grain) -> str:
    """Live servings, each beside the sum of the told shares of all its deployment's servings."""
    # A binary of two models has two rows for one share of the traffic: it counts once.
    distinct = "DISTINCT deployment_id, binary_id, slot, share"
    table = score_table(grain.table)
    slots = f"SELECT {distinct if grain.table == 'servings' else 'deployment_id, share'} FROM {table}"
    told = f"SELECT deployment_id, SUM({exact('share')}) AS told FROM ({slots}) AS slots GROUP BY deployment_id"
    return (
        f"{table} AS score LEFT JOIN ({told}) AS traffic ON score.deployment_id = traffic.deployment_id "
        "WHERE COALESCE(score.is_live, TRUE) AND score.model_id IS NOT NULL"
    )


def _parts(grain: Grain) -> str:
    """Which parts each model has, as `model_parts` tells."""
    told = (
        f"SELECT model_id, artifact_id AS {grain.key}, is_live FROM {LAYER}.model_parts "
        f"WHERE kind = '{grain.kind}' AND COALESCE(is_live, TRUE)"
    )
    if grain.kind != "model_binary":
        return told
    # A live deployment that tells of no binary has one all the same: it takes part, unknown.
    unknown = (
        f"SELECT DISTINCT model_id, CAST(NULL AS VARCHAR) AS {grain.key}, CAST(NULL AS BOOLEAN) AS is_live "
        f"FROM {LAYER}.servings WHERE binary_id IS NULL AND COALESCE(is_live, TRUE)"
    )
    return f"{told} UNION ALL {unknown}"


def _metric_columns(metric: Metric, is_live: str) -> list[str]:
    """A part's columns for one metric."""
    outcome = f"score.{column(metric.name, 'outcome')}"
    told = f"{is_live} AND {outcome} IS NOT NULL"
    values = {
        "low": f"CASE WHEN {told} THEN score.{column(metric.name, 'low')} ELSE 0 END",
        "point": f"CASE WHEN {told} THEN score.{column(metric.name, 'point')} END",
        "high": f"CASE WHEN {told} THEN score.{column(metric.name, 'high')} ELSE 4 END",
        "error": f"CASE WHEN {told} AND {outcome} = '{ERROR}' THEN 1 END",
        "exempt": f"CASE WHEN {told} AND {outcome} = '{EXEMPT}' THEN 1 END",
        "time": f"score.{metric.latest_by}",
    }
    return [
        f"{values[part]} AS {column(metric.name, part)}" for part in PART_PARTS if part != "time" or metric.latest_by
    ]


def part_outcome(outcome: str | None, is_live: bool | None) -> str:
    """The outcome with which a part takes part."""
    return outcome if is_live and outcome is not None else UNKNOWN

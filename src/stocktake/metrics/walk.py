"""The way back: from a node of a model to its children, from a metric to its parts, with all their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stocktake.metrics.compile import PARTS, WAIVER_PARTS, column, reason_text
from stocktake.metrics.node_rows import final_method, parts_of
from stocktake.metrics.part_rows import part_outcome
from stocktake.metrics.roll_up import Rollups
from stocktake.metrics.score import Scores
from stocktake.metrics.settle import ENDS
from stocktake.metrics.spec import COUNTS, Catalogue, Metric

if TYPE_CHECKING:
    import pyarrow as pa

Numbers = dict[str, Any]


def node_of(catalogue: Catalogue, models: pa.Table, model_id: str, node: str) -> Numbers | None:
    """What a node says of one model: node, kind, method, and the parts of `settle.node_parts`; None for no such model.

    models: the table `Rollups.models`.
    """
    rows = _where(models, "model_id", model_id).to_pylist()
    return _node(catalogue, rows[0], node) if rows else None


def children_of(catalogue: Catalogue, models: pa.Table, model_id: str, node: str) -> list[Numbers]:
    """The same of each direct child of a node, with its weight there; none for a metric."""
    rows = _where(models, "model_id", model_id).to_pylist()
    group = catalogue.groups.get(node)
    if group is None or not rows:
        return []
    return [
        {**_node(catalogue, rows[0], child), "weight": group.weights.get(child, 1.0)}
        for child in catalogue.children(node)
    ]


def pairs_of(metric: Metric, rollups: Rollups, model_id: str) -> list[Numbers]:
    """What a metric of servings gives per deployment of a model: deployment_id, its interval and counts."""
    if metric.grain.table not in rollups.pairs:
        return []
    rows = _where(rollups.pairs[metric.grain.table], "model_id", model_id).to_pylist()
    told = [
        {"deployment_id": row["deployment_id"], **{part: row[column(metric.name, part)] for part in (*ENDS, *COUNTS)}}
        for row in rows
    ]
    return sorted(told, key=lambda row: str(row["deployment_id"]))


def parts(metric: Metric, scores: Scores, tables: Mapping[str, pa.Table], model_id: str) -> list[Numbers]:
    """The parts of a model that a metric looks at: its key, deployment_id, is_live, share, its own score, and as what
    outcome it takes part. A part that nobody described has no score.

    tables: `servings` and `model_parts`. What is surely not live is no part.
    """
    rows = _part_rows(metric, scores, tables, model_id)
    return sorted((_part(metric, row) for row in rows), key=lambda row: (str(row["deployment_id"]), str(row["key"])))


def _part_rows(metric: Metric, scores: Scores, tables: Mapping[str, pa.Table], model_id: str) -> list[Numbers]:
    """The scored rows of a model's parts."""
    grain, scored = metric.grain, scores.tables[metric.grain.table]
    if not grain.steps:
        return [{**row, "is_live": True} for row in _where(scored, "model_id", model_id).to_pylist()]
    if grain.kind is None:
        return [row for row in _where(scored, "model_id", model_id).to_pylist() if row["is_live"] is not False]
    told = [row for row in _where(tables["model_parts"], "model_id", model_id).to_pylist() if row["kind"] == grain.kind]
    live = {row["artifact_id"]: row["is_live"] for row in told if row["is_live"] is not False}
    found = {row[grain.key]: row for row in _where(scored, grain.key, list(live)).to_pylist()}
    rows = [{**found.get(key, {}), grain.key: key, "is_live": is_live} for key, is_live in live.items()]
    if grain.kind == "model_binary" and _serves_unknown(tables["servings"], model_id):
        rows.append({grain.key: None, "is_live": None})
    return rows


def _serves_unknown(servings: pa.Table, model_id: str) -> bool:
    """Whether a serving of a model that is live, or may be, tells of no binary."""
    rows = _where(servings, "model_id", model_id).to_pylist()
    return any(row["binary_id"] is None and row["is_live"] is not False for row in rows)


def _part(metric: Metric, row: Numbers) -> Numbers:
    """One part in plain names."""
    score = {part: row.get(column(metric.name, part)) for part in (*PARTS, *WAIVER_PARTS)}
    outcome = part_outcome(score["outcome"], row["is_live"])
    kept = {name: row.get(name) for name in ("deployment_id", "binary_id", "run_id", "is_live", "share", "slot")}
    told = reason_text(score["outcome"] or "", score["reason"], score["value"])
    return {"key": row[metric.grain.key], **kept, **score, "takes_part_as": outcome, "because": told}


def _node(catalogue: Catalogue, row: Numbers, name: str) -> Numbers:
    """One node of a model's wide row in plain names."""
    node = catalogue.node(name)
    kind = "metric" if isinstance(node, Metric) else "group"
    values = {part: row[column(name, part)] for part in parts_of(node)}
    return {"node": name, "kind": kind, "method": str(final_method(node)), **values}


def _where(table: pa.Table, name: str, wanted: str | list[str]) -> pa.Table:
    """The rows whose column is a value, or one of several."""
    import pyarrow as pa
    import pyarrow.compute as pc

    values = pa.array(wanted if isinstance(wanted, list) else [wanted], pa.string())
    return table.filter(pc.is_in(table[name], value_set=values))

"""Where to begin: the models that a node finds worst, and the fixes that gain most for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError
from stocktake.metrics import parts
from stocktake.metrics.fixes import best_level, fixes
from stocktake.metrics.slices import EVERYTHING
from stocktake.pipeline.slicing import by_slice

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured


def begin_with(
    measured: Measured, document: dict[str, Any], *, worst: int, fixes: int, slice_: str = EVERYTHING
) -> dict[str, Any]:
    """Of a node's report, so many `worst` models and `fixes`; nothing of what is not asked for.

    slice_: of which models the fixes are. Raises MetricError for a slice that is not there.
    """
    by = slice_.partition("=")[0]
    if fixes and by != EVERYTHING:
        measured, _ = by_slice(measured, by)
    found: dict[str, Any] = {"worst": worst_of(document, worst)} if worst else {}
    return found | ({"fixes": best_fixes(measured, document["node"]["node"], slice_, fixes)} if fixes else {})


def worst_of(document: dict[str, Any], number: int) -> list[dict[str, Any]]:
    """The models of a node's report that stand lowest: by what is sure, then by what is known (nothing known first)."""
    taking = [row for row in document["models"] if row["low"] is not None]
    return sorted(
        taking, key=lambda row: (row["low"], -1 if row["point"] is None else row["point"], row["name"] or "")
    )[:number]


def best_fixes(measured: Measured, node: str, slice_: str, number: int) -> list[dict[str, Any]]:
    """The fixes that gain most for the mean of a node over a slice (`everything`, or `owner=growth`).

    Each: metric, model_id, name, outcome (now), best (the level's name), parts (those of the model that are not at it),
    and of low, point and high: node_, mean_, gain_ (see `metrics.fixes`). Raises MetricError for a slice that is not
    there.
    """
    members = _members(measured, slice_)
    numbers = (measured.scores, measured.rollups, measured.tables)
    found = fixes(measured.catalogue, node, members, numbers, DuckDb()).slice(0, number).to_pylist()
    names = {row["model_id"]: row["name"] for row in measured.tables["models"].select(["model_id", "name"]).to_pylist()}
    now = {row["model_id"]: row for row in measured.rollups.models.to_pylist()} if found else {}
    return [
        {
            "metric": row["metric"],
            "model_id": row["model_id"],
            "name": names.get(row["model_id"]),
            "outcome": now[row["model_id"]][f"{row['metric']}__outcome"],
            "best": _best(measured, row["metric"]),
            "parts": _parts(measured, row["metric"], row["model_id"]),
            **{key: value for key, value in row.items() if key not in ("metric", "model_id")},
        }
        for row in found
    ]


def _members(measured: Measured, slice_: str) -> set[int]:
    """The models of a slice, by number."""
    name, _, value = slice_.partition("=")
    told = measured.rollups.slices.to_pylist()
    chosen = {row["slice_no"] for row in told if (row["slice"], row["slice_value"]) == (name, value or name)}
    if not chosen:
        listed = ", ".join(f"{row['slice']}={row['slice_value']}" for row in told if row["slice"] != EVERYTHING)
        raise MetricError(f"--slice {slice_}", "there is no such slice", f"use one of: {EVERYTHING}, {listed}")
    return {row["model_no"] for row in measured.rollups.members.to_pylist() if row["slice_no"] in chosen}


def _best(measured: Measured, name: str) -> str:
    metric = measured.catalogue.metrics[name]
    return metric.level_name(best_level(metric))


def _parts(measured: Measured, name: str, model_id: str) -> list[dict[str, Any]]:
    """The parts of a model that take part in a metric with less than its best level."""
    metric = measured.catalogue.metrics[name]
    told = parts(metric, measured.scores, measured.tables, model_id)
    left = (metric.level_name(best_level(metric)), "not_applicable", "exempt")
    return [
        {"key": part["key"], "outcome": part["takes_part_as"], "because": part["because"]}
        for part in told
        if part["takes_part_as"] not in left
    ]

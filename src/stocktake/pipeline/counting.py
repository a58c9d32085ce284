"""How many there are: the rows of the table `counts` as one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured

WAYS = ("code", "family", "binary", "deployment", "model")
INTERVAL = ("low", "point", "high")


def count(measured: Measured) -> dict[str, Any]:
    """Counts per kind, members per definition, models by each way to count them, and how these bridge.

    kinds: kind -> described, ghosts, live, live_high (NULL where liveness means nothing). definitions: name -> low,
    point, high. models: code, family, binary, deployment -> how many are described; model -> by the definition.
    bridge: way -> steps (reason, difference) whose differences add up to the models.
    """
    rows = measured.tables["counts"].to_pylist()
    by_section: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda each: each["step"]):
        by_section.setdefault(row["section"], []).append(row)
    points = {row["name"]: row["point"] for row in by_section.get("models", [])}
    order = list(measured.project.schema.kinds)
    return {
        "kinds": {
            row["name"]: {each: row[each] for each in ("described", "ghosts", "live", "live_high")}
            for row in sorted(by_section.get("kind", []), key=lambda each: order.index(each["name"]))
        },
        "definitions": {
            row["name"]: {each: row[each] for each in INTERVAL}
            for row in sorted(by_section.get("definition", []), key=lambda each: str(each["name"]))
        },
        "models": {way: points.get(way, 0) for way in WAYS},
        "bridge": _bridge(by_section.get("bridge", [])),
    }


def _bridge(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Per way to count, the steps that lead from it to the models; steps that change nothing are left out."""
    bridge: dict[str, list[dict[str, Any]]] = {way: [] for way in WAYS if way != "model"}
    for row in rows:
        if row["point"] or row["step"] == 1:
            bridge[row["name"]].append({"reason": row["reason"], "difference": row["point"]})
    return bridge

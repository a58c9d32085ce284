"""The course of a node over the moments that were saved."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from stocktake.errors import MetricError, ResultsError
from stocktake.metrics.slices import EVERYTHING
from stocktake.results import kept

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.results import Kept
    from stocktake.store import Store

PARTS = ("models", "known", "unknown", "not_applicable", "exempt", "error")
POPULATIONS = "rollups/populations"


def trend(project: Project, store: Store, node: str, last: timedelta | None = None) -> dict[str, Any]:
    """A node and its parts at every saved moment: node, points (of the node), below (direct child -> points).

    A point: as_of, run, low, point, high of the mean over all models, and PARTS. Of several runs of one moment the one
    that was made last counts. last: how far back from the latest moment. Raises MetricError for a node that no run
    has, and ResultsError where no run was saved.
    """
    latest = {each.as_of: each for each in kept(store, project.results)}
    if not latest:
        raise ResultsError("results", "no run was saved yet", "make some: stocktake measure --from 2026-01-01")
    first = max(latest) - last if last else min(latest)
    points = _points(each for at, each in sorted(latest.items()) if at >= first)
    if node not in points:
        raise MetricError(node, "no saved run has this metric or group", f"use one of: {', '.join(sorted(points))}")
    return {
        "node": node,
        "points": points[node],
        "below": {name: points[name] for name in _below(project, node, points)},
    }


def _points(moments: Iterable[Kept]) -> dict[str, list[dict[str, Any]]]:
    """Per node its points, in their order. A run's table is read once."""
    found: dict[str, list[dict[str, Any]]] = {}
    tables: dict[str, dict[datetime | None, list[dict[str, Any]]]] = {}
    for each in moments:
        if each.run.id not in tables:
            tables[each.run.id] = _rows(each)
        for row in tables[each.run.id].get(each.key, []):
            told = {"as_of": each.as_of, "run": each.run.id}
            told |= {end: row[f"mean_{end}"] for end in ("low", "point", "high")}
            found.setdefault(row["node"], []).append({**told, **{part: row[part] for part in PARTS}})
    return found


def _rows(kept_moment: Kept) -> dict[datetime | None, list[dict[str, Any]]]:
    """The rows over everything of all moments of a run, by moment."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = kept_moment.whole(POPULATIONS)
    table = table.filter(pc.equal(table["slice"], pa.scalar(EVERYTHING)))
    by_moment: dict[datetime | None, list[dict[str, Any]]] = {}
    for row in table.to_pylist():
        by_moment.setdefault(row.get("as_of"), []).append(row)
    return by_moment


def _below(project: Project, node: str, points: Iterable[str]) -> list[str]:
    """The direct children of a node, as the project has them now."""
    from stocktake.pipeline.line import catalogue_of, standards_of

    catalogue = catalogue_of(project, standards_of(project))
    known = set(points)
    return [name for name in catalogue.children(node) if name in known] if node in catalogue.nodes() else []

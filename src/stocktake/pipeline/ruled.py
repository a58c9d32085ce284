"""How the waivers and targets of a project stand: what is in force and used, what is reached, what lacks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from stocktake.metrics import Target, Waiver, judge
from stocktake.metrics.compile import column
from stocktake.metrics.spec import NOT_APPLICABLE

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured

SOON = timedelta(days=30)
BROAD = 0.5
"""A waiver that exempts more than this share of all that its metrics are asked of is broad."""

ENDS = ("low", "point", "high")


def waivers(measured: Measured) -> list[dict[str, Any]]:
    """Every waiver: what it says, its `state` (in_force, expired, not_yet), and what of it needs a look.

    exempted: the rows that it alone, or first by name, exempts; asked: the rows that its metrics apply to. is_expiring:
    within 30 days; is_unused: in force, and exempts nothing; is_broad: it exempts more than half.
    """
    return [_waiver(measured, each) for each in measured.rulings.waivers]


def _waiver(measured: Measured, waiver: Waiver) -> dict[str, Any]:
    is_in_force = waiver.is_in_force(measured.as_of)
    state = "in_force" if is_in_force else "expired" if waiver.expires_at <= measured.as_of else "not_yet"
    exempted, asked = _counts(measured, waiver) if is_in_force else (0, 0)
    return {
        "waiver": waiver.name,
        "metrics": list(waiver.metrics),
        "scope": waiver.scope,
        "reason": waiver.reason,
        "approver": waiver.approver,
        "from": waiver.from_at,
        "expires": waiver.expires_at,
        "where": short(measured, waiver.where),
        "state": state,
        "exempted": exempted,
        "asked": asked,
        "is_expiring": is_in_force and waiver.expires_at - measured.as_of <= SOON,
        "is_unused": is_in_force and not exempted,
        "is_broad": bool(exempted) and exempted > BROAD * asked,
    }


def _counts(measured: Measured, waiver: Waiver) -> tuple[int, int]:
    """The rows that a waiver exempts, and those that its metrics apply to."""
    import pyarrow as pa
    import pyarrow.compute as pc

    exempted = asked = 0
    for metric in measured.catalogue.metrics.values():
        if waiver in metric.waivers:
            table = measured.scores.tables[metric.grain.table]
            exempted += _number(pc.equal(table[column(metric.name, "waiver")], pa.scalar(waiver.name)))
            asked += _number(pc.not_equal(table[column(metric.name, "without")], pa.scalar(NOT_APPLICABLE)))
    return exempted, asked


def _number(holds: Any) -> int:
    """How many of a column are true."""
    return sum(each is True for each in holds.to_pylist())


def targets(measured: Measured) -> list[dict[str, Any]]:
    """Every target: what it says, where its node stands (low, point, high), its verdict; the first due first."""
    means = {
        (row["node"], row["slice"], row["slice_value"]): [row[f"mean_{end}"] for end in ENDS]
        for row in measured.rollups.populations.to_pylist()
    }
    told = [_target(measured, each, means) for each in measured.rulings.targets]
    return sorted(told, key=lambda row: (row["by"], row["target"]))


def _target(measured: Measured, target: Target, means: dict[Any, list[float | None]]) -> dict[str, Any]:
    low, point, high = means.get((target.node, target.slice, target.slice_value), (None, None, None))
    verdict = judge(target, low, point, high, measured.as_of)
    return {
        "target": target.name,
        "node": target.node,
        "slice": target.slice,
        "slice_value": target.slice_value,
        "level": target.level,
        "by": target.by_at,
        "from": target.from_at,
        "start": target.start,
        "reason": target.reason,
        "owner": target.owner,
        "where": short(measured, target.where),
        **dict(zip(ENDS, (low, point, high), strict=True)),
        **{name: getattr(verdict, name) for name in verdict.__slots__},
    }


def short(measured: Measured, where: str) -> str:
    """A file and line as seen from the project's folder."""
    return where.removeprefix(f"{measured.project.root}/")

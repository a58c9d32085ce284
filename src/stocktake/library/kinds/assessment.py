from __future__ import annotations

from datetime import datetime

from stocktake.schema.declare import Edge, Kind, edge, field


class Assessment(Kind):
    """An evaluation, review, scan or test of any artifact."""

    order = 100
    topic: str | None = field(
        "What it looks at: fairness, quality, security, access, license, privacy, review, drift, freshness or another."
    )
    state: str | None = field("How far it is.", values=("verified", "completed", "in_progress", "planned"))
    result: str | None = field("What it found.", values=("passed", "failed"))
    assessed_at: datetime | None = field("When it was done, UTC.", lasting=True, merge="max")
    expires_at: datetime | None = field("Until when it holds, UTC.")
    cadence_days: float | None = field("Days from one time to the next, where it is repeated.", unit="day")
    worst_gap: float | None = field("The greatest difference that it found between groups of people.")
    gap_limit: float | None = field("The greatest difference that is allowed.")
    slice_count: int | None = field("The groups or slices that it looked at.")
    slice_required_count: int | None = field("The groups or slices that it must look at.")
    of: Edge[Kind] = edge("What it looks at.", to="*")

from __future__ import annotations

from datetime import datetime

from stocktake.schema.declare import Edge, Kind, edge, field


class Assessment(Kind):
    """An evaluation, review, scan or test of any artifact."""

    order = 100
    topic: str | None = field("What it looks at, such as fairness, security or quality.")
    state: str | None = field("How far it is.", values=("verified", "completed", "in_progress", "planned"))
    result: str | None = field("What it found.", values=("passed", "failed"))
    assessed_at: datetime | None = field("When it was done, UTC.", lasting=True, merge="max")
    expires_at: datetime | None = field("Until when it holds, UTC.")
    of: Edge[Kind] = edge("What it looks at.", to="*")

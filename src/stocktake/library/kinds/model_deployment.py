from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, attribute, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.model_binary import ModelBinary


class ModelDeployment(Kind):
    """A place where binaries answer requests: an endpoint, a service, a scoring job."""

    order = 80
    is_live: bool | None  # Worked out at the snapshot from its status and who tells of it; unknown is None.
    status: str | None = field("Whether it is up, as its tool says.", values=("up", "down"))
    environment: str | None = field("Where it counts.", values=("production", "staging", "experiment"))
    mode: str | None = field("How it answers.", values=("online", "batch", "streaming"))
    url: str | None = field("Where it answers.")
    last_request_at: datetime | None = field("Its latest request, UTC.", momentary=True, merge="max")
    last_changed_at: datetime | None = field("When it was last deployed or changed, UTC.", merge="max")
    rollout: str | None = field(
        "How a new binary comes into use.", values=("canary_with_rollback", "canary", "shadow", "approved", "direct")
    )
    oversight: str | None = field(
        "How far people can oversee and override it.", values=("tested", "trained", "defined", "partial", "none")
    )
    log_retention_days: float | None = field("How long the log of its requests is kept.", unit="day")
    is_deprecated: bool | None = field("Whether people are told to stop using it.")
    removal_at: datetime | None = field("When it is planned to be taken out of use, UTC.")
    risk_tier: str | None = field("The risk that people give it.", values=("prohibited", "high", "limited", "minimal"))
    risk_state: str | None = field(
        "How far that tier is decided.", values=("approved", "reasoned", "assigned", "proposed")
    )
    affects_people: bool | None = field("Whether what it says decides over people.")
    serves: Edge[ModelBinary] = edge(
        "The binaries that answer here.",
        to="model_binary",
        attributes=(
            attribute("share", "number", "Its share of the traffic, 0 to 1, or a raw weight.", momentary=True),
            attribute(
                "role",
                "text",
                "What the link is for, such as training or evaluation; of a serving: live, canary or shadow.",
            ),
            attribute("slot", "text", "The variant, revision or container it fills."),
        ),
    )

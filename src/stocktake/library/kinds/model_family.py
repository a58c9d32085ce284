from __future__ import annotations

from datetime import datetime

from stocktake.schema.declare import Kind, field


class ModelFamily(Kind):
    """A registry's named line of versions: an MLflow registered model, a SageMaker package group."""

    order = 50
    last_updated_at: datetime | None = field("When a version was last added or changed, UTC.", merge="max")
    documented_at: datetime | None = field("When what documents it was last changed, UTC.", merge="max")
    risk_tier: str | None = field("The risk that people give it.", values=("prohibited", "high", "limited", "minimal"))
    risk_state: str | None = field(
        "How far that tier is decided.", values=("approved", "reasoned", "assigned", "proposed")
    )
    affects_people: bool | None = field("Whether what it says decides over people.")

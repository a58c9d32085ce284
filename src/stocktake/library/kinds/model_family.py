from __future__ import annotations

from datetime import datetime

from stocktake.schema.declare import Kind, field


class ModelFamily(Kind):
    """A registry's named line of versions: an MLflow registered model, a SageMaker package group."""

    order = 50
    last_updated_at: datetime | None = field("When a version was last added or changed, UTC.", merge="max")

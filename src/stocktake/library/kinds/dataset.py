from __future__ import annotations

from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.feature import Feature
    from stocktake.library.kinds.feature_source import FeatureSource
    from stocktake.library.kinds.model_deployment import ModelDeployment


class Dataset(Kind):
    """A training dataset: a place. Which version of it a run saw stands on the run's link."""

    order = 30
    uri: str | None = field("Its place: a path, URI or table name.", lasting=True)
    platform: str | None = field("The system that holds it.")
    row_count: int | None = field("Rows when it was last described.", unit="row")
    purpose_state: str | None = field("How far its purpose is decided.", values=("approved", "declared", "draft"))
    allowed_purposes: list[str] | None = field("The purposes that it may be used for.")
    retention_days: float | None = field("How long it may be kept, from its creation.", unit="day")
    classification: str | None = field(
        "How sensitive it is.", values=("public", "internal", "confidential", "personal", "sensitive")
    )
    features: Edge[Feature] = edge("The features that it holds.", to="feature")
    sources: Edge[FeatureSource] = edge("The sources that it is made from.", to="feature_source")
    written_by: Edge[ModelDeployment] = edge("The deployments whose predictions it stores.", to="model_deployment")

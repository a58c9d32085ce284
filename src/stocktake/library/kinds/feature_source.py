from __future__ import annotations

from stocktake.schema.declare import Edge, Kind, edge, field


class FeatureSource(Kind):
    """The origin of data for features: a table, topic, bucket or file."""

    order = 10
    platform: str | None = field("The system that holds it, such as postgres, kafka, s3 or file.")
    uri: str | None = field("Its place: a path, URI or table name.", lasting=True)
    format: str | None = field("How it is stored, such as parquet or table.")
    purpose_state: str | None = field("How far its purpose is decided.", values=("approved", "declared", "draft"))
    allowed_purposes: list[str] | None = field("The purposes that it may be used for.")
    retention_days: float | None = field("How long it may be kept, from its creation.", unit="day")
    classification: str | None = field(
        "How sensitive it is.", values=("public", "internal", "confidential", "personal", "sensitive")
    )
    derived_from: Edge[FeatureSource] = edge("The sources that it is made from.", to="feature_source")

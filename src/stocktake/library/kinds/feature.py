from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.feature_source import FeatureSource


class Feature(Kind):
    """A logical feature: the logic from raw data to training data."""

    order = 20
    value_type: str | None = field("The type of its values, in its tool's words.")
    view: str | None = field("The feature view or group that it belongs to.")
    is_online: bool | None = field("Whether it is served online.")
    classification: str | None = field(
        "How sensitive it is.", values=("public", "internal", "confidential", "personal", "sensitive")
    )
    reviewed_at: datetime | None = field("When its sensitivity was last reviewed, UTC.", merge="max")
    sources: Edge[FeatureSource] = edge("The sources that it is computed from.", to="feature_source")

"""The grains: which thing a row of a table is, and how it reaches the models."""

from __future__ import annotations

from collections.abc import Sequence

from stocktake.metrics.spec import Grain

SERVING_COLUMNS = ("model_id", "deployment_id", "is_live", "share")
"""What a table of servings must have beside its key, to be rolled up."""

GRAINS = (
    Grain("servings", "serving_id", ("deployment", "model")),
    Grain("deployments", "deployment_id", ("model",), "model_deployment"),
    Grain("binaries", "binary_id", ("model",), "model_binary"),
    Grain("runs", "run_id", ("model",), "workflow_run"),
    Grain("datasets", "dataset_id", ("model",), "dataset"),
    Grain("features", "feature_id", ("model",), "feature"),
    Grain("feature_sources", "feature_source_id", ("model",), "feature_source"),
    Grain("models", "model_id", ()),
)
"""What can be scored. A further grain is a line here, and its kind in the table `model_parts`."""


def grain_of(table: str, columns: Sequence[str]) -> Grain | None:
    """The grain of a table, by its first column, which names the thing of a row; None when it can't be scored."""
    for grain in GRAINS:
        if columns and grain.key == columns[0]:
            return Grain(table, grain.key, grain.steps, grain.kind)
    return None


def missing_columns(grain: Grain, columns: Sequence[str]) -> list[str]:
    """What a table lacks to be rolled up."""
    return [name for name in SERVING_COLUMNS if name not in columns] if "deployment" in grain.steps else []

"""Feast: each team's registry as `registry.to_dict` gives it."""

from __future__ import annotations

from typing import Any

from stocktake.estate.clock import ago, iso
from stocktake.estate.company import Model, Team, View
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, feature_id, source_id


def write(team: Team, out: Out, truth: Truth) -> None:
    """The team's registry, if it has features."""
    if not team.views:
        return
    registry = {
        "project": team.name,
        "dataSources": [_source(team, view) for view in team.views],
        "featureViews": [_view(view) for view in team.views],
        "featureServices": [_service(model) for model in team.models if model.views],
    }
    out.value(f"recorded/feast/{team.name}.json", registry)
    for view in team.views:
        source, key = source_id(team, view.name), f"{team.name}/{view.name}"
        truth.tells(source, "feast", "DataSource", key)
        truth.tells(source, "feast", "FeatureView", key)
        for feature in view.features:
            truth.tells(feature_id(team, view, feature), "feast", "FeatureView", key, f"{view.name}:{feature}")


def _source(team: Team, view: View) -> dict[str, Any]:
    return {
        "name": view.name,
        "type": "BATCH_FILE",
        "project": team.name,
        "owner": view.owner.email,
        "tags": view.notes,
        "fileOptions": {"uri": view.place, "fileFormat": {"parquetFormat": {}}},
    }


def _view(view: View) -> dict[str, Any]:
    features = [{"name": name, "valueType": "DOUBLE"} for name in view.features]
    batch = {"name": view.name, "type": "BATCH_FILE", "fileOptions": {"uri": view.place}}
    spec = {"name": view.name, "features": features, "batchSource": batch, "online": True, "owner": view.owner.email}
    spec["tags"] = view.notes
    return {"spec": spec, "meta": {"createdTimestamp": iso(ago(720))}}


def _service(model: Model) -> dict[str, Any]:
    columns = [
        {"featureViewName": view.name, "featureColumns": [{"name": name} for name in view.features]}
        for view in model.views
    ]
    return {"spec": {"name": model.name, "features": columns}, "meta": {"createdTimestamp": iso(model.born_at)}}

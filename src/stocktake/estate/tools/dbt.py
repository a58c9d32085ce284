"""dbt: each team's manifest: the tables that features are read from, their tests, and the models they are for."""

from __future__ import annotations

from typing import Any

from stocktake.estate.clock import AS_OF, ago, iso
from stocktake.estate.company import Model, Team, View
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, source_id

SCHEMAS = "https://schemas.getdbt.com/dbt"


def write(team: Team, out: Out, truth: Truth) -> None:
    """The manifest of the team's project and the results of its latest command, if it has features."""
    if not team.views:
        return
    meta = {"project_name": team.name, "adapter_type": "duckdb", "invocation_id": f"dbt-{team.name}"}
    raws = list(dict.fromkeys(raw for view in team.views for raw in view.raw))
    nodes = {f"model.{team.name}.{view.name}": _model(team, view) for view in team.views}
    nodes |= {f"test.{team.name}.{view.name}_not_null": _test(team, view) for view in team.views}
    manifest = {
        "metadata": {**meta, "dbt_schema_version": f"{SCHEMAS}/manifest/v12.json", "generated_at": iso(ago(0.6))},
        "nodes": nodes,
        "sources": {f"source.{team.name}.raw.{raw}": _raw(team, raw) for raw in raws},
        "exposures": {f"exposure.{team.name}.{each.name}": _exposure(team, each) for each in team.models if each.views},
        "macros": {},
    }
    out.value(f"recorded/dbt/{team.name}/manifest.json", manifest)
    out.value(f"recorded/dbt/{team.name}/run_results.json", _results(team, meta))
    for raw in raws:
        truth.tells(source_id(team, raw), "dbt", "Source", f"{team.name}/source.{team.name}.raw.{raw}")
    for view in team.views:
        truth.tells(source_id(team, view.name), "dbt", "Model", f"{team.name}/model.{team.name}.{view.name}")


def _model(team: Team, view: View) -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": view.name,
        "database": "lake",
        "schema": team.name,
        "config": {"materialized": "external", "location": view.place},
        "meta": {"owner": view.owner.email, **view.notes},
        "depends_on": {"nodes": [f"source.{team.name}.raw.{raw}" for raw in view.raw]},
        "original_file_path": f"models/{view.name}.sql",
    }


def _raw(team: Team, raw: str) -> dict[str, Any]:
    told = {"resource_type": "source", "name": raw, "identifier": raw, "source_name": "raw"}
    return {**told, "database": "warehouse", "schema": f"raw_{team.name}", "meta": {"owner": team.handle}}


def _test(team: Team, view: View) -> dict[str, Any]:
    depends = {"nodes": [f"model.{team.name}.{view.name}"]}
    return {"resource_type": "test", "name": f"{view.name}_not_null", "depends_on": depends, "config": {}}


def _exposure(team: Team, model: Model) -> dict[str, Any]:
    owner = model.owner.email if model.owner else f"{team.name}@meridian.example"
    return {
        "resource_type": "exposure",
        "type": "ml",
        "name": model.name,
        "owner": {"email": owner},
        "meta": {"mlflow_registered_model": model.family},
        "depends_on": {"nodes": [f"model.{team.name}.{view.name}" for view in model.views]},
    }


def _results(team: Team, meta: dict[str, str]) -> dict[str, Any]:
    """Every test passed but one in twelve."""
    at = iso(ago(0.6))
    timing = [{"name": "execute", "started_at": at, "completed_at": at}]
    results = []
    for view in team.views:
        is_broken = sum(view.name.encode()) % 12 == 0
        results.append({"unique_id": f"model.{team.name}.{view.name}", "status": "success", "timing": timing})
        test = {"unique_id": f"test.{team.name}.{view.name}_not_null", "status": "fail" if is_broken else "pass"}
        results.append({**test, "timing": timing})
    told = {**meta, "dbt_schema_version": f"{SCHEMAS}/run-results/v6.json", "generated_at": iso(AS_OF)}
    return {"metadata": told, "args": {"which": "build"}, "results": results}

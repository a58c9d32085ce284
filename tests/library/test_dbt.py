"""The dbt reader: which artifact a file is, and which project it is of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.library.real_parts import collected


def manifest(project: str | None, *names: str, invocation: str = "i1") -> dict[str, Any]:
    """A manifest with these models."""
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json", "invocation_id": invocation}
    nodes = {f"model.shop.{name}": {"resource_type": "model", "name": name} for name in names}
    return {"metadata": metadata | ({"project_name": project} if project else {}), "nodes": nodes, "macros": {"m": {}}}


def results(*ids: str, invocation: str = "i1") -> dict[str, Any]:
    """Run results of these nodes."""
    metadata = {"dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json", "invocation_id": invocation}
    metadata["generated_at"] = "2026-11-23T17:05:25Z"
    return {"metadata": metadata, "results": [{"unique_id": each, "status": "success"} for each in ids]}


def keys(folder: Path, **settings: Any) -> set[tuple[str, str]]:
    """Label and key of each thing that the folder's artifacts give."""
    return {(each.label, each.key) for each in collected("dbt", folder, **settings)[0]}


def write(folder: Path, **files: Any) -> None:
    """JSON files; `__` in a name is a folder."""
    for name, value in files.items():
        path = folder / f"{name.replace('__', '/')}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")


def test_what_dbt_writes_beside_its_artifacts_is_known(tmp_path: Path) -> None:
    """A target folder holds more than the artifacts; what is not dbt's stays a Document."""
    write(
        tmp_path, manifest=manifest("shop", "a"), semantic_manifest={"metrics": []}, graph_summary={"linked": {}}, x={}
    )

    assert {label for label, _ in keys(tmp_path)} == {"Manifest", "Model", "Companion", "Document"}
    assert ("Companion", "semantic_manifest.json") in keys(tmp_path)


def test_results_are_of_the_project_whose_command_they_tell(tmp_path: Path) -> None:
    """By the command that both name, even where two manifests lie in one folder."""
    write(tmp_path, a=manifest("shop", "x"), b=manifest("bank", "y", invocation="i2"))
    write(tmp_path, r=results("model.shop.y", invocation="i2"))

    assert ("RunResult", "bank/i2/model.shop.y") in keys(tmp_path)


def test_results_beside_the_only_manifest_are_of_its_project(tmp_path: Path) -> None:
    """A later command has another id."""
    write(tmp_path, target__manifest=manifest("shop", "x"), target__run_results=results("model.dep.x", invocation="i9"))

    assert ("RunResult", "shop/i9/model.dep.x") in keys(tmp_path)


def test_artifacts_without_a_project_go_by_the_setting_or_their_package(tmp_path: Path) -> None:
    """Before version 10, a manifest does not say its project."""
    write(tmp_path, manifest=manifest(None, "x"))

    assert ("Model", "shop/model.shop.x") in keys(tmp_path)
    assert ("Model", "mart/model.shop.x") in keys(tmp_path, project="mart")


def test_two_manifests_of_one_name_are_two_projects(tmp_path: Path) -> None:
    """Half the world's projects are called jaffle_shop: nothing says that these are one."""
    write(tmp_path, a__manifest=manifest("shop", "x"), b__manifest=manifest("shop", "x", invocation="i2"))

    models = {key for label, key in keys(tmp_path) if label == "Model"}

    assert models == {"shop/model.shop.x", "shop@b:manifest.json/model.shop.x"}


def test_a_node_carries_what_the_manifest_says_of_all(tmp_path: Path) -> None:
    """Its adapter tells how tables are named; times and ids of the command would change with each run."""
    told = manifest("shop", "x")
    told["metadata"] |= {"adapter_type": "duckdb", "generated_at": "2026-11-23T17:05:25Z"}
    write(tmp_path, manifest=told)

    model = next(each for each in collected("dbt", tmp_path)[0] if each.label == "Model")

    assert model.body["manifest"].keys() == {"adapter_type", "project_name", "dbt_schema_version"}


def test_what_is_no_artifact_is_kept_and_what_is_broken_is_named(tmp_path: Path) -> None:
    """A file of another tool is a document; a half one is a problem with its line."""
    write(tmp_path, package={"dependencies": {}})
    (tmp_path / "manifest.json").write_text('{"metadata": {},\n "nodes": {', "utf-8")

    seen, problems = collected("dbt", tmp_path)

    assert [(each.label, each.key) for each in seen] == [("Document", "package.json")]
    assert [problem.where for problem in problems] == ["manifest.json:2"]


def test_results_from_before_schemas_hold_the_node(tmp_path: Path) -> None:
    """Version 0.16 wrote whole nodes, and no address of a schema."""
    write(
        tmp_path,
        run_results={"results": [{"node": {"unique_id": "model.shop.x"}}], "generated_at": "2020-03-01T00:00:00Z"},
    )

    assert ("RunResult", "shop/2020-03-01T00:00:00Z/model.shop.x") in keys(tmp_path)

"""The Feast reader: what is a registry, whose project it is, and what breaks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.library.real_parts import collected, take

VIEW = {"spec": {"name": "v", "features": [{"name": "f"}]}}


def keys(folder: Path, value: Any, **settings: Any) -> list[tuple[str, str]]:
    """Label and key of each thing that a registry of this JSON gives."""
    (folder / "registry.json").write_text(json.dumps(value), "utf-8")
    return [(each.label, each.key) for each in collected("feast", folder, **settings)[0] if each.label != "Registry"]


@pytest.mark.parametrize(
    ("told", "project"),
    [
        ({"project": "p"}, "p"),
        ({"projects": [{"spec": {"name": "p"}}]}, "p"),
        ({"projectMetadata": [{"project": "p", "projectUuid": "u"}]}, "p"),
        ({}, "registry"),
    ],
)
def test_a_registry_says_its_project_in_many_ways(tmp_path: Path, told: dict[str, Any], project: str) -> None:
    """The key of each thing begins with it; a registry that names none goes by its file."""
    assert ("FeatureView", f"{project}/v") in keys(tmp_path, told | {"featureViews": [VIEW]})


def test_one_registry_may_hold_several_projects(tmp_path: Path) -> None:
    """Then each thing names its own."""
    views = [{"spec": {"name": "v", "project": name}} for name in ("a", "b")]

    assert keys(tmp_path, {"feature_views": views}) == [("FeatureView", "a/v"), ("FeatureView", "b/v")]


def test_a_configured_project_names_a_registry_that_does_not(tmp_path: Path) -> None:
    """The setting stands in, and never overrules."""
    assert keys(tmp_path, {"entities": [{"spec": {"name": "e"}}]} | {"featureViews": []}, project="p") == [
        ("Entity", "p/e")
    ]


def test_two_views_of_one_source_tell_of_one_source(tmp_path: Path) -> None:
    """A registry without data sources still gives the source that its views read."""
    batch = {"name": "s", "fileOptions": {"uri": "data/x.parquet"}}
    views = [{"spec": {"name": name, "batchSource": batch, "features": [{"name": "f"}]}} for name in ("a", "b")]
    (tmp_path / "registry.json").write_text(json.dumps({"project": "p", "featureViews": views}), "utf-8")

    taken = take("feast", tmp_path, repo_root="/srv/repo")

    assert (taken.kinds["feature"], taken.kinds["feature_source"]) == (2, 1)
    assert {row["uri"] for row in taken.claims["feature_source"]} == {"file:/srv/repo/data/x.parquet"}


def test_a_broken_file_is_named_with_its_line_and_the_rest_lands(tmp_path: Path) -> None:
    """A broken YAML, a thing that is no object, and a file of something else."""
    (tmp_path / "feature_store.yaml").write_text("project: p\nregistry: [\n", "utf-8")
    (tmp_path / "registry.json").write_text('{"project": "p", "featureViews": [3, {"spec": {"name": "v"}}]}', "utf-8")
    (tmp_path / "values.yaml").write_text("replicas: 2\n", "utf-8")

    seen, problems = collected("feast", tmp_path)

    assert [problem.where.partition(":")[0] for problem in problems] == ["feature_store.yaml", "registry.json"]
    assert [(each.label, each.key) for each in seen] == [
        ("FeatureView", "p/v"),
        ("Registry", "p"),
        ("Document", "values.yaml"),
    ]

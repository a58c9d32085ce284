"""Real dbt artifacts, manifest v2 to v12: per file, how many claims of which kind, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.library.real_parts import real, take

SHOP = "dbt/datahub-jaffle_shop/jaffle_shop"
PAIRS = "openlineage/dbt-integration"
FILES: dict[str, tuple[dict[str, int], dict[str, int], dict[str, int]]] = {
    # Its parent map holds 33 edges: 8 between tables, 25 from tests.
    f"{SHOP}_manifest.json": (
        {"Manifest": 1, "Model": 5, "Seed": 3, "Test": 24},
        {"feature_source": 8, "assessment": 24, "none": 1},
        {"derived_from": 8, "of": 25},
    ),
    f"{SHOP}_catalog.json": ({"Catalog": 1, "CatalogTable": 8}, {"feature_source": 8, "none": 1}, {}),
    f"{SHOP}_test_results.json": ({"Invocation": 1, "RunResult": 24}, {"workflow_run": 1, "assessment": 24}, {}),
    f"{PAIRS}/duckdb/target/manifest.json": (
        {"Manifest": 1, "Model": 2, "Seed": 3, "Test": 5},
        {"feature_source": 5, "assessment": 5, "none": 1},
        {"derived_from": 5, "of": 5},
    ),
    f"{PAIRS}/duckdb/target/run_results.json": (
        {"Invocation": 1, "RunResult": 1}, {"workflow_run": 2}, {"part_of": 1, "writes": 1},
    ),
    f"{PAIRS}/fail/target/manifest.json": (
        {"Manifest": 1, "Model": 4, "Source": 1}, {"feature_source": 5, "none": 1}, {"derived_from": 4},
    ),
    # 2 succeeded, 1 failed, 1 was skipped.
    f"{PAIRS}/fail/target/run_results.json": (
        {"Invocation": 1, "RunResult": 4}, {"workflow_run": 5}, {"part_of": 4, "writes": 2},
    ),
    f"{PAIRS}/small/target/manifest.json": (
        {"Manifest": 1, "Model": 1, "Source": 1}, {"feature_source": 2, "none": 1}, {"derived_from": 1},
    ),
    f"{PAIRS}/small/target/run_results.json": (
        {"Invocation": 1, "RunResult": 1}, {"workflow_run": 2}, {"part_of": 1, "writes": 1},
    ),
    "acme-recorded/dbt/manifest.json": (
        {"Manifest": 1, "Model": 2, "Seed": 2, "Exposure": 1}, {"feature_source": 4, "none": 2}, {"derived_from": 2},
    ),
    "acme-recorded/dbt/run_results.json": (
        {"Invocation": 1, "RunResult": 5}, {"workflow_run": 5, "none": 1}, {"part_of": 4, "writes": 4},
    ),
}  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_real_file_gives_what_was_counted_by_hand(path: str) -> None:
    """Tables are sources, tests are assessments, commands and their steps are runs; every record is mapped."""
    taken = take("dbt", real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == FILES[path]
    assert taken.mapped == sum(taken.labels.values())


def test_the_results_beside_a_manifest_are_of_its_project() -> None:
    """A catalog and results name no project: the manifest of their folder does, so that their nodes are one."""
    taken = take("dbt", real("dbt"))
    parts = {row["part"] for row in taken.claims["feature_source"]}

    assert taken.kinds["feature_source"] == 8
    assert all(part.startswith("jaffle_shop/") for part in parts)


def test_dbt_and_its_lineage_name_one_table_alike() -> None:
    """The manifest and the event that dbt-ol made of it meet in the table's place."""
    folder = real(f"{PAIRS}/small")
    names: list[set[Any]] = []
    for tool in ("dbt", "openlineage"):
        taken = take(tool, folder)
        rows = taken.claims.get("feature_source", []) + taken.claims.get("open", [])
        names.append({row.get("uri") or row["part"] for row in rows})

    assert (
        names[0]
        == names[1]
        == {f"bigquery/random-gcp-project.dbt_test1.{name}" for name in ("source_table", "test_model")}
    )

"""Real OpenLineage events: per file, how many claims of which kind and links of which edge, counted by hand."""

from __future__ import annotations

from typing import Any

import pytest
from tests.library.real_parts import real, take

SPARK = {"labels": {"RunEvent": 1}, "kinds": {"workflow_run": 1, "open": 2}}
OTHER = {"labels": {"Document": 1}, "kinds": {}, "links": {}}
FACET = {"LineageFacet": 1}
IMPLICIT = {"labels": FACET, "kinds": {"open": 1, "none": 1}, "links": {}}
FILES: dict[str, dict[str, Any]] = {
    "openlineage/compat-consumer-simple/config.json": OTHER,
    "openlineage/compat-consumer-simple/maintainers.json": OTHER | {"labels": {"Document": 2}},
    "openlineage/compat-consumer-simple/events/1.json": SPARK | {"links": {"part_of": 1, "reads": 1}},
    "openlineage/compat-consumer-simple/events/2.json": SPARK | {"links": {"part_of": 1, "reads": 1, "writes": 1}},
    "openlineage/compat-consumer-simple/events/3.json": SPARK | {"links": {"part_of": 1, "reads": 1, "writes": 1}},
    "openlineage/compat-consumer-simple/events/4.json": SPARK | {"links": {"part_of": 1, "reads": 1, "writes": 1}},
    # Expected events of a test: without run ids, so START and COMPLETE stay two runs.
    "openlineage/dbt-integration/duckdb/result.json": {
        "labels": {"RunEvent": 2}, "kinds": {"workflow_run": 2, "open": 1}, "links": {"writes": 2},
    },
    # dbt-ol repeats at the end what it announced at the start: 2 of 3 models were written.
    "openlineage/dbt-integration/fail/result.json": {
        "labels": {"RunEvent": 6}, "kinds": {"workflow_run": 6, "open": 4}, "links": {"reads": 4, "writes": 2},
    },
    "openlineage/dbt-integration/small/result.json": {
        "labels": {"RunEvent": 2}, "kinds": {"workflow_run": 2, "open": 2}, "links": {"reads": 2, "writes": 2},
    },
    "openlineage/dbt-integration/duckdb/target/manifest.json": OTHER,
    "openlineage/dbt-integration/duckdb/target/run_results.json": OTHER,
    "openlineage/dbt-integration/fail/target/manifest.json": OTHER,
    "openlineage/dbt-integration/fail/target/run_results.json": OTHER,
    "openlineage/dbt-integration/small/target/manifest.json": OTHER,
    "openlineage/dbt-integration/small/target/run_results.json": OTHER,
    "openlineage/marquez-seed/metadata.template.json": {
        # One dataset's quality was checked.
        "labels": {"RunEvent": 26}, "kinds": {"workflow_run": 13, "open": 13, "assessment": 1},
        "links": {"reads": 14, "writes": 13, "of": 1},
    },
    "openlineage/spec/example_full_event.json": {"labels": {"RunEvent": 1}, "kinds": {"workflow_run": 1}, "links": {}},
    "openlineage/spec/LineageFacet/dataset-to-dataset.json": {"labels": FACET, "kinds": {"open": 1}, "links": {}},
    "openlineage/spec/LineageFacet/dataset-to-job.json": IMPLICIT,
    "openlineage/spec/LineageFacet/generator.json": {"labels": FACET, "kinds": {"open": 1}, "links": {}},
    "openlineage/spec/LineageFacet/implicit-job.json": IMPLICIT,
    "openlineage/spec/LineageFacet/job-to-dataset.json": {
        "labels": FACET, "kinds": {"open": 1, "workflow_run": 1}, "links": {"writes": 1},
    },
    "openlineage/spec/LineageFacet/job-to-job.json": {"labels": FACET, "kinds": {"workflow_run": 2}, "links": {}},
    "openlineage/spec/LineageFacet/mixed-sources.json": {"labels": FACET, "kinds": {"open": 2, "none": 1}, "links": {}},
    # 3 DAG runs with 8 task runs, 3 commands of dbt with 2 models each, and the training run sent by hand.
    "acme-recorded/openlineage/airflow_dbt_events.ndjson": {
        "labels": {"RunEvent": 39},
        "kinds": {"workflow_run": 21, "open": 5, "dataset": 1, "model_code": 1, "model_binary": 1},
    },
    "acme-recorded/openlineage/feast_apply_events.ndjson": {
        "labels": {"RunEvent": 2}, "kinds": {"workflow_run": 2, "feature_source": 2, "none": 4}, "links": {"reads": 2},
    },
}  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_real_file_gives_what_was_counted_by_hand(path: str) -> None:
    """Every file is taken whole, and what it says in common words is what a person counts in it."""
    taken = take("openlineage", real(path))

    assert taken.problems == ()
    assert {name: getattr(taken, name) for name in FILES[path]} == FILES[path]


def test_every_record_of_a_known_shape_is_mapped() -> None:
    """Of the whole folder, only documents that are no event stay unmapped, and they are counted."""
    taken = take("openlineage", real("openlineage"))

    assert taken.labels == {"RunEvent": 41, "LineageFacet": 7, "Document": 9}
    assert taken.mapped == 48


def test_what_a_failed_run_was_to_write_is_not_written() -> None:
    """The first make_dataset of the recorded company failed: no event of it tells of a write that lasts."""
    taken = take("openlineage", real("acme-recorded/openlineage"), instances={"airflow": "acme-airflow"})
    runs = {row["part"]: row["name"] for row in taken.claims["workflow_run"]}
    failed = {row["part"] for row in taken.claims["workflow_run"] if row["status"] == "failed"}

    assert sorted(runs[part] for part in failed) == ["churn_retrain", "churn_retrain.make_dataset"]
    assert sum(name == "churn_retrain.make_dataset" for name in runs.values()) == 3

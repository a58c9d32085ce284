"""Recorded answers of Airflow's REST API: per file, how many claims of which kind, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import real, take

FILES: dict[str, tuple[dict[str, int], dict[str, int], dict[str, int]]] = {
    "dags.json": ({"Dag": 1}, {"none": 1}, {}),
    "dagRuns.json": ({"DagRun": 3}, {"workflow_run": 3}, {}),
    "taskInstances.json": ({"TaskInstance": 9}, {"workflow_run": 9}, {"part_of": 9}),
    "assets.json": ({"Asset": 3}, {"open": 3}, {}),
    # 8 events by 5 task runs on 3 assets.
    "asset_events.json": ({"AssetEvent": 8}, {"workflow_run": 5, "open": 3}, {"part_of": 5, "writes": 8}),
}


@pytest.mark.parametrize("name", FILES)
def test_a_recorded_answer_gives_what_was_counted_by_hand(name: str) -> None:
    """Every answer is taken whole, and every record of it is mapped."""
    taken = take("airflow", real(f"acme-recorded/airflow/{name}"), instance="acme-airflow")

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == FILES[name]
    assert taken.mapped == sum(taken.labels.values())


def test_a_task_that_never_ran_is_skipped() -> None:
    """The train task of the failed DAG run is `upstream_failed`: it has no start."""
    runs = take("airflow", real("acme-recorded/airflow"), instance="acme-airflow").claims["workflow_run"]

    assert [(run["name"], run["started_at"]) for run in runs if run["status"] == "skipped"] == [
        ("churn_retrain.train", None)
    ]

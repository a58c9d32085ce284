"""What must come out of the recorded company: runs, datasets, features and where they come from."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.demo.estate import Estate, Row

from stocktake.pipeline.line import open_project
from stocktake.pipeline.session import current

TRAIN = "file:/srv/acme/lake/train/churn_train.parquet"


def parents(acme: Estate, run: Row) -> list[Row]:
    """The run that a run is part of."""
    runs = {row["id"]: row for row in acme.rows("workflow_run")}
    return [runs[row["to_id"]] for row in acme.ends("workflow_run", "part_of", run)]


def test_mlflows_runs_are_part_of_an_airflow_task_which_is_part_of_a_dag_run(acme: Estate) -> None:
    """The tag `openlineage.run_id` of each run names the task."""
    runs = [row for row in acme.rows("workflow_run") if row["sources"] == ["mlflow"]]

    assert len(runs) == 2
    for run in runs:
        (task,) = parents(acme, run)
        (dag_run,) = parents(acme, task)
        assert (task["name"], dag_run["name"]) == ("churn_retrain.train", "churn_retrain")


def test_airflows_answers_and_openlineages_events_of_one_task_meet(acme: Estate) -> None:
    tasks = [
        row
        for row in acme.rows("workflow_run")
        if row["name"].startswith("churn_retrain") and "airflow" in row["sources"]
    ]

    assert len(tasks) == 12
    assert [row["name"] for row in tasks if "openlineage" not in row["sources"]] == ["churn_retrain.train"]


def test_version_2_has_a_second_run_which_is_flagged(acme: Estate) -> None:
    binary = acme.one("model_binary", "acme_churn/2")
    runs = {row["to_id"] for row in acme.ends("model_binary", "workflow_run", binary)}
    by_hand = acme.one("workflow_run", "churn.train")

    assert by_hand["id"] in runs
    assert len(runs) == 2
    assert "many_workflow_run" in binary["flags"]


def test_what_a_failed_task_was_to_write_is_not_written(acme: Estate) -> None:
    failed = acme.one("workflow_run", "churn_retrain.make_dataset", status="failed")

    assert acme.ends("workflow_run", "writes", failed) == []


def test_a_task_whose_upstream_failed_never_ran(acme: Estate) -> None:
    never = acme.one("workflow_run", "churn_retrain.train", status="skipped")

    assert (never["started_at"], never["ended_at"]) == (None, None)
    assert [row["status"] for row in parents(acme, never)] == ["failed"]


def test_the_training_set_is_one_place_and_a_dataset(acme: Estate) -> None:
    found = [row for row in acme.rows("dataset") if row["uri"] == TRAIN]

    assert len(found) == 1
    assert {"mlflow", "openlineage"} <= set(found[0]["sources"])
    assert TRAIN not in {row["uri"] for row in acme.rows("feature_source")}


def test_what_each_run_saw_of_it_stands_on_its_link(acme: Estate) -> None:
    dataset = acme.one("dataset", "churn_train", uri=TRAIN)
    runs = {row["id"]: row["name"] for row in acme.rows("workflow_run")}
    links = [row for row in acme.rows("workflow_run_datasets") if row["to_id"] == dataset["id"]]
    seen = sorted((runs[row["from_id"]], row["digest"], row["version"]) for row in links)

    assert seen == [
        ("churn-retrain", "611a182a", None),
        ("churn-retrain", "611a182a", None),
        ("churn.train", None, "18aac593"),
    ]


def test_feasts_saved_dataset_is_another_place_of_the_same_name(acme: Estate) -> None:
    saved = next(row for row in acme.rows("dataset") if row["uri"] != TRAIN)
    pairs = [{row["left_id"], row["right_id"]} for row in acme.rows("suggestion") if row["kind"] == "dataset"]

    assert saved["sources"] == ["feast"]
    assert pairs == [{saved["id"], acme.one("dataset", "churn_train", uri=TRAIN)["id"]}]


def test_there_are_three_features(acme: Estate) -> None:
    assert acme.names("feature") == ["rating", "spend", "trips"]


def test_feasts_files_are_openlineages_datasets_at_those_paths(acme: Estate) -> None:
    lake = [row for row in acme.rows("feature_source") if "feast" in row["sources"]]

    assert sorted(row["name"] for row in lake) == ["customer_rating", "customer_trips"]
    assert all("openlineage" in row["sources"] for row in lake)


def test_dbts_models_are_its_own_openlineage_datasets(acme: Estate) -> None:
    tables = [row for row in acme.rows("feature_source") if set(row["sources"]) == {"dbt", "openlineage"}]

    assert sorted(row["name"] for row in tables) == ["customer_rating", "customer_trips"]


def test_dbts_seeds_are_upstream_of_its_models(acme: Estate) -> None:
    names = {row["id"]: row["name"] for row in acme.rows("feature_source")}
    links = {(names[row["from_id"]], names[row["to_id"]]) for row in acme.rows("feature_source_derived_from")}

    assert acme.names("feature_source") == [
        "customer_rating", "customer_rating", "customer_trips", "customer_trips", "raw_ratings", "raw_trips",
    ]  # fmt: skip
    assert links == {("customer_rating", "raw_ratings"), ("customer_trips", "raw_trips")}


def test_feasts_entities_and_services_are_no_artifacts(acme: Estate) -> None:
    names = {name for kind in acme.measured.project.schema.kinds for name in acme.names(kind) if name}

    assert not {"customer", "churn_v1"} & names


@pytest.fixture
def with_root(acme: Estate, tmp_path: Path) -> Path:
    """The project with the rule that an external model is the file of its name in one folder."""
    folder = tmp_path / "acme"
    shutil.copytree(acme.folder, folder)
    source = folder / "sources" / "dbt.yaml"
    source.write_text(source.read_text("utf-8").replace("# external_root:", "external_root:"), "utf-8")
    return folder


def test_a_rule_of_the_project_makes_external_models_their_files(with_root: Path) -> None:
    measured = current(open_project(with_root))

    assert measured.snapshot["feature_source"].num_rows == 4

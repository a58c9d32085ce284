"""The MLflow connector: the calls that it makes, what it keeps, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.servers.pretend import Answer, answering

from stocktake.errors import CollectError, Problem
from stocktake.library.connectors.mlflow import API, collect
from stocktake.nouns import Seen, Source

RUNS = [{"info": {"run_id": f"r{number}", "experiment_id": "1"}, "data": {}} for number in range(5)]


def mlflow(path: str, told: dict[str, Any]) -> Answer:
    """A server of MLflow 3 with two runs a page, which leaves empty lists out as the real one does."""
    start = int(told.get("page_token", 0))
    answers: dict[str, Any] = {
        "experiments/search": {"experiments": [{"experiment_id": "1", "name": "churn"}]},
        "runs/search": {"runs": RUNS[start : start + 2]} | ({"next_page_token": str(start + 2)} if start < 4 else {}),
        "logged-models/search": {"models": [{"info": {"model_id": "m-1"}}]},
        "registered-models/search": {"registered_models": [{"name": "it's churn"}]},
        "registered-models/get": {
            "registered_model": {"name": "it's churn", "aliases": [{"alias": "a", "version": 2}]}
        },
        "model-versions/search": {"model_versions": [{"name": "it's churn", "version": str(n)} for n in (2, 1)]},
        "model-versions/get": {"model_version": {"name": "it's churn", "version": "2", "aliases": ["a"]}},
    }
    if "filter" in told:
        assert told["filter"] == "name='it\\'s churn'"
    return 200, answers[path.removeprefix(f"{API}/")]


def seen_at(url: str) -> list[Seen | Problem]:
    return list(collect(Source("mlflow", "mlflow", {"url": url})))


def keys(seen: list[Seen | Problem]) -> list[tuple[str, str]]:
    return [(each.label, each.key) for each in seen if isinstance(each, Seen)]


def test_every_page_is_read_and_aliased_versions_are_asked_for_by_themselves() -> None:
    with answering(mlflow) as url:
        seen = seen_at(url)

    assert keys(seen) == [
        ("Experiment", "1"),
        *(("Run", f"r{number}") for number in range(5)),
        ("LoggedModel", "m-1"),
        ("RegisteredModel", "it's churn"),
        ("ModelVersionSummary", "it's churn/2"),
        ("ModelVersion", "it's churn/2"),
        ("ModelVersionSummary", "it's churn/1"),
    ]


def test_mlflow_2_has_no_logged_models() -> None:
    def older(path: str, told: dict[str, Any]) -> Answer:
        return (404, {"error_code": "ENDPOINT_NOT_FOUND"}) if "logged-models" in path else mlflow(path, told)

    with answering(older) as url:
        labels = {label for label, _ in keys(seen_at(url))}

    assert "LoggedModel" not in labels
    assert "RegisteredModel" in labels


def test_a_new_server_has_nothing_yet() -> None:
    with answering((200, {})) as url:
        assert seen_at(url) == []


@pytest.mark.parametrize("lie", [(200, b"<html>"), (200, {"message": "hello"}), (404, b"not found")])
def test_another_server_is_refused_and_not_taken_for_an_empty_one(lie: Answer) -> None:
    with answering(lie) as url, pytest.raises(CollectError):
        seen_at(url)


def test_two_exports_of_one_model_are_both_kept(tmp_path: Path) -> None:
    """Each is what was true when it was exported."""
    for name, at in (("early", 1), ("late", 2)):
        system = {"mlflow_tracking_uri": "http://s:5000", "export_time": at}
        model = {"name": "churn", "versions": [{"name": "churn", "version": "1"}] if at == 1 else []}
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.json").write_text(
            json.dumps({"system": system, "mlflow": {"registered_model": model}})
        )

    assert keys(list(collect(Source("s", "mlflow", {"path": str(tmp_path)})))) == [
        ("RegisteredModelExport", "http://s:5000@1#churn"),
        ("ModelVersionExport", "http://s:5000@1#churn/1"),
        ("RegisteredModelExport", "http://s:5000@2#churn"),
    ]


def test_what_an_export_holds_beside_models_and_runs_is_kept_too(tmp_path: Path) -> None:
    """Prompts, evaluation data, lists of what was exported, logged models; a file of another shape goes unmapped."""
    files: dict[str, Any] = {
        "prompt.json": {"mlflow": {"prompt": {"name": "g", "version": "1"}}},
        "evaluation_dataset.json": {"mlflow": {"evaluation_dataset": {"dataset_id": "abc"}}},
        "logged_models.json": {"mlflow": {"experiments": [{"id": "1", "logged_models": [{"model_id": "m-1"}]}]}},
        "logged_model.json": {"mlflow": {"model_id": "m-2"}},
        "old_run.json": {"export_info": {}, "info": {"run_uuid": "old"}, "tags": {}},
        "shopping.json": {"milk": 2},
        "artifacts/model/input_example.json": {"columns": []},
    }
    for name, value in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(value))

    assert sorted(keys(list(collect(Source("s", "mlflow", {"path": str(tmp_path)}))))) == [
        ("EvaluationDataset", "@#abc"),
        ("ExportSummary", "@#logged_models.json"),
        ("LoggedModelExport", "@#m-1"),
        ("LoggedModelExport", "@#m-2"),
        ("Prompt", "@#g/1"),
        ("RunExport", "@#old"),
        ("Unknown", "shopping.json"),
    ]

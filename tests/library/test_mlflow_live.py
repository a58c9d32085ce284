"""A real MLflow server: what a team logged there is what is seen, and what it means."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.library.real_parts import take
from tests.servers.mlflow_server import mlflow_server
from tests.servers.process import MISSING, is_installed, run_in_tools

from stocktake.library.connectors.mlflow import collect
from stocktake.nouns import Seen, Source, canonical

if not is_installed():
    pytest.skip(MISSING, allow_module_level=True)

SCRIPT = Path(__file__).parents[1] / "servers" / "mlflow_log.py"


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], list[Seen], list[Seen]]:
    """The ids that MLflow gave, and what two collections in a row saw."""
    folder = tmp_path_factory.mktemp("mlflow")
    with mlflow_server(folder) as url:
        # Beside our own repository, whose commit MLflow would note.
        script = Path(shutil.copy(SCRIPT, folder))
        ids = json.loads(run_in_tools(script, url, str(folder)).strip().splitlines()[-1])
        source = Source("mlflow", "mlflow", {"url": url})
        first, second = ([each for each in collect(source) if isinstance(each, Seen)] for _ in range(2))
    return ids, first, second


def test_everything_that_was_logged_is_seen(logged: tuple[dict[str, Any], list[Seen], list[Seen]]) -> None:
    """Three runs (one failed), two logged models, one registered model with two versions, one of them aliased."""
    ids, seen, _ = logged

    by_label = {label: {each.key for each in seen if each.label == label} for label in {each.label for each in seen}}
    assert by_label["Run"] >= set(ids["runs"])
    assert len(by_label["Run"]) == 3
    assert by_label["LoggedModel"] == set(ids["models"])
    assert by_label["RegisteredModel"] == {"acme_churn"}
    assert by_label["ModelVersionSummary"] == {f"acme_churn/{version}" for version in ids["versions"]}
    assert by_label["ModelVersion"] == {"acme_churn/2"}


def test_a_second_collection_sees_the_same(logged: tuple[dict[str, Any], list[Seen], list[Seen]]) -> None:
    """Nothing in the answers changes by itself: an unchanged server adds nothing to the log."""
    _, first, second = logged

    assert [(each.label, each.key, canonical(each.body)) for each in first] == [
        (each.label, each.key, canonical(each.body)) for each in second
    ]


def test_what_was_seen_says_what_the_team_did(
    logged: tuple[dict[str, Any], list[Seen], list[Seen]], tmp_path: Path
) -> None:
    """The answers, read back from files: runs with their training set, code and outer run; versions with their run."""
    ids, seen, _ = logged
    wrap = {"Experiment": "experiment", "Run": "run", "LoggedModel": "model", "RegisteredModel": "registered_model"}
    for number, each in enumerate(seen):
        name = wrap.get(each.label, "model_version" if each.label == "ModelVersion" else "")
        answer = {name: each.body} if name else {"model_versions": [each.body]}
        (tmp_path / f"{number}.json").write_text(json.dumps(answer))

    taken = take("mlflow", tmp_path, instance="here")

    runs = {row["part"]: row for row in taken.claims["workflow_run"]}
    assert Counter(row["status"] for row in runs.values()) == {"finished": 2, "failed": 1}
    assert all(runs[run]["is_training"] and runs[run]["ended_at"] for run in ids["runs"])
    assert [row["name"] for row in taken.claims["dataset"]] == ["churn_train"] * 2
    assert taken.links["model_code"] == taken.links["datasets"] == taken.links["part_of"] == 2
    versions = {row["part"]: row["aliases"] for row in taken.claims["model_binary"] if row["label"] == "ModelVersion"}
    assert versions == {"acme_churn/2": ["champion"]}
    assert [row["owners"] for row in taken.claims["model_family"]] == [["growth@acme.example"]]

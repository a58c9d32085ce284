"""A person's decisions through the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from tests.demo.estate import Estate

from stocktake.cli.app import run

BINARY = "mlflow_version:127.0.0.1:5050/acme_churn/2"
CLAIM = "claim:bentoml/Model/acme_churn:hiki37hhmc26eax4"
AT = "2026-11-23T17:30:00Z"


@pytest.fixture
def ask(acme: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs words on a copy of the recorded company; gives the exit code, the document, and the talk."""
    folder = shutil.copytree(acme.folder, tmp_path / "acme")

    def call(*words: str) -> tuple[int, Any, str]:
        code = run(["--project", str(folder), "--json", *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return call


def test_a_confirmed_suggestion_joins(ask: Any) -> None:
    code, told, _ = ask("edit", "confirm", "1", "--why", "its package lies there", "--who", "ana")
    _, counts, _ = ask("counts")

    assert (code, told["source"], told["edits"][0]["action"]) == (0, "person/ana", "confirm")
    assert (counts["kinds"]["model_binary"]["ghosts"], counts["models"]["model"]) == (0, 1)


def test_a_confirmation_is_taken_back_by_a_split(ask: Any) -> None:
    _, told, _ = ask("edit", "confirm", "1", "--why", "yes")
    edit = told["edits"][0]
    code, _, _ = ask("edit", "split", edit["left"], edit["right"], "--why", "no, it was fitted again")
    _, counts, _ = ask("counts")

    assert (code, counts["kinds"]["model_binary"]["ghosts"]) == (0, 1)


def test_a_split_parts_what_only_that_claim_joined(ask: Any) -> None:
    """BentoML fitted its model again: it is another binary."""
    code, _, _ = ask("edit", "split", CLAIM, BINARY, "--why", "fitted again")
    _, counts, _ = ask("counts")

    assert (code, counts["kinds"]["model_binary"]["described"]) == (0, 3)


def test_a_split_that_leaves_the_parts_connected_is_refused_with_the_path(ask: Any) -> None:
    code, told, _ = ask("edit", "split", "claim:mlflow/ModelVersion/acme_churn/2", BINARY, "--why", "try")
    _, counts, _ = ask("counts")

    assert code == 2
    assert "mlflow_model:127.0.0.1:5050/m-e5f2a75aac8a4b6b95ecfc332d3b482a" in told["problems"][0]["problem"]
    assert counts["kinds"]["model_binary"]["described"] == 2


def test_a_number_that_is_no_suggestion_is_refused(ask: Any) -> None:
    code, told, _ = ask("edit", "confirm", "99", "--why", "x")

    assert code == 2
    assert "there is no suggestion of this number" in told["problems"][0]["problem"]


@pytest.mark.parametrize(
    ("field", "value", "told"), [("approval", "perhaps", "is no value of it"), ("colour", "red", "no such field")]
)
def test_a_value_of_the_wrong_type_or_field_is_refused(ask: Any, field: str, value: str, told: str) -> None:
    code, document, _ = ask("edit", "set", BINARY, field, value, "--why", "x")

    assert code == 2
    assert told in document["problems"][0]["problem"]


def test_an_edit_after_the_projects_moment_says_so(ask: Any) -> None:
    code, _, talk = ask("edit", "set", BINARY, "purpose", "churn", "--why", "asked the team")

    assert code == 0
    assert "--at 2026-11-23T18:00:00Z" in talk


def test_an_edit_without_a_reason_is_a_usage_error(ask: Any) -> None:
    assert ask("edit", "confirm", "1")[0] == 2


def test_a_value_that_a_person_sets_wins_from_when_it_is_said_to_hold(ask: Any) -> None:
    ask("edit", "set", BINARY, "purpose", "churn", "--why", "asked the team", "--who", "ana", "--at", AT)
    _, told, _ = ask("get", BINARY)
    (purpose,) = told["artifacts"][0]["fields"]["purpose"]["told"]

    assert told["artifacts"][0]["fields"]["purpose"]["value"] == "churn"
    assert (purpose["source"], purpose["won"]) == ("person/ana", True)


def test_a_link_that_a_person_closes_is_gone(ask: Any) -> None:
    code, _, _ = ask("edit", "close", "acme-churn-prod", "serves", BINARY, "--why", "rolled back", "--at", AT)
    _, told, _ = ask("get", "acme-churn-prod")

    assert code == 0
    assert [each["slot"] for each in told["artifacts"][0]["links"] if each["edge"] == "serves"] == ["v1"]

"""What every command promises: one document, talk apart, a remedy, and that help comes at once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.demo.estate import Estate

from stocktake.cli.app import run

ROOT = Path(__file__).parents[2]
BINARY = "mlflow_version:127.0.0.1:5050/acme_churn/2"
HEAVY = ("duckdb", "pyarrow", "scipy", "sqlglot", "sqlalchemy", "alembic", "httpx", "rich", "msgspec", "yaml")
ASKED = {
    "counts": ["kinds", "definitions", "models", "bridge"],
    "coverage": ["sources", "not_connected", "ghosts", "suggestions", "unmapped"],
    "show": ["counts", "models", "nodes", "populations", "exposure", "coverage"],
    "vocabulary": ["labels", "two_meanings", "one_meaning", "unmapped"],
    "check": ["parts"],
    "doctor": ["findings"],
    "runs": ["publications", "runs"],
}


@pytest.fixture
def project(acme: Estate, tmp_path: Path) -> Path:
    """A copy of the recorded company that a test may change."""
    return Path(shutil.copytree(acme.folder, tmp_path / "acme"))


def test_help_comes_without_heavy_libraries() -> None:
    """What would make `--help` slow is not even imported."""
    code = (
        "import sys; from stocktake.cli.app import run; run(['--help']); "
        f"print([each for each in {HEAVY!r} if each in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)

    assert done.stderr.strip() == "[]"
    assert "counts" in done.stdout


@pytest.mark.parametrize("command", ASKED)
def test_json_is_one_document_with_the_keys_of_its_page(
    command: str, acme: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["--project", str(acme.folder), command, "--json"])
    document = json.loads(capsys.readouterr().out)
    page = (ROOT / "docs" / "reference" / "json.md").read_text("utf-8")

    assert code == 0
    assert set(ASKED[command]) <= set(document)
    assert [key for key in document if f"`{key}`" not in page] == []


@pytest.mark.parametrize("words", [["--project", "{}", "--json", "get"], ["get", "--project", "{}", "--json"]])
def test_the_project_and_the_form_may_stand_before_or_after_the_command(
    words: list[str], acme: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [each.format(acme.folder) for each in words]

    assert run([*told, BINARY]) == 0
    assert json.loads(capsys.readouterr().out)["artifacts"][0]["name"] == "acme_churn/2"


def test_the_project_may_be_named_by_the_environment(
    acme: Estate, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STOCKTAKE_PROJECT", str(acme.folder))

    assert run(["get", BINARY]) == 0
    assert "model binary acme_churn/2" in capsys.readouterr().out


def test_without_a_project_the_remedy_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    code = run(["counts", "--json"])
    printed = capsys.readouterr()

    assert code == 2
    assert "stocktake init" in json.loads(printed.out)["problems"][0]["fix"]
    assert "fix: run `stocktake init`" in printed.err


def test_a_wrong_option_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["counts", "--sideways"]) == 2
    assert capsys.readouterr().out == ""


def test_plain_output_has_no_colour(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", str(acme.folder), "counts"]) == 0
    assert "\x1b" not in capsys.readouterr().out


def test_an_artifact_is_found_by_identifier_id_and_name(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    binary = acme.one("model_binary", "acme_churn/2")
    for words in (BINARY, binary["id"][:10], "acme_churn/2"):
        assert run(["--project", str(acme.folder), "--json", "get", words]) == 0
        assert json.loads(capsys.readouterr().out)["artifacts"][0]["id"] == binary["id"]


def test_an_artifact_shows_who_says_what(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    run(["--project", str(acme.folder), "--json", "get", BINARY])
    (told,) = json.loads(capsys.readouterr().out)["artifacts"]

    assert {each["source"] for each in told["fields"]["version"]["told"]} == {"mlflow", "openlineage", "sagemaker"}
    assert [each["edge"] for each in told["linked_from"]] == ["serves", "serves"]
    assert {each["edge"] for each in told["links"]} == {"workflow_run", "family"}
    assert told["suggestions"][0]["evidence"].startswith("s3://acme-models")
    assert len(told["history"]) == 8


def test_a_name_that_several_bear_is_answered_with_their_ids(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", str(acme.folder), "get", "churn"]) == 2
    assert "2 artifacts are called so" in capsys.readouterr().err


def test_a_node_shows_its_slices_and_models(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", str(acme.folder), "show", "retraining_age", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert {row["slice"] for row in told["populations"]} == {"everything", "owner"}
    assert {row["name"] for row in told["models"]} == {"models/churn/train.py", "churn-batch"}


def test_a_table_is_exported_in_each_format(acme: Estate, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import pyarrow.parquet as pq

    told = ["--project", str(acme.folder), "export"]
    for name in ("models.csv", "models.json", "models.parquet"):
        assert run([*told, "models", "-o", str(tmp_path / name)]) == 0

    assert len(json.loads((tmp_path / "models.json").read_text("utf-8"))) == 2
    assert (tmp_path / "models.csv").read_text("utf-8").startswith("model_id,")
    assert pq.read_table(tmp_path / "models.parquet").num_rows == 2
    assert run([*told, "nonsense"]) == 2


def test_an_explanation_leads_to_records(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--project", str(acme.folder), "explain", "retraining_age", "--model", "models/churn/train.py", "--json"]

    assert run(words) == 0
    assert '"what": "record"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show", "retraning_age"], "did you mean retraining_age?"),
        (["export", "modells"], "did you mean models?"),
        (["explain", "training_healt"], "did you mean training_health?"),
        (["show", "--by", "ower"], "did you mean owner?"),
        (["export", "models", "--out", "/nowhere/models.csv"], "/nowhere: there is no such folder"),
    ],
)
def test_a_misspelled_name_is_told_with_what_it_is_like(
    words: list[str], told: str, acme: Estate, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--project", str(acme.folder), *words]) == 2
    assert told in capsys.readouterr().err


def test_every_command_has_a_line_that_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """In the list of commands, on a terminal of 80 columns."""
    for words in (["--help"], ["edit", "--help"], ["store", "--help"]):
        assert run(words) == 0
        assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_two_days_of_the_recorded_company_are_compared(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    """Its owners name nobody else, so there is nothing there that would depend on the day."""
    assert run(["--project", str(acme.folder), "compare", "2026-11-21", "2026-11-22"]) == 0
    assert "From 2026-11-21 00:00 to 2026-11-22 00:00 UTC." in capsys.readouterr().out


def test_a_table_without_rows_says_so(acme: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--project", str(acme.folder), "runs"]) == 0
    assert "Publications\n------------\n  none\n" in capsys.readouterr().out

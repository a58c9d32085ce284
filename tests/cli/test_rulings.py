"""Waivers and targets of a project: as files and as edits, in what `show`, `check` and `explain` say."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.demo.estate import Estate

from stocktake.cli.app import run

Ask = Callable[..., tuple[int, Any, str]]
FILE = """\
waiver: legacy
metrics: [retraining_age, placed_in_graph]
scope: deployment_name = 'churn-batch'
reason: It is replaced in spring.
approver: ana
expires: 2026-12-10
"""
TARGET = "target: spring\nnode: overall\nlevel: 3\nby: 2027-04-01\nfrom: 2026-10-01\nstart: 1\n"
WAIVE = ("edit", "waive", "resolved_owner", "--scope", "name = 'churn-batch'", "--why", "they move")
AIM = ("edit", "target", "overall", "--level", "3", "--by", "2027-01-01", "--why", "plan")
WAIVE_NOW = (*WAIVE, "--approver", "bo", "--expires", "2027-01-01", "--at", "2026-11-01", "--name", "moving")


@pytest.fixture
def folder(acme: Estate, tmp_path: Path) -> Path:
    """A copy of the recorded company with one waiver."""
    folder = Path(shutil.copytree(acme.folder, tmp_path / "acme"))
    (folder / "waivers").mkdir()
    (folder / "waivers" / "legacy.yaml").write_text(FILE)
    return folder


@pytest.fixture
def ask(folder: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs words on it; gives the exit code, the document, and the talk."""

    def call(*words: str) -> tuple[int, Any, str]:
        code = run(["--project", str(folder), "--json", *words])
        printed = capsys.readouterr()
        return code, json.loads(printed.out) if printed.out else None, printed.err

    return call


def everything(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["slice"] == "everything")


def test_scores_are_shown_with_and_without_a_waiver(ask: Ask) -> None:
    _, told, _ = ask("show", "retraining_age")
    waived, without = everything(told["populations"]), everything(told["without_waivers"])
    assert (waived["exempt"], waived["known"], waived["mean_low"]) == (1, 1, 4)
    assert (without["exempt"], without["unknown"], without["mean_low"]) == (0, 1, 2)
    model = next(row for row in told["models"] if row["name"] == "churn-batch")
    assert (model["outcome"], model["low"]) == ("exempt", None)
    assert (model["without_waivers"]["outcome"], model["without_waivers"]["low"]) == ("unknown", 0)


def test_what_of_a_waiver_needs_a_look_is_listed(ask: Ask, folder: Path) -> None:
    for name, scope, expires in (
        ("broad", "is_live", "2027-06-01"),
        ("unused", "deployment_name = 'gone'", "2027-06-01"),
        ("past", "is_live", "2026-11-01"),
    ):
        text = FILE.replace("legacy", name).replace("deployment_name = 'churn-batch'", scope)
        (folder / "waivers" / f"{name}.yaml").write_text(text.replace("2026-12-10", expires))
    _, told, _ = ask("show")
    looks = {
        row["waiver"]: (row["state"], row["is_expiring"], row["is_unused"], row["is_broad"]) for row in told["waivers"]
    }
    assert looks == {
        "broad": ("in_force", False, False, True),
        "legacy": ("in_force", True, True, False),  # all that it takes in, the broad one does before it
        "unused": ("in_force", False, True, False),
        "past": ("expired", False, False, False),
    }


def test_an_edit_waives_until_it_is_ended(ask: Ask) -> None:
    assert ask(*WAIVE_NOW)[0] == 0
    _, told, _ = ask("show", "resolved_owner")
    assert everything(told["populations"])["exempt"] == 1
    for moment, exempt in (("2026-11-24", 1), ("2026-11-20", 0)):
        assert ask("edit", "end", "moving", "--at", moment, "--why", "they stay")[0] == 0
        _, told, _ = ask("show", "resolved_owner")
        assert everything(told["populations"])["exempt"] == exempt


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((*WAIVE, "--approver", "bo", "--expires", "2026-01-01"), "it expires before it begins"),
        ((*WAIVE[:2], "nothing", *WAIVE_NOW[3:]), "no metric or group"),
        ((*WAIVE_NOW[:-1], "legacy"), "this file has the name legacy already"),
        (("edit", "end", "legacy", "--why", "x"), "no edit made a waiver or target"),
        ((*AIM, "--slice", "colour=red"), "there is no such slice"),
    ],
)
def test_a_ruling_that_can_not_be_is_refused(ask: Ask, words: tuple[str, ...], says: str) -> None:
    code, told, _ = ask(*words)
    assert code == 2
    assert says in told["problems"][0]["problem"]


def test_explain_names_the_waiver_and_its_record(ask: Ask) -> None:
    ask(*WAIVE_NOW)
    _, by_file, _ = ask("explain", "retraining_age", "--model", "churn-batch")
    _, by_edit, _ = ask("explain", "resolved_owner", "--model", "churn-batch")
    assert "waivers/legacy.yaml:1: waived, deployment_name = 'churn-batch', until 2026-12-10" in json.dumps(by_file)
    leaves = [each for each in by_edit["children"][0]["children"] if each["what"] == "record"]
    assert [(each["action"], each["why"]) for each in leaves] == [("waive", "they move")]


def test_a_target_says_where_it_stands(ask: Ask, folder: Path) -> None:
    (folder / "targets").mkdir()
    (folder / "targets" / "spring.yaml").write_text(TARGET)
    slice_ = ("--slice", "purpose=no purpose")
    due = ("--level", "0.5", "--by", "2026-11-01", "--at", "2026-10-01")
    ask("edit", "target", "overall", *due, *slice_, "--why", "x")
    _, told, _ = ask("show")
    first, second = told["targets"]
    now = everything([row for row in told["populations"] if row["node"] == "overall"])
    assert (first["slice_value"], first["state"], first["is_sure"]) == ("no purpose", "met", False)
    assert (second["target"], second["state"], second["point"]) == ("spring", "behind", now["mean_point"])
    assert second["gap_point"] == pytest.approx(3 - now["mean_point"])


def test_check_tells_what_is_wrong_with_a_waiver_and_a_target_at_their_lines(ask: Ask, folder: Path) -> None:
    (folder / "waivers" / "legacy.yaml").write_text(FILE.replace("deployment_name", "deploymnt"))
    (folder / "targets").mkdir()
    (folder / "targets" / "spring.yaml").write_text(TARGET.replace("level: 3", "level: 7"))
    code, told, _ = ask("check")
    part = next(part for part in told["parts"] if part["name"] == "waivers and targets")
    wheres = [each["where"].rpartition("/")[2] for each in part["problems"]]
    assert (code, part["files"], wheres) == (1, 2, ["legacy.yaml:3", "spring.yaml:3"])


def test_a_node_shows_its_worst_models_and_the_fixes_that_gain_most(ask: Ask) -> None:
    """The demo's lowest model is the batch job whose binary nobody describes."""
    _, told, _ = ask("show", "overall", "--worst", "1", "--fixes", "3", "--slice", "model_by=deployment")
    assert [row["name"] for row in told["worst"]] == ["churn-batch"]
    assert {row["name"] for row in told["fixes"]} == {"churn-batch"}
    gains = [row["gain_low"] for row in told["fixes"]]
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > 0


def test_a_node_is_shown_by_any_column_of_models(ask: Ask) -> None:
    _, told, _ = ask("show", "overall", "--by", "model_by")
    slices = {(row["slice"], row["slice_value"]): row["models"] for row in told["populations"]}
    assert slices == {
        ("everything", "everything"): 2,
        ("model_by", "code"): 1,
        ("model_by", "deployment"): 1,
        ("model_by", "no model_by"): 0,
    }
    code, told, _ = ask("show", "--by", "colour")
    assert (code, "there is no such slice" in told["problems"][0]["problem"]) == (2, True)

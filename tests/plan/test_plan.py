"""A change is planned: what it says otherwise and which numbers it moves, as two full runs would show."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.plan.estate import Workshop
from tests.plan.reformat import reformat_all

from stocktake import results
from stocktake.cli.app import run
from stocktake.cli.page import show
from stocktake.cli.pages.plan import plan_page
from stocktake.pipeline.session import log, measure_and_keep
from stocktake.project import Project

WINDOW = ("definitions/active_deployment.sql", "INTERVAL '28' DAY", "INTERVAL '14' DAY")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "json.md"
Row = dict[str, Any]


def planned(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> tuple[int, Row]:
    """What `stocktake plan --json` says, with its exit code."""
    capsys.readouterr()
    code = run(["--project", str(workshop.folder), "plan", "--json"])
    document = json.loads(capsys.readouterr().out)
    assert [key for key in document if f"`{key}`" not in PAGE.read_text("utf-8")] == []
    return code, document


class Saved:
    """A full run, read back from its files."""

    def __init__(self, project: Project) -> None:
        made = measure_and_keep(project)
        with log(project) as store:
            run_ = results.find(store, made.run_id)
        self.tables = {name: results.read(project.results, run_, name).to_pylist() for name in results.names(run_)}

    def members(self, definition: str) -> set[str]:
        """The ids of its sure members."""
        rows = self.tables["tables/membership"]
        return {row["artifact_id"] for row in rows if row["definition"] == definition and row["is_member"]}

    def levels(self) -> dict[tuple[str, str], tuple[Any, ...]]:
        """(node, model) → outcome and level."""
        rows = self.tables["rollups/models"]
        nodes = [name.removesuffix("__outcome") for name in rows[0] if name.endswith("__outcome")]
        return {
            (node, row["model_id"]): (row[f"{node}__outcome"], row[f"{node}__level"]) for row in rows for node in nodes
        }

    def means(self) -> dict[tuple[str, str, str], tuple[Any, ...]]:
        """(slice, its value, node) → the mean's low, point, high."""
        return {
            (row["slice"], row["slice_value"], row["node"]): (row["mean_low"], row["mean_point"], row["mean_high"])
            for row in self.tables["rollups/populations"]
        }


def differing(was: dict[Any, Any], now: dict[Any, Any]) -> dict[Any, tuple[Any, Any]]:
    """The keys whose value differs, with both values."""
    return {key: (was.get(key), now.get(key)) for key in {*was, *now} if was.get(key) != now.get(key)}


def test_a_shorter_window_loses_the_members_moves_the_levels_and_the_top_line_as_two_full_runs_do(
    workshop: Workshop, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of three deployments two were asked 19 and 24 days ago: they and the model that they serve are active no more."""
    was = Saved(workshop.project)
    workshop.change(*WINDOW)
    code, plan = planned(workshop, capsys)
    now = Saved(workshop.project)

    assert code == 3
    lost = {each["definition"]: {row["id"] for row in each["lost"]} for each in plan["definitions"]}
    assert {name: len(ids) for name, ids in lost.items()} == {"active_deployment": 2, "active_model": 1}
    assert lost == {name: was.members(name) - now.members(name) for name in lost}
    names = {row["name"] for row in plan["definitions"][0]["lost"]}
    assert names == {"acme-churn-prod", "churn"}
    assert not any(each["gained"] or each["unsettled"] for each in plan["definitions"])

    moved = differing(was.levels(), now.levels())
    assert ("retraining_age", *lost["active_model"]) in moved
    told = {(row["node"], row["model_id"]): row for row in plan["moved"]}
    for key, ends in moved.items():
        assert [(told[key][side]["outcome"], told[key][side]["level"]) for side in ("was", "now")] == list(ends)
    everything = [row for row in plan["moves"] if row["slice"] == "everything"]
    assert sum(row["models"] for row in everything) == len(moved)
    assert {row["slice_value"] for row in plan["moves"] if row["slice"] == "owner"} == {
        "@acme/growth",
        "ana@acme.example",
    }

    top = {
        (row["slice"], row["slice_value"], row["node"]): tuple(
            tuple(row[side][f"mean_{end}"] for end in ("low", "point", "high")) for side in ("was", "now")
        )
        for row in plan["top_line"]
    }
    means = differing(was.means(), now.means())
    assert ("everything", "everything", "overall") in means
    assert means == {key: ends for key, ends in top.items() if ends[0] != ends[1]}
    assert plan["tables"]["active_deployment"]["changed"] == 2

    page = page_of(plan)
    assert "publication 1 (first agreement)" in page
    assert re.search(r"columns\.is_member +… run.as_of - INTERVAL '28' DAY +… run.as_of - INTERVAL '14' DAY\n", page)
    assert "active_deployment: members 3 → 1" in page


def page_of(plan: Row) -> str:
    """The plan as it is printed."""
    page = io.StringIO()
    show(plan_page(plan), page)
    return page.getvalue()


def test_another_form_of_every_file_is_no_change(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    """All SQL written by another writer, all YAML read and dumped, keys in another order, comments dropped."""
    written = reformat_all(workshop)
    code, plan = planned(workshop, capsys)

    assert written > 50
    assert plan["changes"] == []
    assert (plan["changes_meaning"], plan["changes_numbers"], code) == (False, False, 0)


def test_other_words_change_no_number(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.change("definitions/active_deployment.sql", "-- version: 1", "-- version: 2")
    code, plan = planned(workshop, capsys)

    (change,) = plan["changes"]
    assert (change["name"], change["what"], change["parts"]) == (
        "active_deployment",
        "reworded",
        [{"part": "version", "was": 1, "now": 2}],
    )
    assert code == 0


def test_a_changed_vocabulary_is_decoded_beside_what_there_is(
    workshop: Workshop, capsys: pytest.CaptureFixture[str], untouched: Callable[[], None]
) -> None:
    """The mended words are read again from the log, and the published segments stay as they are."""
    workshop.change("vocabulary/kserve.yaml", """mode: "'online'\"""", """mode: "'batch'\"""")
    code, plan = planned(workshop, capsys)

    assert code == 3
    assert [each["name"] for each in plan["changes"] if each["sort"] == "vocabulary"] == ["kserve"]
    (row,) = plan["tables"]["deployments"]["rows"]
    assert (row["was"]["mode"], row["now"]["mode"]) == ("online", "batch")
    untouched()
    assert not list((workshop.folder / ".stocktake" / "derived").glob(".part-*"))


def test_a_project_that_cannot_be_read_is_told_as_wrong(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.change(*WINDOW)
    workshop.write("definitions/active_deployment.sql", "SELECT")
    code, document = planned(workshop, capsys)

    assert code == 2
    assert document["problems"][0]["where"].startswith(str(workshop.folder))

"""A wrong metric file is refused with every problem found, each with its line and what to write instead."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake import metrics
from stocktake.errors import MetricError, Problem

TABLES = {
    "servings": ["serving_id", "deployment_id", "binary_id", "model_id", "is_live", "share", "days_since_trained"],
    "models": ["model_id", "owners", "is_live"],
    "counts": ["grain", "number"],
}
GOOD = """\
metric: age
asks: How old is it?
parents: [drift]
table: servings
where: is_live
needs: [days_since_trained]
value: days_since_trained
unit: day
buckets:
  fresh: {level: 4, when: value <= 7}
  old: {level: 0}
roll_up:
  deployment: traffic_weighted
  model: worst
"""
GROUP = "group: drift\nasks: How far has the world moved?\nmethod: worst\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "age.yaml").write_text(GOOD)
    (tmp_path / "drift.yaml").write_text(GROUP)
    return tmp_path


def problems(*folders: Path) -> list[Problem]:
    with pytest.raises(MetricError) as caught:
        metrics.load(folders, TABLES)
    return list(caught.value.problems)


def one(*folders: Path) -> Problem:
    found = problems(*folders)
    assert len(found) == 1, [str(each) for each in found]
    return found[0]


def test_a_good_folder_is_read(folder: Path) -> None:
    catalogue = metrics.load([folder], TABLES)
    metric = catalogue.metrics["age"]
    assert metric.grain.steps == ("deployment", "model")
    assert str(metric.method("deployment")) == "traffic_weighted"
    assert metric.lines["value"] == f"{folder}/age.yaml:7"
    assert catalogue.children("drift") == ("age",)
    assert catalogue.roots() == ("drift",)


@pytest.mark.parametrize(
    ("before", "after", "line", "problem", "fix"),
    [
        ("table: servings", "table: serving", 4, "unknown table serving", "servings, models, counts"),
        ("table: servings", "table: counts", 4, "lead to no model", "serving_id, deployment_id"),
        ("value: days_since_trained", "value: days_trained", 7, "no column days_trained", "days_since_trained"),
        ("where: is_live", "where: is_alive", 5, "no column is_alive", "is_live"),
        ("needs: [days_since_trained]", "needs: [trained]", 6, "no column trained", "days_since_trained"),
        ("when: value <= 7", "when: valu <= 7", 10, "no column valu", "value, serving_id"),
        ("when: value <= 7", "when: value <= (7", 10, "not SQL", "over the table's columns"),
        ("where: is_live", "where: MAX(is_live)", 5, "looks beyond the row", "into the table's SQL"),
        ("where: is_live", "where: servings.is_live", 5, "names a table", "write is_live alone"),
        ("parents: [drift]", "parents: [drifts]", 3, "unknown parent drifts", "drift"),
        ("model: worst", "model: wurst", 14, "unknown method wurst", "worst, best, mean"),
        ("model: worst", "model: share", 14, "takes 1 numbers", "share(LEVEL)"),
        ("model: worst", "model: share(7)", 14, "a level is 0 to 4", "share(LEVEL)"),
        ("model: worst", "models: worst", 14, "no step models", "deployment, model, latest_by"),
        ("model: worst", "model: latest", 12, "by which time", "latest_by"),
        ("model: worst", "model: count(3)", 12, "no level of its own", "levels"),
        ("unit: day\n", "", 7, "a number without a unit", "add `unit:`"),
        ("  old: {level: 0}", "  old: {level: 0, when: value > 30}", 11, "no bucket for 18.5", "end with a bucket"),
        (
            "  old: {level: 0}",
            "  new: {level: 3, when: value <= 3}\n  old: {level: 0}",
            11,
            "new is never reached",
            "narrower",
        ),
        ("  old: {level: 0}", "  all: {level: 1}\n  old: {level: 0}", 12, "old is never reached", "put all last"),
        ("  old: {level: 0}", "  old: {level: 7}", 11, "has the level 7", "0, 1, 2, 3, 4"),
        ("  old: {level: 0}", "  unknown: {level: 0}", 11, "can't be named unknown", "not_applicable"),
        ("unit: day", "units: day", 8, "unknown key units", "unit"),
        ("asks: How old is it?", "asks:", 2, "asks is missing", "the question"),
        ("metric: age", "metric: ages", 1, "ages stands in age.yaml", "metric: age"),
        ("metric: age", "extends: nothing\nmetric: age", 1, "extends nothing", "drift"),
        ("unit: day", "unit: day\nabsence: maybe", 9, "absence maybe", "is a state"),
        ("unit: day", "unit: day\nunit: day", 9, "unit stands here twice", "keep one"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_write(
    folder: Path, before: str, after: str, line: int, problem: str, fix: str
) -> None:
    path = folder / "age.yaml"
    path.write_text(GOOD.replace(before, after))
    found = problems(folder)
    assert any(each.where == f"{path}:{line}" and problem in each.problem and fix in each.fix for each in found), [
        str(each) for each in found
    ]


def test_all_problems_are_told_at_once(folder: Path) -> None:
    (folder / "age.yaml").write_text(
        GOOD.replace("is_live", "alive").replace("[drift]", "[up]").replace("worst", "bad")
    )
    assert len(problems(folder)) == 3


def test_a_cycle_is_named_at_the_parents_that_close_it(folder: Path) -> None:
    (folder / "drift.yaml").write_text(GROUP + "parents: [top]\n")
    (folder / "top.yaml").write_text("group: top\nasks: All?\nparents: [drift]\n")
    found = one(folder)
    assert "stands below itself" in found.problem
    assert found.where.endswith(("drift.yaml:4", "top.yaml:3"))


def test_a_weight_of_what_is_no_child_is_named(folder: Path) -> None:
    (folder / "drift.yaml").write_text(GROUP + "weights:\n  aged: 2\n")
    found = one(folder)
    assert (found.where, found.fix) == (f"{folder}/drift.yaml:5", "use one of: age")


def test_levels_of_a_share_must_rise(folder: Path) -> None:
    """A low could else stand above its high."""
    levels = "levels:\n  some: {level: 1, when: value >= 0.9}\n  few: {level: 3}\n"
    (folder / "drift.yaml").write_text(GROUP.replace("worst", "share(3)") + levels)
    assert "below level 3" in one(folder).problem


def test_a_later_file_replaces_one_of_its_name(folder: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "age.yaml").write_text(GOOD.replace("value <= 7", "value <= 14"))
    assert metrics.load([folder, own], TABLES).metrics["age"].buckets[0].when == "value <= 14"


def test_a_file_that_extends_says_only_what_differs(folder: Path, tmp_path: Path) -> None:
    """One of the same name changes ours; one of another name stands beside it. Each line keeps its own file."""
    own = tmp_path / "own"
    own.mkdir()
    (own / "age.yaml").write_text("metric: age\nextends: age\nroll_up: {model: mean}\n")
    (own / "strict_age.yaml").write_text("metric: strict_age\nextends: age\nwhere: is_live AND share > 0\n")
    catalogue = metrics.load([folder, own], TABLES)
    age, strict = catalogue.metrics["age"], catalogue.metrics["strict_age"]
    assert (str(age.method("deployment")), str(age.method("model"))) == ("traffic_weighted", "mean")
    assert strict.where == "is_live AND share > 0"
    assert str(strict.method("model")) == "mean"
    assert strict.lines["value"] == f"{folder}/age.yaml:7"
    assert catalogue.children("drift") == ("age", "strict_age")


def test_what_is_outside_the_portable_subset_is_refused_by_the_checker_that_is_passed_in(folder: Path) -> None:
    def check(text: str, where: str) -> list[Problem]:
        return [Problem(where, f"{text} is not portable", "write another")] if "<=" in text else []

    with pytest.raises(MetricError) as caught:
        metrics.load([folder], TABLES, check=check)
    assert [each.where for each in caught.value.problems] == [f"{folder}/age.yaml:10"]

"""A waiver takes rows out of a metric for a while, and never for want of a value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stocktake import metrics
from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError, Problem

AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
COLUMNS = {"models": ["model_id", "is_live", "days", "team"], "binaries": ["binary_id", "size"]}
AGE = """\
metric: age
asks: How old is it?
parents: [drift]
table: models
where: is_live
value: days
unit: day
buckets:
  fresh: {level: 4, when: value <= 7}
  old: {level: 1, when: value * 1 <= 90}  # not plain, so that the gap above is found by its row
"""
WAIVER = """\
waiver: spring
metrics: [drift]
scope: team = 'red'
reason: They move house.
approver: ana
from: 2026-11-01
expires: 2026-12-01
"""
TYPES = {"model_id": pa.string(), "is_live": pa.bool_(), "days": pa.float64(), "team": pa.string()}


@pytest.fixture
def catalogue(tmp_path: Path) -> metrics.Catalogue:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "age.yaml").write_text(AGE)
    (folder / "drift.yaml").write_text("group: drift\nasks: How far?\n")
    (folder / "size.yaml").write_text(
        "metric: size\nasks: How big?\ntable: binaries\nbuckets:\n  small: {level: 4, when: size = 'small'}\n"
        "  big: {level: 0}\n"
    )
    return metrics.load([folder], COLUMNS)


def loaded(catalogue: metrics.Catalogue, folder: Path, text: str = WAIVER) -> tuple[metrics.Waiver, ...]:
    (folder / "spring.yaml").write_text(text)
    return metrics.load_waivers([folder], catalogue, COLUMNS)


def problem(catalogue: metrics.Catalogue, folder: Path, old: str, new: str) -> Problem:
    assert old in WAIVER
    with pytest.raises(MetricError) as caught:
        loaded(catalogue, folder, WAIVER.replace(old, new))
    (found,) = caught.value.problems
    return found


def scored(catalogue: metrics.Catalogue, row: dict[str, Any]) -> dict[str, Any]:
    table = pa.Table.from_pylist([{"model_id": "m", **row}], schema=pa.schema(list(TYPES.items())))
    bare = metrics.Catalogue({"age": catalogue.metrics["age"]}, {})
    found = metrics.score(bare, {"models": table}, AS_OF, DuckDb()).tables["models"].to_pylist()[0]
    return {name.removeprefix("age__"): value for name, value in found.items() if name.startswith("age__")}


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"is_live": True, "days": 3.0, "team": "red"}, ("exempt", "fresh", "spring", None)),
        ({"is_live": True, "days": 3.0, "team": "blue"}, ("fresh", "fresh", None, 4)),
        ({"is_live": True, "days": 3.0}, ("unknown", "fresh", None, 0)),
        ({"is_live": False, "days": 3.0, "team": "red"}, ("not_applicable", "not_applicable", None, None)),
        ({"days": 3.0, "team": "red"}, ("exempt", "unknown", "spring", None)),
        ({"is_live": True, "team": "red"}, ("exempt", "unknown", "spring", None)),
        ({"is_live": True, "days": 99.0, "team": "red"}, ("exempt", "error", "spring", None)),
        ({"is_live": True, "days": 99.0, "team": "blue"}, ("error", "error", None, 0)),
    ],
)
def test_a_waiver_in_force_comes_after_not_applicable_and_before_all_else(
    catalogue: metrics.Catalogue, tmp_path: Path, row: dict[str, Any], told: tuple[Any, ...]
) -> None:
    """told: the outcome, that without the waiver, the waiver, the low."""
    found = scored(metrics.waive(catalogue, loaded(catalogue, tmp_path), AS_OF), row)
    assert tuple(found[part] for part in ("outcome", "without", "waiver", "low")) == told


def test_a_scope_that_is_not_known_is_named_as_the_reason(catalogue: metrics.Catalogue, tmp_path: Path) -> None:
    waived = metrics.waive(catalogue, loaded(catalogue, tmp_path), AS_OF)
    assert scored(waived, {"is_live": True, "days": 3.0})["reason"] == "team"


def test_of_several_waivers_any_may_take_a_row_in(catalogue: metrics.Catalogue, tmp_path: Path) -> None:
    """One that is TRUE outweighs one that is not known."""
    (tmp_path / "by_day.yaml").write_text(
        "waiver: by_day\nmetrics: [age]\nscope: days > 50\nreason: old\napprover: bo\nexpires: 2027-01-01\n"
    )
    waived = metrics.waive(catalogue, loaded(catalogue, tmp_path), AS_OF)
    assert scored(waived, {"is_live": True, "days": 60.0})["waiver"] == "by_day"
    assert scored(waived, {"is_live": True, "team": "red"})["waiver"] == "spring"
    assert scored(waived, {"is_live": True, "days": 3.0, "team": "blue"})["outcome"] == "fresh"


@pytest.mark.parametrize(("days", "counts"), [(-30, False), (-22, True), (0, True), (7, True), (8, False)])
def test_it_holds_from_its_first_moment_until_its_last(
    catalogue: metrics.Catalogue, tmp_path: Path, days: int, *, counts: bool
) -> None:
    waived = metrics.waive(catalogue, loaded(catalogue, tmp_path), AS_OF + timedelta(days=days))
    assert bool(waived.metrics["age"].waivers) == counts


def test_a_group_stands_for_all_metrics_below_it_and_no_others(catalogue: metrics.Catalogue, tmp_path: Path) -> None:
    waived = metrics.waive(catalogue, loaded(catalogue, tmp_path), AS_OF)
    assert [name for name, metric in waived.metrics.items() if metric.waivers] == ["age"]


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("waiver: spring", "waiver: autumn", 1, "waiver autumn stands in spring.yaml"),
        ("[drift]", "[drift, drif]", 2, "there is no metric or group drif"),
        ("metrics: [drift]", "metrics: []", 2, "it names no metric"),
        ("team = 'red'", "tean = 'red'", 3, "table models has no column tean"),
        ("team = 'red'", "team =", 3, "not SQL"),
        ("team = 'red'", "team IS NULL", 3, "team IS NULL may exempt a row because a value is missing"),
        ("team = 'red'", "COALESCE(team, 'red') = 'red'", 3, "may exempt a row because a value is missing"),
        ("[drift]", "[drift, size]", 3, "table binaries has no column team, which size is asked of"),
        ("reason: They move house.\n", "", 1, "reason is missing"),
        ("approver: ana", "approver:", 5, "approver is missing"),
        ("expires: 2026-12-01\n", "", 1, "expires is missing"),
        ("2026-12-01", "soon", 7, "soon is no moment"),
        ("2026-12-01", "2026-10-01", 7, "it expires before it begins"),
        ("approver: ana", "approver: ana\nlevel: 3", 6, "unknown key level"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_its_line(
    catalogue: metrics.Catalogue, tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    found = problem(catalogue, tmp_path, old, new)
    assert (found.where, found.fix != "") == (f"{tmp_path}/spring.yaml:{line}", True)
    assert says in found.problem

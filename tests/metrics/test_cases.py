"""Cases find what is wrong with a metric: other outcomes, losses that gain, buckets that no case shows."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from stocktake import library, metrics
from stocktake.engines.duckdb import DuckDb

SHIPPED = Path(library.__file__).parent
TABLES = {"models": ["model_id", "owners", "is_live", "size"]}
TYPES = {"models": {"model_id": "VARCHAR", "owners": "VARCHAR[]", "is_live": "BOOLEAN", "size": "BIGINT"}}
METRIC = """\
metric: small
asks: Is it small?
table: models
where: is_live
value: size
unit: byte
buckets:
  small: {level: 4, when: value <= 10}
  large: {level: 0}
"""
CASES = """\
cases:
  - {says: It is small, row: {is_live: true, size: 10}, outcome: small}
  - {says: It is large, row: {is_live: true, size: 11}, outcome: large}
  - {says: Nobody measured it, row: {is_live: true}, outcome: unknown, reason: size}
  - {says: It is down, row: {is_live: false, size: 3}, outcome: not_applicable}
"""


def found(folder: Path, metric: str = METRIC, cases: str = CASES) -> list[str]:
    (folder / "small.yaml").write_text(metric)
    (folder / "small.cases.yaml").write_text(cases)
    catalogue = metrics.load([folder], TABLES)
    return [
        f"{each.where.removeprefix(f'{folder}/')} {each.problem}"
        for each in metrics.case_problems(catalogue, [folder], TYPES, DuckDb())
    ]


def test_good_cases_find_nothing(tmp_path: Path) -> None:
    assert found(tmp_path) == []


def test_another_outcome_is_named_at_its_line(tmp_path: Path) -> None:
    assert (
        found(tmp_path, METRIC.replace("<= 10", "< 10"))[0]
        == "small.cases.yaml:2 the outcome is large, not small (It is small)"
    )


def test_another_reason_is_named(tmp_path: Path) -> None:
    assert (
        "the reason is size, not is_live" in found(tmp_path, cases=CASES.replace("reason: size", "reason: is_live"))[0]
    )


def test_a_bucket_that_no_case_shows_is_named(tmp_path: Path) -> None:
    cases = CASES.replace("  - {says: It is large, row: {is_live: true, size: 11}, outcome: large}\n", "")
    assert found(tmp_path, cases=cases) == ["small.yaml:9 no case shows the outcome large"]


def test_a_loss_that_turns_a_level_to_not_applicable_is_refused(tmp_path: Path) -> None:
    told = found(tmp_path, METRIC.replace("where: is_live", "where: COALESCE(is_live, FALSE)"))
    assert any("without is_live, small turns to not_applicable" in each for each in told)


def test_a_loss_that_lowers_a_level_is_refused_unless_absence_is_a_state(tmp_path: Path) -> None:
    metric = METRIC.replace("value <= 10", "owners IS NOT NULL").replace("value: size\nunit: byte\n", "")
    cases = "cases:\n  - {says: Owned, row: {is_live: true, owners: [a]}, outcome: small}\n"
    assert any("without owners, small turns to large" in each for each in found(tmp_path, metric, cases))
    metric = metric.replace("where: is_live", "where: is_live\nabsence: is a state")
    assert not any("losing" in each for each in found(tmp_path, metric, cases))


def test_a_loss_that_raises_a_level_is_refused_even_where_absence_is_a_state(tmp_path: Path) -> None:
    metric = METRIC.replace("value: size", "absence: is a state\nvalue: COALESCE(size, 0)")
    assert any("without size, large turns to small" in each for each in found(tmp_path, metric))


def test_a_metric_without_cases_is_named(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(METRIC)
    catalogue = metrics.load([tmp_path], TABLES)
    assert [each.problem for each in metrics.case_problems(catalogue, [tmp_path], TYPES, DuckDb())] == [
        "small has no cases"
    ]


def test_the_cases_of_all_shipped_metrics_and_groups_hold() -> None:
    tables = {
        path.stem: sqlglot.parse_one(path.read_text("utf-8"), dialect="duckdb").named_selects
        for path in (SHIPPED / "tables").glob("*.sql")
    }
    catalogue = metrics.load([SHIPPED / "metrics"], tables)
    problems = metrics.case_problems(catalogue, [SHIPPED / "metrics"], {}, DuckDb())
    assert [str(each) for each in problems] == []


@pytest.mark.parametrize("name", ["concept_drift", "overall", "robustness"])
def test_a_wrong_interval_of_a_shipped_group_is_found(tmp_path: Path, name: str) -> None:
    """The cases of groups are not passed over."""
    tables = {
        path.stem: sqlglot.parse_one(path.read_text("utf-8"), dialect="duckdb").named_selects
        for path in (SHIPPED / "tables").glob("*.sql")
    }
    catalogue = metrics.load([SHIPPED / "metrics"], tables)
    child = catalogue.children(name)[0]
    (tmp_path / f"{name}.cases.yaml").write_text(
        f"cases:\n  - {{says: x, children: {{{child}: 2}}, interval: [3, 3, 3]}}\n"
    )
    problems = metrics.case_problems(catalogue, [SHIPPED / "metrics", tmp_path], {}, DuckDb())
    assert [each.problem for each in problems] == ["the interval is [2.0, 2.0, 2.0], not [3, 3, 3]"]

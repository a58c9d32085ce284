"""A target is met, on track, behind or missed by what is known, and says how much lacks at least and at most."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stocktake import metrics
from stocktake.errors import MetricError
from stocktake.metrics.targets import Target, judge

TARGET = """\
target: summer
node: age
level: 3
by: 2027-01-01
slice: {owner: growth}
from: 2026-01-01
start: 1
"""


def at(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


LINE = Target("summer", "age", 3, at("2027-01-01"), from_at=at("2026-01-01"), start=1)
BARE = Target("summer", "age", 3, at("2027-01-01"))
Ends = tuple[float | None, float | None, float | None]


@pytest.mark.parametrize(
    ("target", "ends", "day", "state", "is_sure"),
    [
        (LINE, (3.0, 3.2, 4.0), "2026-07-02", "met", True),
        (LINE, (2.0, 3.0, 4.0), "2026-07-02", "met", False),
        (LINE, (1.0, 2.0, 2.5), "2026-07-02", "on_track", True),
        (LINE, (1.0, 1.9, 3.5), "2026-07-02", "behind", False),
        (LINE, (0.0, None, 4.0), "2026-07-02", "open", False),
        (BARE, (1.0, 2.0, 2.5), "2026-07-02", "open", True),
        (BARE, (1.0, 2.9, 2.9), "2027-01-01", "missed", True),
        (LINE, (0.0, None, 4.0), "2027-01-01", "missed", False),
        (LINE, (None, None, None), "2026-07-02", "open", False),
    ],
)
def test_a_target_is_judged_by_the_point_and_sure_where_the_unknown_can_not_change_it(
    target: Target, ends: Ends, day: str, state: str, *, is_sure: bool
) -> None:
    verdict = judge(target, *ends, at(day))
    assert (verdict.state, verdict.is_sure) == (state, is_sure)


def test_what_is_due_lies_on_a_straight_line() -> None:
    days = ("2025-06-01", "2026-01-01", "2026-07-02T12:00:00", "2027-01-01", "2028-01-01")
    assert [LINE.due(at(day)) for day in days] == [1, 1, 2, 3, 3]


def test_the_gap_is_least_by_the_high_and_most_by_the_low() -> None:
    verdict = judge(LINE, 1.0, 2.5, 3.5, at("2026-07-02"))
    assert (verdict.gap_low, verdict.gap_point, verdict.gap_high) == (-0.5, 0.5, 2.0)


@pytest.fixture
def catalogue(tmp_path: Path) -> metrics.Catalogue:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "age.yaml").write_text("metric: age\nasks: Old?\ntable: models\nbuckets:\n  all: {level: 4}\n")
    return metrics.load([folder], {"models": ["model_id"]})


def test_a_file_is_read(catalogue: metrics.Catalogue, tmp_path: Path) -> None:
    (tmp_path / "summer.yaml").write_text(TARGET)
    (target,) = metrics.load_targets([tmp_path], catalogue)
    assert (target.slice, target.slice_value, target.level, target.by_at) == ("owner", "growth", 3, at("2027-01-01"))


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("node: age", "node: ages", 2, "there is no metric or group ages"),
        ("level: 3", "level: 5", 3, "level is 5"),
        ("level: 3", "level: high", 3, "level is high, no number"),
        ("by: 2027-01-01\n", "", 1, "by is missing"),
        ("by: 2027-01-01", "by: 2025-01-01", 4, "it ends before it begins"),
        ("{owner: growth}", "{owner: growth, tier: high}", 5, "it is not one slice"),
        ("start: 1\n", "", 6, "`from` and `start` come together"),
        ("start: 1", "begin: 1", 7, "unknown key begin"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_at_its_line(
    catalogue: metrics.Catalogue, tmp_path: Path, old: str, new: str, line: int, says: str
) -> None:
    assert old in TARGET
    (tmp_path / "summer.yaml").write_text(TARGET.replace(old, new))
    with pytest.raises(MetricError) as caught:
        metrics.load_targets([tmp_path], catalogue)
    told = [(each.where, each.problem) for each in caught.value.problems]
    assert any(where == f"{tmp_path}/summer.yaml:{line}" and says in problem for where, problem in told), told

"""Pulls: deltas that retire what is gone, and never what was merely not read."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.collect.conftest import Collect, told

from stocktake.collect import run as run_module
from stocktake.nouns import from_micros
from stocktake.store import Store

NOON = "2026-11-23T12:00:00Z"
A = ("Run", "a", {"x": 1})
B = ("Run", "b", {"x": 2})
B2 = ("Run", "b", {"x": 3})
C = ("Model", "c", {})


def pulls(store: Store) -> list[dict[str, Any]]:
    return store.pulls().to_pylist()


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "BATCH_THINGS", 1)


def test_a_first_pull_lists_all_it_saw(store: Store, collect: Collect) -> None:
    outcome = collect(A, B)

    assert (outcome.seen, outcome.new, outcome.changed, outcome.vanished) == (2, 2, 0, 0)
    assert (outcome.complete, outcome.problems, outcome.pull_id) == (True, (), 3)
    assert told(store) == [("a", '{"x":1}', 0), ("b", '{"x":2}', 0)]
    [pull] = pulls(store)
    assert (pull["complete"], pull["base_id"], pull["part_of"], pull["lines"]) == (True, None, None, 2)
    assert pull["labels"] == ["Model", "Run"]


def test_a_later_pull_lists_only_what_is_new_changed_or_gone(store: Store, collect: Collect) -> None:
    first = collect(A, B)
    outcome = collect(B2, C)

    assert (outcome.new, outcome.changed, outcome.vanished) == (1, 1, 1)
    assert told(store)[2:] == [("b", '{"x":3}', 0), ("c", "{}", 0), ("a", None, 1)]
    assert pulls(store)[1]["base_id"] == first.pull_id


def test_a_pull_that_sees_the_same_again_is_an_entry_without_lines(store: Store, collect: Collect) -> None:
    """It tells that the source is fresh."""
    first = collect(A, B)
    outcome = collect(B, A)

    assert (outcome.seen, outcome.new, outcome.changed, outcome.vanished) == (2, 0, 0, 0)
    assert len(told(store)) == 2
    again = pulls(store)[1]
    assert (again["base_id"], again["lines"], again["complete"]) == (first.pull_id, 0, True)


def test_what_came_back_is_listed_again(store: Store, collect: Collect) -> None:
    for things in ([A, B], [A], [A, B], [A, B]):
        outcome = collect(*things)

    assert told(store)[2:] == [("b", None, 1), ("b", '{"x":2}', 0)]
    assert outcome.new == 0


def test_a_state_is_observed_when_it_is_read_within_its_pull(store: Store, collect: Collect) -> None:
    before = datetime.now(UTC)
    collect(A)
    [pull] = pulls(store)
    observed_at = from_micros(store.records()["observed_at"][0].as_py())

    assert before <= observed_at == pull["to_at"].replace(tzinfo=UTC) <= datetime.now(UTC)
    assert pull["from_at"] <= pull["to_at"]


def test_recorded_answers_are_observed_when_they_were_recorded(store: Store, collect: Collect) -> None:
    collect(A, recorded_at=NOON)

    assert store.record(1).observed_at == datetime(2026, 11, 23, 12, tzinfo=UTC)  # type: ignore[union-attr]
    assert {pulls(store)[0][name].replace(tzinfo=UTC).isoformat() for name in ("from_at", "to_at")} == {
        "2026-11-23T12:00:00+00:00"
    }


def test_reading_one_recording_again_adds_nothing_to_the_log(store: Store, collect: Collect) -> None:
    """Equal records are one, and a pull of the same time that saw the same is the same pull."""
    first = collect(A, B, recorded_at=NOON)
    again = collect(B, A, recorded_at=NOON)

    assert again.pull_id == first.pull_id
    assert (store.newest_seq(), again.complete, again.seen) == (3, True, 2)


def test_a_pull_with_a_problem_retires_nothing_and_lists_all_it_saw(store: Store, collect: Collect) -> None:
    collect(A, B)
    outcome = collect(A, "problem", C)

    assert (outcome.complete, outcome.vanished, len(outcome.problems)) == (False, 0, 1)
    assert told(store)[2:] == [("c", "{}", 0), ("a", '{"x":1}', 0)]
    part = pulls(store)[1]
    assert (part["complete"], part["problems"]) == (
        False, '[{"where":"runs.json:3","problem":"not JSON","fix":"mend it"}]',
    )  # fmt: skip


def test_after_a_pull_with_a_problem_the_next_one_builds_on_the_last_complete(store: Store, collect: Collect) -> None:
    first = collect(A, B)
    collect("problem", C)
    outcome = collect(A, C)

    assert pulls(store)[2]["base_id"] == first.pull_id
    assert (outcome.new, outcome.vanished) == (1, 1)
    assert told(store)[3:] == [("c", "{}", 0), ("b", None, 1)]


@pytest.mark.parametrize(
    ("failure", "problem"), [("down", "no answer"), ("crash", "the connector failed: KeyError('answer')")]
)
def test_a_source_that_fails_half_way_keeps_what_came(
    store: Store, collect: Collect, failure: str, problem: str
) -> None:
    collect(A, B)
    outcome = collect(C, failure)

    assert outcome.complete is False
    assert [each.problem for each in outcome.problems] == [problem]
    assert told(store)[2:] == [("c", "{}", 0)]


def test_a_failure_of_a_connector_names_its_line(collect: Collect) -> None:
    [problem] = collect("crash").problems

    assert problem.where.endswith("connectors/teller.py:11")


@pytest.mark.usefixtures("small_batches")
def test_a_long_pull_comes_in_parts_and_counts_when_it_is_closed(store: Store, collect: Collect) -> None:
    collect(A, B)

    parts = pulls(store)
    assert [each["complete"] for each in parts] == [False, False, True]
    assert [each["part_of"] for each in parts] == [None, parts[0]["id"], parts[0]["id"]]
    assert parts[2]["from_at"] <= parts[0]["to_at"] <= parts[2]["to_at"]
    assert told(store) == [("a", '{"x":1}', 0), ("b", '{"x":2}', 0)]


@pytest.mark.usefixtures("small_batches")
def test_a_pull_in_parts_is_a_base_like_any_other(store: Store, collect: Collect) -> None:
    collect(A, B)
    outcome = collect(A, B2)

    assert (outcome.new, outcome.changed, outcome.vanished) == (0, 1, 0)
    assert len(told(store)) == 3


@pytest.mark.usefixtures("small_batches")
def test_a_killed_pull_leaves_parts_that_retire_nothing_and_are_no_base(store: Store, collect: Collect) -> None:
    first = collect(A, B)
    with pytest.raises(KeyboardInterrupt):
        collect(B2, "kill")

    assert [each["complete"] for each in pulls(store)][-1] is False
    outcome = collect(A, B2)
    assert (outcome.changed, outcome.vanished) == (1, 0)
    assert pulls(store)[-1]["base_id"] == first.pull_id
    assert [key for key, _, op in told(store) if op == 1] == []


@pytest.mark.parametrize("batch", [1, 20_000])
def test_a_page_that_comes_twice_adds_nothing(
    store: Store, collect: Collect, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "BATCH_THINGS", batch)
    outcome = collect(A, B, A, B)

    assert (outcome.seen, outcome.new) == (4, 2)
    assert len(told(store)) == 2


@pytest.mark.parametrize("batch", [1, 20_000])
@pytest.mark.parametrize("order", [(B, B2), (B2, B)])
def test_a_thing_told_in_two_ways_by_one_pull_is_listed_in_both(
    store: Store, collect: Collect, order: tuple[Any, ...], batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Which of them counts is the graph's to say, and must not depend on their order."""
    monkeypatch.setattr(run_module, "BATCH_THINGS", batch)
    collect(B, recorded_at=NOON)
    collect(*order, recorded_at="2026-11-24T12:00:00Z")

    assert sorted(told(store)[1:]) == [("b", '{"x":2}', 0), ("b", '{"x":3}', 0)]


def test_an_event_is_told_once_at_its_own_time_and_never_vanishes(store: Store, collect: Collect) -> None:
    first = ("Run", "a", {"state": "START"}, datetime(2026, 11, 1, tzinfo=UTC))
    second = ("Run", "a", {"state": "COMPLETE"}, datetime(2026, 11, 2, tzinfo=UTC))
    collect(first, second)
    collect(second)
    outcome = collect(second, first, second)

    assert [(r.observed_at.day, r.key) for r in store.records_at([1, 2])] == [(1, "a"), (2, "a")]
    assert (outcome.new, outcome.vanished, len(told(store))) == (0, 0, 2)


def test_scopes_are_pulled_beside_each_other(store: Store, collect: Collect) -> None:
    collect(A, B, scope="one")
    outcome = collect(C, scope="two")

    assert (outcome.vanished, pulls(store)[1]["base_id"], pulls(store)[1]["scope"]) == (0, None, "two")


def test_labels_that_the_connector_does_not_cover_are_never_retired(store: Store, collect: Collect) -> None:
    collect(A, ("Note", "n", {}))
    outcome = collect()

    assert (outcome.vanished, told(store)[-1]) == (1, ("a", None, 1))


def test_thousands_of_things_are_compared_as_few_are(
    store: Store, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "BATCH_THINGS", 700)
    things = [("Run", f"r{number}", {"x": number}) for number in range(5_000)]
    collect(*things)
    outcome = collect(*things[1_000:], *[("Run", f"r{number}", {"x": -1}) for number in range(100)])

    assert (outcome.new, outcome.changed, outcome.vanished) == (0, 100, 900)
    assert len(told(store)) == 6_000


def test_a_process_killed_in_the_middle_leaves_a_log_that_the_next_pull_builds_on(
    store: Store, collect: Collect, tmp_path: Path
) -> None:
    """Killed for real: no `finally`, no rollback, a write-ahead log without its owner."""
    first = collect(A, B)
    code = f"""
import os, signal
from pathlib import Path
from stocktake.collect import run
from stocktake.nouns import Source
from stocktake.store import Store
run.BATCH_THINGS = 1
class Killing(Store):
    def append(self, *given):
        done = super().append(*given)
        os.kill(os.getpid(), signal.SIGKILL)
opened = Store.open({store.database.where!r})
source = Source("tool", "teller", {{"tells": [("Run", "b", {{"x": 3}}), ("Run", "n", {{}})]}})
folder = Path({str(tmp_path / "connectors")!r})
run.collect_source(Killing(opened.database), source, [folder], {{}}, folder)
"""
    killed = subprocess.run([sys.executable, "-c", code], check=False)
    assert killed.returncode == -signal.SIGKILL

    assert [each["complete"] for each in pulls(store)] == [True, False]
    assert told(store)[2:] == [("b", '{"x":3}', 0)]
    outcome = collect(A, B2)
    assert (outcome.complete, outcome.changed, outcome.vanished) == (True, 1, 0)
    assert pulls(store)[-1]["base_id"] == first.pull_id

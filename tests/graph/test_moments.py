"""What the graph holds at one moment: small histories that were once read wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from tests.graph.log import Decision, Entry, Log, Push, Reading
from tests.graph.oracle_identity import hash_of
from tests.graph.toy import make_project
from tests.graph.worlds import moment

from stocktake.graph.edits import Edit
from stocktake.pipeline.line import freeze
from stocktake.store import Store

AS_OF = moment(24)
Tables = dict[str, list[dict[str, Any]]]


def says(source: str, label: str, step: float, **item: Any) -> Push:
    """A record that a source pushed, with one item."""
    return Push(source, label, "k1", moment(step), {"items": [item]})


def edits(action: str, step: float, **told: Any) -> Decision:
    """What a person decided."""
    return Decision("ana", Edit(action=action, why="to see", decided_at=moment(step), **told))


def pull(source: str, step: float, labels: tuple[str, ...], *seen: tuple[str, str, dict[str, Any]]) -> Reading:
    """A complete pull. seen: label, key, item."""
    things = tuple((label, key, {"items": [item]}) for label, key, item in seen)
    return Reading(source, "", labels, moment(step), moment(step), complete=True, seen=things)


# Each history has sources and identifiers of its own, so that one snapshot holds all of them.
HISTORIES: dict[str, list[Entry]] = {
    "retirement told late": [
        says("q1", "Run", 0, ids={"toy_id": "late"}, name="run"),
        says("q1", "Run", 5, ids={"toy_id": "late"}, retired_at=moment(3).isoformat()),
    ],
    "label no longer covered": [
        pull("p1", 1, ("Data", "Run"), ("Data", "k1", {"ids": {"toy_id": "dropped"}, "platform": "old"})),
        says("q5", "Data", 3, ids={"toy_id": "dropped"}, platform="new"),
        pull("p1", 23, ("Run",)),
    ],
    "retirement by a person": [
        says("q3", "Data", 6, ids={"toy_id": "ended"}),
        edits("set", 8, on="toy_id:ended", kind="dataset", field="retired_at", value=moment(7).isoformat()),
    ],
}


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tables]:
    """The snapshot of all histories."""
    project = make_project(tmp_path_factory.mktemp("moments") / "toy")
    with Store.open(project.store_address) as store:
        log = Log(store)
        for history in HISTORIES.values():
            for entry in history:
                log.add(entry)
        yield {name: table.to_pylist() for name, table in freeze(project, store, AS_OF).items()}


def test_a_retirement_that_was_told_late_is_when_it_was_and_not_when_it_was_told(tables: Tables) -> None:
    """What a source said last of a thing says when that ended; what it had said before does not prolong it."""
    run_id = hash_of("workflow_run", "toy_id", "late")

    assert [row["retired_at"] for row in tables["retired"] if row["id"] == run_id] == [naive(moment(3))]


def test_what_a_person_retired_ended_when_the_person_says(tables: Tables) -> None:
    """A thing that its source tells still is retired by an edit, at the edit's time."""
    dataset_id = hash_of("dataset", "toy_id", "ended")

    assert [row["retired_at"] for row in tables["retired"] if row["id"] == dataset_id] == [naive(moment(7))]


def test_a_pull_says_nothing_of_a_label_that_it_no_longer_covers(tables: Tables) -> None:
    """A connector that no longer reads some label neither retires what it once saw of it, nor sees it again."""
    dataset_id = hash_of("dataset", "toy_id", "dropped")
    row = next(row for row in tables["dataset"] if row["id"] == dataset_id)

    assert (row["platform"], row["sources"]) == ("new", ["p1", "q5"])


def naive(at: datetime) -> datetime:
    return at.replace(tzinfo=None)

"""Readings that were kept by date: each folder is one complete reading, as of its own moment."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from stocktake.collect.connectors import LIBRARY
from stocktake.collect.run import Outcome, collect_source
from stocktake.nouns import Source
from stocktake.store import Store

Read = Callable[[], Outcome]


@pytest.fixture
def read(store: Store, tmp_path: Path) -> Read:
    """Reads the dated exports below `exports`."""
    settings = {"path": "exports", "readings": "by date", "label": "Endpoint", "key": "id"}
    source = Source("export", "files", settings)
    return lambda: collect_source(store, source, [LIBRARY], {}, tmp_path)


def keep(root: Path, folder: str, *lines: dict[str, Any]) -> None:
    """One reading."""
    path = root / "exports" / folder / "lines.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))


def log(store: Store) -> list[tuple[str, datetime, bool]]:
    """Key, time and whether it was there, of every line of the log."""
    return [(each.key, each.observed_at, each.body is not None) for each in store.records_at(range(1, 100))]


FIRST, SECOND = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 8, 6, 30, tzinfo=UTC)


def test_each_folder_is_a_reading_of_its_moment_and_what_is_gone_in_a_later_one_vanished(
    store: Store, read: Read, tmp_path: Path
) -> None:
    keep(tmp_path, "2026-01-08T06-30-00Z", {"id": "b"})
    keep(tmp_path, "2026-01-01", {"id": "a"}, {"id": "b"})

    outcome = read()

    assert (outcome.seen, outcome.vanished, outcome.complete, outcome.problems) == (3, 1, True, ())
    assert [each["to_at"].replace(tzinfo=UTC) for each in store.pulls().to_pylist()] == [FIRST, SECOND]
    assert sorted(log(store)) == [("a", FIRST, True), ("a", SECOND, False), ("b", FIRST, True)]


def test_only_readings_that_the_log_does_not_hold_are_read(store: Store, read: Read, tmp_path: Path) -> None:
    keep(tmp_path, "2026-01-01", {"id": "a"})
    read()
    keep(tmp_path, "2026-01-08T06-30-00Z", {"id": "a"}, {"id": "c"})

    outcome = read()

    assert (outcome.seen, outcome.new) == (2, 1)
    assert read().seen == 0
    assert len(store.pulls()) == 2


@pytest.mark.parametrize(("folder", "problem"), [("latest", "no date"), (None, "no dated folder")])
def test_a_folder_without_a_date_is_told(read: Read, tmp_path: Path, folder: str | None, problem: str) -> None:
    (tmp_path / "exports" / (folder or "")).mkdir(parents=True)

    (told,) = read().problems

    assert problem in told.problem
    assert "2026-01-31" in told.fix

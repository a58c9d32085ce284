"""Runs and the project files that they used."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stocktake.errors import StoreError
from stocktake.store import Store
from stocktake.store.runs import Run


def test_a_run_is_read_back_as_it_was_committed(store: Store) -> None:
    files = {"metrics/a.yaml": b"metric: a", "stocktake.yaml": b"project: acme"}
    moments = [datetime(2026, 11, day, tzinfo=UTC) for day in (21, 22, 23)]
    run = Run("r1", moments[0], 17, moments[1], moments[2], store.keep_files(files), {"scores.parquet": "ab12"})

    store.add_run(run)

    assert store.runs() == [run]
    assert store.kept_files(run.project_hash) == files


def test_equal_project_files_are_kept_once_and_any_change_gives_another_hash(store: Store) -> None:
    first = store.keep_files({"a.sql": b"SELECT 1", "b.sql": b"SELECT 2"})

    assert store.keep_files({"b.sql": b"SELECT 2", "a.sql": b"SELECT 1"}) == first
    assert store.keep_files({"c.sql": b"SELECT 1", "b.sql": b"SELECT 2"}) != first
    with store.database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM project_file").scalar_one() == 4


def test_an_unknown_project_hash_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no project files are kept under beef"):
        store.kept_files("beef")

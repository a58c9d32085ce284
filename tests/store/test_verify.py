"""A log that is whole, and a log of which something was changed."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.store.damage import damages, flipped

from stocktake.errors import Problem
from stocktake.store import VANISHED, Line, PullEntry, Store
from stocktake.store.purges import Asked
from stocktake.store.runs import Run

FLIPS = int(os.environ.get("STOCKTAKE_FLIPS", "60"))
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def fill(store: Store) -> None:
    """Pushed and pulled records, an edit, a pull without lines, a purged body, a run."""
    problem = Problem("runs.json:3", "not JSON", "mend it")
    for number in range(12):
        at = 1_000 + number
        lines = [Line("Run", f"run-{number}-{n}", at, b'{"n":%d,"of":"%d"}' % (number, n)) for n in range(4)]
        entry = PullEntry("", ("Run",), 1, at, True, problems=(problem,)) if number % 2 else None
        store.append("mlflow" if number % 2 else "events", lines, entry)
    store.append("mlflow", [Line("Run", "run-1-1", 2_000, None, VANISHED)], PullEntry("x", ("Run",), 1, 2, False))
    store.append("mlflow", [], PullEntry("", ("Run",), 3, 4, True))
    store.append("events", [])
    store.purge([3, 7, 8], Asked("ana", "she left", "text", NOON))
    files = {"stocktake.yaml": b"project: acme", "metrics/a.yaml": b"metric: a"}
    store.publish(files, who="ana", why="agreed", published_at=NOON)
    store.add_run(Run("r1", NOON, 17, NOON, NOON, store.keep_files(files), {"scores.parquet": "ab12"}))


def test_a_log_that_nobody_touched_is_whole(store: Store) -> None:
    fill(store)

    assert store.verify() == []


def test_an_empty_log_is_whole(store: Store) -> None:
    assert store.verify() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE record SET key = 'run-1-9' WHERE key = 'run-1-0'", "not what was written"),
        ("UPDATE record SET observed_at = observed_at + 1 WHERE seq = 1", "not what was written"),
        ("UPDATE record SET body_id = 1 WHERE seq = 2", "not what was written"),
        ("UPDATE record SET op = 1 WHERE seq = 2", "not what was written"),
        ("UPDATE source SET name = 'mlfow' WHERE name = 'mlflow'", "not what was written"),
        ("UPDATE label SET name = 'Ran'", "not what was written"),
        ("UPDATE pull SET to_at = to_at + 1 WHERE id = 9", "not what was written"),
        ("UPDATE pull SET complete = FALSE WHERE id = 9", "not what was written"),
        ("DELETE FROM record WHERE seq = 2", "not what was written"),
        ("DELETE FROM seal WHERE last_seq = 9", "no seal"),
        ("DELETE FROM body WHERE id = 5", "bodies are missing: 5"),
        ("UPDATE body SET size = size + 1 WHERE id = 5", "body 5: its content"),
        ("UPDATE body_hash SET hash = hash + 1 WHERE body_id = 5", "body 5: its content"),
        ("DELETE FROM body_hash WHERE body_id = 5", "body 5: its content"),
        ("UPDATE body SET body = X WHERE id = 5", "body 5: its content"),
        ("UPDATE body SET body = X WHERE id = 3", "body 3: its content"),
        ("UPDATE body SET body = NULL WHERE id = 5", "body 5: its content is gone, and no purge tells of it"),
        ("DELETE FROM purge", "body 3: its content is gone, and no purge tells of it"),
        ("DELETE FROM project_file WHERE LENGTH(content) = 13", "not all of them are there"),
        ("UPDATE counter SET value = value + 1 WHERE name = 'seq'", "the seals end at"),
        ("UPDATE run SET as_of = as_of + 1", "run r1: its row"),
        ("UPDATE project_file SET content = X WHERE LENGTH(content) = 13", "project file"),
    ],
)
def test_whatever_is_changed_is_found(store: Store, change: str, told: str) -> None:
    fill(store)
    other = "x'7b7d'" if store.database.engine.dialect.name == "sqlite" else r"'\x7b7d'::bytea"
    with store.database.writing() as connection:
        assert connection.exec_driver_sql(change.replace("= X", f"= {other}")).rowcount > 0

    assert told in "\n".join(str(each) for each in store.verify())


def test_whatever_cell_is_changed_is_found(store: Store) -> None:
    """One bit or letter of any column of any table, on either kind of store."""
    fill(store)
    for change in damages(store, random.Random(11), FLIPS // 10):
        assert store.verify(), change

    assert store.verify() == []


def test_a_flipped_byte_of_the_file_is_found_or_changes_nothing(tmp_path: Path) -> None:
    """Any byte of the file: either the log says that it is damaged, or all that it tells is as before."""
    whole = tmp_path / "whole.sqlite"
    with Store.open(whole) as opened:
        fill(opened)
        opened.database.engine.dispose()
    connection = sqlite3.connect(whole)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content, before = whole.read_bytes(), told_by(whole)
    choose, found = random.Random(7), 0
    for _ in range(FLIPS):
        damaged = tmp_path / "damaged.sqlite"
        offset = choose.choice([choose.randrange(len(content)), content.index(b"run-7") + choose.randrange(200)])
        damaged.write_bytes(flipped(content, offset, choose))
        problems = verify_file(damaged)
        found += bool(problems)
        assert problems or told_by(damaged) == before, f"byte {offset}"
        for path in tmp_path.glob("damaged*"):
            path.unlink()
    assert found > FLIPS // 3


def verify_file(path: Path) -> list[str]:
    """What is wrong with a file, be it that it can't be opened."""
    from stocktake.errors import StoreError

    try:
        with Store.open(path) as opened:
            return [str(each) for each in opened.verify()]
    except StoreError as error:
        return [str(error)]


def told_by(path: Path) -> list[list[Any]]:
    """All rows of all tables of a file."""
    copy = path.with_name("read-" + path.name)
    shutil.copy(path, copy)
    connection = sqlite3.connect(copy)
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    rows = [connection.execute(f"SELECT * FROM {name}").fetchall() for name in names]
    connection.close()
    copy.unlink()
    return rows

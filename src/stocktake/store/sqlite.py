"""The store on SQLite: one file, for one machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, Table, create_engine, event, insert

SETTINGS = {
    "page_size": 8192,
    "journal_mode": "WAL",
    "synchronous": "NORMAL",  # a power cut may lose the last commits, never the file
    "cache_size": -256_000,  # KB: holds the index over body hashes of some 10M bodies
    "wal_autocheckpoint": 8_000,  # pages: random pages of the index are written back once per several batches
    "foreign_keys": "ON",
    "secure_delete": "ON",  # what is erased is overwritten
}
AT_ONCE = 20  # rows; an old SQLite takes 999 values
HAS_REVISION = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
FIXES = (
    (("locked", "busy"), "another command is writing: wait for it to end, then run this again"),
    (("is full", "disk I/O"), "make room on the disk, then run this again: of this batch nothing was kept"),
    (("not a database",), "this file is no store: restore it from a backup, or move it away and collect again"),
)
FIX = "check that the folder exists and may be written"


def make_engine(address: str) -> Engine:
    """An engine on the file of that path; its folder is made."""
    path = Path(address)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 120, "check_same_thread": False})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def lock(connection: Connection) -> None:
    """A writer has taken the file's lock when its transaction began."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows through the driver itself, in the order of the table's columns: several times as fast.

    Narrow rows go several in a statement, as a statement costs as much as they do; a body would be copied once more.
    """
    head, values, row = str(insert(table).compile(dialect=connection.dialect)).partition(" VALUES ")
    is_wide = any(isinstance(column.type, LargeBinary) for column in table.columns)
    whole = 0 if is_wide else len(rows) // AT_ONCE * AT_ONCE
    told, width = list(chain.from_iterable(rows[:whole])), AT_ONCE * len(table.columns)
    cursor = connection.connection.cursor()
    several = [told[start : start + width] for start in range(0, len(told), width)]
    cursor.executemany(head + values + ", ".join([row] * AT_ONCE), several)
    cursor.executemany(head + values + row, rows[whole:])
    cursor.close()


def fetch(connection: Connection, sql: str, some: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a SELECT straight from the driver, at most so many at a time."""
    cursor: Any = connection.connection.cursor()
    cursor.execute(sql)
    while rows := cursor.fetchmany(some):
        yield rows


def integrity(connection: Connection, *, whole: bool = False) -> str:
    """`ok`, or what is wrong with the file. whole: its indexes are held against its tables too."""
    found = connection.exec_driver_sql(f"PRAGMA {'integrity_check' if whole else 'quick_check'}(10)")
    return "; ".join(str(row[0]) for row in found)


def wipe(engine: Engine) -> None:
    """Write back what waits in the log beside the file, which would still hold what was erased."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _set_up(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin when `_begin` says so, not when the driver guesses
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: two that both read first and then wrote would fail instead of waiting.
    is_writing = connection.get_execution_options().get("is_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def after_copy(connection: Connection) -> None:
    """Rows with ids of their own: the next id follows the greatest by itself."""

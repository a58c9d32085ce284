"""The database under the store: its connection, its settings, and its tables brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, OperationalError

from stocktake.errors import StoreError

REVISION = "0001"
SETTINGS = {
    "page_size": 8192,
    "journal_mode": "WAL",
    "synchronous": "NORMAL",  # a power cut may lose the last commits, never the file
    "cache_size": -256_000,  # KB: holds the index over body hashes of some 10M bodies
    "wal_autocheckpoint": 8_000,  # pages: random pages of the index are written back once per several batches
    "foreign_keys": "ON",
}


def connect(path: Path) -> Engine:
    """An engine on the SQLite file, its tables up to date. Raises StoreError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 120, "check_same_thread": False})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, path)
    except (DatabaseError, OSError) as error:
        engine.dispose()
        told = str(getattr(error, "orig", error))
        raise StoreError(str(path), f"can't be opened: {told}", _fix(told)) from error
    return engine


@contextmanager
def writing(engine: Engine, path: Path) -> Iterator[Connection]:
    """One write transaction, alone: others wait. All of it lands, or nothing."""
    try:
        with engine.connect().execution_options(is_writing=True) as connection, connection.begin():
            yield connection
    except OperationalError as error:
        told = str(error.orig)
        raise StoreError(str(path), f"can't be written: {told}", _fix(told)) from error


def _set_up(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # transactions begin when `_begin` says so, not when the driver guesses
    for name, value in SETTINGS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _begin(connection: Connection) -> None:
    # A writer takes the lock at once: two that both read first and then wrote would fail instead of waiting.
    is_writing = connection.get_execution_options().get("is_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")


def _migrate(engine: Engine, path: Path) -> None:
    with engine.connect() as connection:
        revision = _revision(connection)
    if revision == REVISION:
        return  # nearly always: alembic isn't even imported
    with writing(engine, path) as connection:
        if _revision(connection) != REVISION:  # another process may have been first
            _upgrade(connection, path)


def _revision(connection: Connection) -> str | None:
    found = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").first()
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first() if found else None
    return str(row[0]) if row else None


def _upgrade(connection: Connection, path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, REVISION)
    except CommandError as error:
        fix = "use the Stocktake that wrote it, or a newer one"
        raise StoreError(str(path), f"was written by another version of Stocktake: {error}", fix) from error


def _fix(told: str) -> str:
    if "locked" in told or "busy" in told:
        return "another command is writing: wait for it to end, then run this again"
    if "disk is full" in told:
        return "free some space; nothing of this batch was kept, all earlier ones were"
    if "not a database" in told:
        return "this file is no store: restore it from a backup, or move it away and collect again"
    return "check that the folder exists and may be written"

"""The database under the store: opened by its address, its tables brought up to date, written in turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.exc import DBAPIError, NoResultFound

from stocktake.errors import StoreError
from stocktake.store.address import is_server

REVISION = "0004"
RESTORE = "restore the log from a backup: stocktake store restore"


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. where: its address, as errors name it, without a password. kind: its module, sqlite or
    postgresql, which knows all that differs between the two.
    """

    engine: Engine
    where: str
    kind: ModuleType

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction, alone: others wait. All of it lands, or nothing. Raises StoreError."""
        with self._told("can't be written"):
            connected = self.engine.connect().execution_options(is_writing=True)
            with connected as connection, connection.begin():
                self.kind.lock(connection)
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection to read with. Raises StoreError."""
        with self._told("can't be read"), self.engine.connect() as connection:
            yield connection

    def insert(self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert rows in the order of the table's columns."""
        if rows:
            self.kind.insert_rows(connection, table, rows)

    def fetch(self, sql: str, some: int) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a SELECT, at most so many at a time."""
        with self.reading() as connection:
            for rows in self.kind.fetch(connection, sql, some):
                try:
                    yield rows
                except GeneratorExit:  # the reader left, mostly for an error of its own: no second one is told
                    connection.invalidate()
                    raise

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn what the driver says into an error with a remedy."""
        try:
            yield
        except NoResultFound as error:
            raise StoreError(self.where, f"{what}: a row that every log has is not there", RESTORE) from error
        except DBAPIError as error:
            raise self._error(what, error.orig or error) from error
        except self.engine.dialect.loaded_dbapi.Error as error:  # straight from the driver: bulk inserts and reads
            raise self._error(what, error) from error

    def _error(self, what: str, error: BaseException) -> StoreError:
        told = " ".join(str(error).split())
        fixes = (fix for words, fix in self.kind.FIXES if any(word in told for word in words))
        return StoreError(self.where, f"{what}: {told}", next(fixes, self.kind.FIX))

    def wipe(self) -> None:
        """Let nothing be left, in the files of the database, of what was erased. Raises StoreError."""
        with self._told("can't be wiped"):
            self.kind.wipe(self.engine)

    def migrate(self) -> None:
        """Bring the tables up to date. Raises StoreError."""
        with self._told("can't be opened"):
            with self.engine.connect() as connection:
                if self._revision(connection) == REVISION:
                    return  # nearly always: alembic isn't even imported
            with self.writing() as connection:
                if self._revision(connection) != REVISION:  # another process may have been first
                    _upgrade(connection, self.where)

    def _revision(self, connection: Connection) -> str | None:
        found = connection.exec_driver_sql(self.kind.HAS_REVISION).first()
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first() if found else None
        return str(row[0]) if row else None


def connect(address: Path | str) -> Database:
    """The database of an address, `postgresql://…` or the path of an SQLite file, up to date. Raises StoreError."""
    told = str(address)
    if is_server(told):
        from stocktake.store import postgresql as kind
    else:
        from stocktake.store import sqlite as kind  # type: ignore[no-redef]
    try:
        engine = kind.make_engine(told)
    except OSError as error:
        raise StoreError(told, f"can't be made: {error}", kind.FIX) from error
    database = Database(engine, engine.url.render_as_string() if is_server(told) else told, kind)
    try:
        database.migrate()
    except StoreError:
        engine.dispose()
        raise
    return database


def _upgrade(connection: Connection, where: str) -> None:
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
        raise StoreError(where, f"was written by another version of Stocktake: {error}", fix) from error

"""The store on PostgreSQL: for an organisation, with many that collect and measure at once.

All tables are in the first schema of the connection's search path, so that projects share a database by schemas:
`postgresql://host/db?options=-csearch_path%3Dacme`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.types import BigInteger, Boolean, Integer, LargeBinary, Text

from stocktake.errors import StoreError

HAS_REVISION = "SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL"
# One writer of a log at a time: what commits later has the later seq, so no known_at ever gains an entry.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('stocktake'), hashtext(current_database() || '.' || current_schema()))"
FIXES = (
    (("refused", "not known", "timeout", "Is the server running"), "start the server, or mend the address in `store:`"),
    (("password", "authentication", "pg_hba"), "mend user or password in `store:`; write ${NAME} for what is secret"),
    (("does not exist",), "create it there (`createdb NAME`, `CREATE SCHEMA name`), or mend the address in `store:`"),
    (("permission denied",), "the user must be allowed to create and write tables in this schema"),
    (
        ("No space left", "disk full"),
        "make room on the disk of the server, then run this again: of this batch nothing was kept",
    ),
    (("shutting down", "starting up", "recovery mode"), "wait until the server is up, then run this again"),
    (
        ("closed", "terminating", "lost"),
        "see why the server went away, then run this again: of this batch nothing was kept",
    ),
)
FIX = "see the server's log"
ALIVE = {"idle": 60, "interval": 10, "count": 3}
TYPES = {BigInteger: "int8", Integer: "int4", Text: "text", LargeBinary: "bytea", Boolean: "bool"}


def make_engine(address: str) -> Engine:
    """An engine on the database of that URL. Raises StoreError for one that can't be read, or without the driver."""
    try:
        url = make_url(address).set(drivername="postgresql+psycopg")
        engine = create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except ImportError as error:
        fix = "pip install 'stocktake[postgresql]'"
        raise StoreError("store", "PostgreSQL's driver psycopg is not installed", fix) from error
    except (ArgumentError, ValueError) as error:
        raise StoreError("store", f"no address of a database: {error}", "write postgresql://host/database") from error
    event.listen(engine, "connect", _set_up)
    return engine


def _set_up(connection: Any, _: Any) -> None:
    # The server lets go of a dead process's lock at once; of a dead machine's only if it asks whether that still lives.
    connection.autocommit = True
    for name, seconds in ALIVE.items():
        connection.execute(f"SET tcp_keepalives_{name} = {seconds}")
    connection.autocommit = False


def lock(connection: Connection) -> None:
    """Wait until no other transaction writes to this log; let go at the end of the transaction."""
    connection.exec_driver_sql(LOCK)


def insert_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows by COPY, in the order of the table's columns."""
    columns = ", ".join(column.name for column in table.columns)
    statement = f"COPY {table.name} ({columns}) FROM STDIN (FORMAT BINARY)"
    with _driver(connection).cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([_type(column.type) for column in table.columns])
        for row in rows:
            copy.write_row(row)


def _driver(connection: Connection) -> Any:
    """The driver's own connection."""
    return connection.connection.driver_connection


def _type(kind: Any) -> str:
    """PostgreSQL's name of a column's type; a subclass (BigInteger) comes before its parent."""
    return next(name for each, name in TYPES.items() if isinstance(kind, each))


def fetch(connection: Connection, sql: str, some: int) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a SELECT from a cursor on the server, at most so many at a time."""
    connection.begin()  # a cursor on the server lives in a transaction
    with _driver(connection).cursor(name="stocktake") as cursor:
        cursor.execute(sql, binary=True)
        while rows := cursor.fetchmany(some):
            yield rows


def integrity(connection: Connection, *, whole: bool = False) -> str:  # noqa: ARG001
    """`ok`, or how many pages the server found damaged (it counts them where its checksums are on)."""
    failures = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
    found = connection.exec_driver_sql(failures).scalar() or 0
    return "ok" if not found else f"{found} damaged pages: see the server's log"


def wipe(engine: Engine) -> None:
    """Write the table anew, without the rows that still hold what was erased; others wait for that long."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM FULL body")


def after_copy(connection: Connection) -> None:
    """Rows with ids of their own: the next id must follow the greatest."""
    for table in ("source", "label"):
        newest = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), GREATEST(MAX(id), 1), MAX(id) IS NOT NULL)"
        connection.exec_driver_sql(f"{newest} FROM {table}")

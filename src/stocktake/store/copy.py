"""Copying a log, whole and with its numbers, from one store to an empty other one."""

from __future__ import annotations

from sqlalchemy import Boolean, Connection, Table, delete, func, select

from stocktake.errors import StoreError
from stocktake.store import tables
from stocktake.store.database import Database

SOME = 5_000


def copy(source: Database, target: Database) -> dict[str, int]:
    """Copy every table in one transaction of the target; gives the rows of each.

    The source is not written to meanwhile. Raises StoreError where the target holds anything.
    """
    with source.writing(), target.writing() as connection:
        entries = select(tables.counter.c.value).where(tables.counter.c.name == "seq")
        if connection.execute(entries).scalar_one() or _count(connection, tables.run):
            fix = "copy to a store that nothing was collected into, or take that one away first"
            raise StoreError(target.where, "this store is not empty", fix)
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(delete(table))  # the rows that a new store begins with
        copied = {table.name: _copy(source, target, connection, table) for table in tables.metadata.sorted_tables}
        target.kind.after_copy(connection)
        return copied


def _copy(source: Database, target: Database, connection: Connection, table: Table) -> int:
    columns = ", ".join(column.name for column in table.columns)
    flags = [place for place, column in enumerate(table.columns) if isinstance(column.type, Boolean)]
    copied = 0
    for rows in source.fetch(f"SELECT {columns} FROM {table.name}", SOME):
        told = [list(row) for row in rows]
        for row in told:
            for place in flags:  # SQLite has no type of its own for them
                row[place] = bool(row[place])
        target.insert(connection, table, [tuple(row) for row in told])
        copied += len(told)
    if copied != _count(connection, table):
        raise StoreError(target.where, f"{table.name}: not every row arrived", "copy again to an empty store")
    return copied


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

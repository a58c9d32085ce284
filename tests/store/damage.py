"""Every column of every table of a log, changed by one bit or one letter, one after the other."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Table, select, update
from sqlalchemy.exc import DBAPIError

from stocktake.store import Store, tables


def damages(store: Store, choose: random.Random, rows: int) -> Iterator[str]:
    """Change one cell, say which, and mend it again; of each table so many rows, by chance.

    What the database itself refuses (two equal keys, a reference to nothing) can't befall it.
    """
    for table in tables.metadata.sorted_tables:
        with store.database.reading() as connection:
            found = [dict(row) for row in connection.execute(select(table)).mappings()]
        for row in choose.sample(found, min(rows, len(found))):
            key = {each.name: row[each.name] for each in table.primary_key}
            for column, value in row.items():
                changed = None if value is None else damaged(value, choose)
                if changed is not None and _set(store, table, key, column, changed):
                    yield f"{table.name}.{column} of {key}: {value!r:.60} is {changed!r:.60}"
                    now = {**key, column: changed} if column in key else key
                    assert _set(store, table, now, column, value)


def damaged(value: Any, choose: random.Random) -> Any:
    """A value with one bit or one letter changed."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << choose.randrange(16))
    if isinstance(value, bytes):
        return flipped(value, choose.randrange(len(value)), choose)
    place = choose.randrange(len(value)) if value else 0
    other = "x" if value[place : place + 1] != "x" else "y"
    return value[:place] + other + value[place + 1 :]


def flipped(content: bytes, place: int, choose: random.Random) -> bytes:
    """Some bytes with one bit changed."""
    return content[:place] + bytes([content[place] ^ (1 << choose.randrange(8))]) + content[place + 1 :]


def _set(store: Store, table: Table, key: Mapping[str, Any], column: str, value: Any) -> bool:
    """Set one cell of the row of a key; whether the database takes it."""
    condition = [table.c[name] == each for name, each in key.items()]
    try:
        with store.database.engine.begin() as connection:
            return connection.execute(update(table).where(*condition).values({column: value})).rowcount == 1
    except DBAPIError:
        return False

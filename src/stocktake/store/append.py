"""Appending to the log: bodies once by hash, lines by the next numbers, all in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import Connection, Table, insert, select, update

from stocktake.nouns import storable
from stocktake.store import tables
from stocktake.store.database import Database
from stocktake.store.line import Appended, Lines, PullEntry
from stocktake.store.seal import add_seal, digest_of, last_seal

CHUNK = 5_000  # values in one look-up
PLAIN = 0  # codec


def append(database: Database, connection: Connection, source: str, lines: Lines, entry: PullEntry | None) -> Appended:
    """Append lines, and after them the pull that they are part of, so that a pull is never there without its lines."""
    source_id = _named(connection, tables.source, [source])[source]
    bodies, was_purged = _store_bodies(database, connection, lines)
    count = len(lines)
    first = _take(connection, "seq", count + (entry is not None))
    pull_id = first + count if entry else None
    label_ids = _named(connection, tables.label, dict.fromkeys(lines.labels))
    numbers = [label_ids[label] for label in lines.labels]
    seqs, pull_ids = range(first, first + count), [pull_id] * count
    told = (lines.keys, lines.observed_at, bodies, lines.ops)
    database.insert(
        connection, tables.record, list(zip(seqs, pull_ids, repeat(source_id, count), numbers, *told, strict=True))
    )
    pull = _pull_row(first + count, source_id, entry, count) if entry else None
    if pull:
        database.insert(connection, tables.pull, [pull])
    if count or pull:
        digest = digest_of(last_seal(connection), source, (list(seqs), pull_ids, lines.labels, *told), pull)
        add_seal(connection, first, pull_id or first + count - 1, digest)
    return Appended(first, first + count - 1, pull_id, bodies, was_purged)


def _pull_row(pull_id: int, source_id: int, entry: PullEntry, lines: int) -> tuple[Any, ...]:
    problems = [
        {name: storable(getattr(each, name)) for name in ("where", "problem", "fix")} for each in entry.problems
    ]
    labels = msgspec.json.encode(sorted(storable(each) for each in entry.labels)).decode()
    told = (storable(entry.scope), labels, entry.from_at, entry.to_at, entry.complete, entry.base_id, entry.part_of)
    return (pull_id, source_id, *told, msgspec.json.encode(problems).decode(), lines)


def _store_bodies(database: Database, connection: Connection, lines: Lines) -> tuple[list[int | None], bool]:
    """Each line's body_id, bodies that the log has not are added; and whether one of them had been erased."""
    told = {digest: body or b"" for digest, body in zip(lines.digests, lines.bodies, strict=True) if digest}
    hashes = dict(zip(told, short_hashes(list(told)), strict=True))
    known, was_purged = _known_bodies(connection, hashes)
    for digest in known:
        del told[digest]
    first = _take(connection, "body", len(told)) if told else 0
    new, bodies = range(first, first + len(told)), told.values()
    rows = list(zip(new, told, map(len, bodies), repeat(PLAIN, len(told)), bodies, strict=True))
    database.insert(connection, tables.body, rows)
    shorts = np.array([hashes[digest] for digest in told], dtype=np.int64)
    order = np.argsort(shorts)
    entered = list(zip(shorts[order].tolist(), (order + first).tolist(), strict=True))
    database.insert(connection, tables.body_hash, entered)
    known.update(zip(told, new, strict=True))
    ids = [known[digest] if digest else given for digest, given in zip(lines.digests, lines.body_ids, strict=True)]
    return ids, was_purged


def short_hashes(digests: Sequence[bytes]) -> list[int]:
    """The first 8 bytes of each sha256, as a signed number."""
    joined = np.frombuffer(b"".join(digests), dtype=">i8")
    short: list[int] = joined.reshape(-1, 4)[:, 0].tolist()
    return short


def _known_bodies(connection: Connection, hashes: dict[bytes, int]) -> tuple[dict[bytes, int], bool]:
    """Ids of the bodies that the log has already, by sha256; and whether one of them is erased."""
    known: dict[bytes, int] = {}
    was_purged = False
    values = sorted(hashes.values())
    for start in range(0, len(values), CHUNK):
        # Numbers written out: as parameters, each would cost more to bind than to find.
        listed = ", ".join(map(str, values[start : start + CHUNK]))
        found = connection.exec_driver_sql(
            f"""SELECT body.sha256, body.id, body.body IS NULL FROM body_hash JOIN body ON body.id = body_hash.body_id
            WHERE body_hash.hash IN ({listed})"""
        )
        for sha256, body_id, is_purged in found:
            if sha256 in hashes:
                known[sha256] = body_id
                was_purged = was_purged or bool(is_purged)
    return known, was_purged


def _take(connection: Connection, name: str, count: int) -> int:
    """The first of so many new numbers. Its row stays locked to the end of the transaction."""
    counter = tables.counter
    connection.execute(update(counter).where(counter.c.name == name).values(value=counter.c.value + count))
    last = connection.execute(select(counter.c.value).where(counter.c.name == name)).scalar_one()
    return int(last) - count + 1


def _named(connection: Connection, table: Table, names: Iterable[str]) -> dict[str, int]:
    """Ids of sources or labels by name; new names are added."""
    ids: dict[str, int] = {}
    for name in names:
        found = connection.execute(select(table.c.id).where(table.c.name == name)).scalar()
        if found is None:
            found = connection.execute(insert(table).values(name=name).returning(table.c.id)).scalar_one()
        ids[name] = int(found)
    return ids

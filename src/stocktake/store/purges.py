"""Purges: bodies that were erased, when, by whom, why and by which rule. Their records stay, and their seals hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, select, update

from stocktake.nouns import from_micros, storable, to_micros
from stocktake.store import tables
from stocktake.store.seal import row_digest

CHUNK = 5_000  # values in one statement


@dataclass(frozen=True, slots=True)
class Asked:
    """What a purge is asked for. who, why: kept with it. rule: in words; of a subject only the hash. purged_at: UTC."""

    who: str
    why: str
    rule: str
    purged_at: datetime


@dataclass(frozen=True, slots=True)
class Purge:
    """One purge. number: from 1 on. first_seq, last_seq: of the records whose bodies it erased.

    spans: of the ids of these bodies, both ends in it. sealed: the hash of all else that is kept of them, hex.
    """

    number: int
    asked: Asked
    first_seq: int
    last_seq: int
    spans: tuple[tuple[int, int], ...]
    sealed: str

    @property
    def body_ids(self) -> Iterator[int]:
        """The bodies that it erased."""
        return (body_id for first, last in self.spans for body_id in range(first, last + 1))

    def changes(self, known_at: int, ended_at: datetime) -> bool:
        """Whether it erased something that a run may rest on, which ended then and knew so much of the log."""
        return ended_at <= self.asked.purged_at and self.first_seq <= known_at

    def document(self) -> dict[str, Any]:
        """As answers tell of it."""
        asked = self.asked
        told = {"number": self.number, "purged_at": asked.purged_at, "who": asked.who, "why": asked.why}
        return {**told, "rule": asked.rule, "bodies": sum(last - first + 1 for first, last in self.spans)}


def add_purge(connection: Connection, body_ids: Iterable[int], asked: Asked) -> Purge | None:
    """Erase bodies, and record it, in the caller's transaction. None: all of them had been erased before."""
    held = held_bodies(connection, body_ids)
    if not held:
        return None
    seqs = [_seqs(connection, some) for some in _some(held)]
    for some in _some(held):
        connection.execute(update(tables.body).where(tables.body.c.id.in_(some)).values(body=None))
    number = len(all_purges(connection)) + 1
    told = Asked(storable(asked.who), storable(asked.why), storable(asked.rule), asked.purged_at)
    ends = [seq for each in seqs for seq in each if seq is not None]
    made = Purge(
        number, told, min(ends, default=0), max(ends, default=0), tuple(_spans(held)), seal_of(connection, held)
    )
    row = {
        "number": number,
        "purged_at": to_micros(told.purged_at),
        "who": told.who,
        "why": told.why,
        "rule": told.rule,
        "first_seq": made.first_seq,
        "last_seq": made.last_seq,
        "bodies": msgspec.json.encode(made.spans).decode(),
        "sealed": made.sealed,
    }
    connection.execute(insert(tables.purge).values(**row, digest=row_digest(list(row.values()))))
    return made


def all_purges(connection: Connection) -> list[Purge]:
    """Every purge, the earliest first."""
    table = tables.purge
    return [
        Purge(
            row.number,
            Asked(row.who, row.why, row.rule, from_micros(row.purged_at)),
            row.first_seq,
            row.last_seq,
            msgspec.json.decode(row.bodies, type=tuple[tuple[int, int], ...]),
            row.sealed,
        )
        for row in connection.execute(select(table).order_by(table.c.number))
    ]


def seal_of(connection: Connection, body_ids: Iterable[int]) -> str:
    """The hash of what is left of some bodies when their content is gone, hex."""
    body, digest = tables.body, hashlib.sha256()
    for some in _some(list(body_ids)):
        columns = (body.c.id, body.c.sha256, body.c.size, body.c.codec)
        rows = connection.execute(select(*columns).where(body.c.id.in_(some)).order_by(body.c.id))
        digest.update(msgspec.msgpack.encode([tuple(row) for row in rows]))
    return digest.hexdigest()


def count_records(connection: Connection, body_ids: Sequence[int]) -> int:
    """How many records have one of some bodies."""
    record = tables.record
    counts = (select(func.count()).where(record.c.body_id.in_(some)) for some in _some(body_ids))
    return sum(int(connection.execute(each).scalar_one()) for each in counts)


def held_bodies(connection: Connection, body_ids: Iterable[int]) -> list[int]:
    """Those of some bodies that are still there, in order."""
    body = tables.body
    found: list[int] = []
    for some in _some(sorted(set(body_ids))):
        rows = connection.execute(select(body.c.id).where(body.c.id.in_(some), body.c.body.isnot(None)))
        found += sorted(int(row.id) for row in rows)
    return found


def _seqs(connection: Connection, body_ids: Sequence[int]) -> tuple[int | None, int | None]:
    """The first and the last record of some bodies."""
    record = tables.record
    row = connection.execute(
        select(func.min(record.c.seq), func.max(record.c.seq)).where(record.c.body_id.in_(body_ids))
    ).one()
    return row[0], row[1]


def _some(body_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (body_ids[start : start + CHUNK] for start in range(0, len(body_ids), CHUNK))


def _spans(body_ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Numbers that are in order, as spans without gaps."""
    first = before = body_ids[0]
    for body_id in body_ids[1:]:
        if body_id != before + 1:
            yield first, before
            first = body_id
        before = body_id
    yield first, before

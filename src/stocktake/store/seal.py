"""Seals: each append is sealed by a hash of what it wrote and of the seal before it, so that no byte changes unseen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from stocktake.store import tables

FIRST = b""
"""What the first seal follows."""


def digest_of(before: bytes, source: str, lines: Sequence[Sequence[Any]], pull: Any) -> bytes:
    """The seal of one append: sha256 over the seal before it, its source's name, its lines and its pull.

    lines: the columns of `record`, without the source; labels by their names, so that a copy with other numbers has the
    same seals. pull: a row of `pull`, or None.
    """
    told = (source, lines, pull and [pull[0], *pull[2:6], bool(pull[6]), *pull[7:]])
    return hashlib.sha256(before + msgspec.msgpack.encode(told)).digest()


def add_seal(connection: Connection, first_seq: int, last_seq: int, digest: bytes) -> None:
    """Keep the seal of the entries from first to last."""
    connection.execute(insert(tables.seal).values(last_seq=last_seq, first_seq=first_seq, digest=digest))


def last_seal(connection: Connection) -> bytes:
    """The newest seal."""
    seal = tables.seal
    newest = select(seal.c.digest).order_by(seal.c.last_seq.desc()).limit(1)
    return bytes(connection.execute(newest).scalar() or FIRST)


def row_digest(row: Sequence[Any]) -> str:
    """The seal of a row of its own, such as a run's: the hash of all its other columns, hex."""
    return hashlib.sha256(msgspec.json.encode(list(row))).hexdigest()

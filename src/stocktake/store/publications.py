"""Publications: which files of a project were agreed on, when, by whom and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from stocktake.nouns import from_micros, storable, to_micros
from stocktake.store import tables
from stocktake.store.runs import keep_files
from stocktake.store.seal import row_digest


@dataclass(frozen=True, slots=True)
class Publication:
    """One agreed state of a project. number: from 1 on. published_at: UTC. project_hash: of its files, as a run's."""

    number: int
    published_at: datetime
    who: str
    why: str
    project_hash: str


def add_publication(
    connection: Connection, files: Mapping[str, bytes], *, who: str, why: str, published_at: datetime
) -> Publication:
    """Keep the files and publish them, in the caller's transaction: both, or neither."""
    earlier = all_publications(connection)
    number = earlier[-1].number + 1 if earlier else 1
    made = Publication(number, published_at, storable(who), storable(why), keep_files(connection, files))
    told = {"number": number, "published_at": to_micros(published_at), "who": made.who, "why": made.why}
    row = {**told, "project_hash": made.project_hash}
    connection.execute(insert(tables.publication).values(**row, digest=row_digest(list(row.values()))))
    return made


def all_publications(connection: Connection) -> list[Publication]:
    """Every publication, the earliest first."""
    table = tables.publication
    return [
        Publication(row.number, from_micros(row.published_at), row.who, row.why, row.project_hash)
        for row in connection.execute(select(table).order_by(table.c.number))
    ]

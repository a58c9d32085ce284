"""Whether a log is whole: its bodies against their hashes, its entries against their seals, its files as they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, func, select

from stocktake.errors import Problem, StoreError
from stocktake.store import tables
from stocktake.store.append import short_hashes
from stocktake.store.database import RESTORE, Database
from stocktake.store.publications import all_publications
from stocktake.store.purges import all_purges, seal_of
from stocktake.store.runs import all_runs, kept_files
from stocktake.store.seal import FIRST, digest_of, row_digest

SOME = 5_000
FIX = RESTORE
RECORD = ", ".join(column.name for column in tables.record.columns)
PULL = ", ".join(column.name for column in tables.pull.columns)
SEALED = (tables.log, tables.run, tables.publication, tables.purge)
"""Tables whose rows are sealed one by one, by their last column."""


def verify(database: Database) -> Iterator[Problem]:
    """Everything that is not as it was written, one problem for each; none where the log is whole.

    Reads all of it once, in columns and in the order of seq.
    """
    for part in (_integrity, _rows, _numbers, _bodies, _entries, _files):
        try:
            yield from part(database)
        except StoreError as error:
            yield from error.problems
        except (TypeError, ValueError, AttributeError) as error:  # a value of another type than its column's
            yield Problem(database.where, f"a row can't be read: {error}", FIX)


def _integrity(database: Database) -> Iterator[Problem]:
    with database.reading() as connection:
        told = database.kind.integrity(connection, whole=True)
    if told != "ok":
        yield Problem(database.where, f"the database finds itself damaged: {told}", FIX)


def _rows(database: Database) -> Iterator[Problem]:
    """Rows that are sealed by themselves and not what was written."""
    for table in SEALED:
        names = ", ".join(column.name for column in table.columns)
        for rows in database.fetch(f"SELECT {names} FROM {table.name}", SOME):
            for row in rows:
                if row_digest(row[:-1]) != row[-1]:
                    yield Problem(f"{database.where}: {table.name} {row[0]}", "its row is not what was saved", FIX)


def _numbers(database: Database) -> Iterator[Problem]:
    """Bodies that are missing at the end; of purged ones, whether what is left of them is as it was."""
    with database.reading() as connection:
        newest = connection.execute(select(func.max(tables.body.c.id))).scalar() or 0
        given = connection.execute(select(tables.counter.c.value).where(tables.counter.c.name == "body")).scalar()
        if given != newest:
            yield Problem(database.where, f"the bodies end at {newest}, their numbers at {given}", FIX)
        for purge in all_purges(connection):
            if seal_of(connection, purge.body_ids) != purge.sealed:
                yield Problem(f"{database.where}: purge {purge.number}", "what is left of its bodies has changed", FIX)


def _bodies(database: Database) -> Iterator[Problem]:
    """Bodies whose content, size or hashes differ from one another, or that are gone without a purge."""
    with database.reading() as connection:
        purged = {body_id for purge in all_purges(connection) for body_id in purge.body_ids}
    told = """SELECT body.id, body_hash.hash, body.sha256, body.size, body.codec, body.body
        FROM body LEFT JOIN body_hash ON body_hash.body_id = body.id"""
    for rows in database.fetch(told, SOME):
        shorts = short_hashes([bytes(row[2]) for row in rows]) if all(len(row[2]) == 32 for row in rows) else []
        for place, (number, short, sha256, size, codec, body) in enumerate(rows):
            is_whole = codec == 0 and bool(shorts) and short == shorts[place]
            if body is None and number not in purged:
                yield Problem(f"{database.where}: body {number}", "its content is gone, and no purge tells of it", FIX)
            elif body is not None:
                is_whole = is_whole and size == len(body) and hashlib.sha256(body).digest() == sha256
            if not is_whole:
                yield Problem(f"{database.where}: body {number}", "its content is not what its hash says", FIX)


def _entries(database: Database) -> Iterator[Problem]:
    """Entries that are missing, that nobody sealed, or that are not what their seal says."""
    with database.reading() as connection:
        names = {each: _names(connection, each) for each in (tables.source, tables.label)}
        bodies = {row[0] for row in connection.execute(select(tables.body.c.id))}
        newest = connection.execute(select(tables.counter.c.value).where(tables.counter.c.name == "seq")).scalar() or 0
    pulls = {row[0]: row for rows in database.fetch(f"SELECT {PULL} FROM pull", SOME) for row in rows}
    records = (row for rows in database.fetch(f"SELECT {RECORD} FROM record ORDER BY seq", SOME) for row in rows)
    before, expected = FIRST, 1
    for rows in database.fetch("SELECT first_seq, last_seq, digest FROM seal ORDER BY last_seq", SOME):
        for first, last, digest in rows:
            pull = pulls.pop(last, None)
            lines = list(islice(records, max(last - first + (pull is None), 0)))
            where = f"{database.where}: entries {first} to {last}"
            if first != expected:
                yield Problem(where, f"entries {expected} to {first - 1} have no seal", FIX)
            if _seal(before, lines, pull, names) != bytes(digest):
                yield Problem(where, "they are not what was written: a record, its pull, its source or the seal", FIX)
            lost = sorted({row[6] for row in lines if row[6] is not None} - bodies)
            if lost:
                yield Problem(where, f"bodies are missing: {', '.join(map(str, lost[:5]))}", FIX)
            before, expected = bytes(digest), last + 1
    if expected != newest + 1:
        yield Problem(database.where, f"the seals end at entry {expected - 1}, the log at {newest}", FIX)
    left = len(pulls) + sum(1 for _ in records)
    if left:
        yield Problem(database.where, f"{left} entries have no seal", FIX)


def _seal(before: bytes, lines: list[Any], pull: Any, names: dict[Any, dict[int, str]]) -> bytes:
    """The seal that these rows should have; an empty one where they name a source or label that is not there."""
    seqs, pull_ids, source_ids, label_ids, *told = list(zip(*lines, strict=True)) or [()] * 8
    try:
        sources = {names[tables.source][each] for each in {*source_ids, *([pull[1]] if pull else ())}}
        labels = [names[tables.label][each] for each in label_ids]
    except KeyError:
        return b""
    return digest_of(before, sources.pop(), (seqs, pull_ids, labels, *told), pull) if len(sources) == 1 else b""


def _names(connection: Connection, table: Any) -> dict[int, str]:
    return {int(row.id): str(row.name) for row in connection.execute(select(table))}


def _files(database: Database) -> Iterator[Problem]:
    """Project files that are not what their hash says, or that a run or publication lacks."""
    with database.reading() as connection:
        hashes = {each.project_hash for each in all_runs(connection)}
        hashes |= {each.project_hash for each in all_publications(connection)}
        for project_hash in sorted(hashes):
            if kept_files(connection, project_hash) is None:
                yield Problem(f"{database.where}: project files {project_hash}", "not all of them are there", FIX)
    for rows in database.fetch("SELECT hash, content FROM project_file", SOME):
        for name, content in rows:
            if hashlib.sha256(content).hexdigest() != name:
                yield Problem(f"{database.where}: project file {name}", "its content is not what its hash says", FIX)

"""Runs and the project's files that they used. A run's row comes last: without it, there was no run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, insert, select

from stocktake.nouns import from_micros, to_micros
from stocktake.store import tables
from stocktake.store.seal import row_digest


@dataclass(frozen=True, slots=True)
class Run:
    """One saved run. as_of, started_at, ended_at: UTC. known_at: log sequence.

    project_hash: of the project's files, as `keep_files` gave it. files: path of each result file -> its sha256, hex.
    """

    id: str
    as_of: datetime
    known_at: int
    started_at: datetime
    ended_at: datetime
    project_hash: str
    files: dict[str, str]
    status: str = "complete"


def add_run(connection: Connection, run: Run) -> None:
    """Commit a run."""
    row = {
        "id": run.id,
        "as_of": to_micros(run.as_of),
        "known_at": run.known_at,
        "started_at": to_micros(run.started_at),
        "ended_at": to_micros(run.ended_at),
        "project_hash": run.project_hash,
        "files": msgspec.json.encode(run.files, order="sorted").decode(),
        "status": run.status,
    }
    connection.execute(insert(tables.run).values(**row, digest=row_digest(list(row.values()))))


def all_runs(connection: Connection) -> list[Run]:
    """Every run, the earliest first."""
    run = tables.run
    return [_run(row) for row in connection.execute(select(run).order_by(run.c.started_at, run.c.id))]


def _run(row: Row[Any]) -> Run:
    files = msgspec.json.decode(row.files, type=dict[str, str])
    times = [from_micros(each) for each in (row.as_of, row.started_at, row.ended_at)]
    return Run(row.id, times[0], row.known_at, times[1], times[2], row.project_hash, files, row.status)


def keep_files(connection: Connection, files: Mapping[str, bytes]) -> str:
    """Keep files by their content; the hash of their list finds them again. Equal files are kept once."""
    manifest = _manifest(files)
    project_hash = _sha256(manifest)
    by_hash = {_sha256(content): content for content in (*files.values(), manifest)}
    for name, content in by_hash.items():
        if kept(connection, name) is None:
            connection.execute(insert(tables.project_file).values(hash=name, content=content))
    return project_hash


def hash_of(files: Mapping[str, bytes]) -> str:
    """The hash under which `keep_files` keeps these files."""
    return _sha256(_manifest(files))


def _manifest(files: Mapping[str, bytes]) -> bytes:
    """The list of some files, each with the hash of its content."""
    return msgspec.json.encode({path: _sha256(content) for path, content in files.items()}, order="sorted")


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def kept(connection: Connection, name: str) -> bytes | None:
    """A kept file's content by its hash."""
    file = tables.project_file
    found = connection.execute(select(file.c.content).where(file.c.hash == name)).scalar()
    return None if found is None else bytes(found)


def kept_files(connection: Connection, project_hash: str) -> dict[str, bytes] | None:
    """The files that `keep_files` kept under a hash; None when it is unknown, or one of them is gone."""
    manifest = kept(connection, project_hash)
    if manifest is None:
        return None
    listed = msgspec.json.decode(manifest, type=dict[str, str])
    found = {path: kept(connection, name) for path, name in listed.items()}
    files = {path: content for path, content in found.items() if content is not None}
    return files if len(files) == len(listed) else None

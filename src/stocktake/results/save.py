"""Saving a run: its files first, under a hidden name, and the row that makes it count last."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import lake as lakes
from stocktake.errors import ResultsError
from stocktake.nouns import sha256_of, short_hash
from stocktake.parts import HIDDEN, part, sync
from stocktake.store import Store
from stocktake.store.runs import Run

if TYPE_CHECKING:
    import pyarrow as pa

PREFIX = "run="
PACKAGE = "stocktake"
VERSION = PACKAGE.encode()
"""In each file, the version that made it."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run that is done and not yet saved.

    as_of, started_at: UTC. known_at: log sequence. project_files: path -> content of every file that it was made by.
    tables: name, such as `tables/servings`, `scores/binaries` or `rollups/models`, -> rows. files: further ones, name
    -> the table of a lake, whose file is taken over.
    """

    as_of: datetime
    known_at: int
    started_at: datetime
    project_files: Mapping[str, bytes]
    tables: Mapping[str, pa.Table] = field(default_factory=dict)
    files: Mapping[str, tuple[Path, str]] = field(default_factory=dict)


def save(store: Store, folder: Path, finished: Finished) -> Run:
    """Save a run under `run=<id>/` of a folder, and commit it by its row in the store, which holds each file's hash.

    A crash on the way leaves at most files without a row, which nobody reads; see `unfinished`. Raises ResultsError
    when the files can't be written.
    """
    project_hash = store.keep_files(finished.project_files)
    run_id = _new_id(finished, project_hash)
    final = folder_of(folder, run_id)
    try:
        with part(folder) as hidden:
            files = {name: _write(hidden, name, table) for name, table in finished.tables.items()}
            files |= {name: _take(hidden, name, *told) for name, told in finished.files.items()}
            hidden.rename(final)
        sync(folder)
    except OSError as error:
        raise ResultsError(
            str(final), f"the run can't be written: {error}", "make room on the disk, or let the folder be written"
        ) from error
    hashes = {f"{name}.parquet": value for name, value in files.items()}
    ended_at = datetime.now(UTC)
    run = Run(run_id, finished.as_of, finished.known_at, finished.started_at, ended_at, project_hash, hashes)
    store.add_run(run)
    return run


def folder_of(folder: Path, run_id: str) -> Path:
    """Where a run's files are."""
    return folder / f"{PREFIX}{run_id}"


def unfinished(store: Store, folder: Path) -> list[Path]:
    """Folders of runs that never were committed: a crash, or a run that is just being saved. They can be taken away."""
    known = {run.id for run in store.runs()}
    half = sorted(folder.glob(f"{HIDDEN}*"))
    return half + [path for path in sorted(folder.glob(f"{PREFIX}*")) if path.name.removeprefix(PREFIX) not in known]


def _new_id(finished: Finished, project_hash: str) -> str:
    """When the run started, and a few letters that tell apart runs of one second."""
    started = finished.started_at.astimezone(UTC)
    parts = (started.isoformat(), finished.as_of.isoformat(), str(finished.known_at), project_hash)
    return f"{started:%Y%m%dT%H%M%SZ}-{short_hash(*parts, length=6)}"


def _take(hidden: Path, name: str, lake: Path, table: str) -> str:
    """Take over a table of a lake, as it is where Stocktake wrote it itself; gives the hash of its file."""
    import pyarrow.parquet as pq

    first, *others = lakes.files_of(lake, table)
    if others or VERSION not in (pq.read_schema(first).metadata or {}):
        return _write(hidden, name, lakes.read(lake, table))
    path = hidden / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(first, path)
    sync(path)
    return sha256_of(path)


def _write(hidden: Path, name: str, table: pa.Table) -> str:
    """Write one table, and give the hash of its file."""
    import pyarrow.parquet as pq

    path = hidden / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    stamp = {name.encode(): told.encode() for name, told in lakes.STAMP.items()}
    told = {**(table.schema.metadata or {}), **stamp}
    pq.write_table(table.replace_schema_metadata(told), path, compression="zstd")
    sync(path)
    return sha256_of(path)

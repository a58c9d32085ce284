"""The lake: one folder of Parquet files per table, `<layer>/<table>/*.parquet`, shared by all engines."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from stocktake.errors import EngineError


def tables_of(lake: Path) -> list[str]:
    """The full names of all tables of a lake, in order; those without a file are left out."""
    folders = sorted(folder for folder in lake.glob("*/*") if folder.is_dir() and not _is_hidden(folder))
    return [f"{folder.parent.name}.{folder.name}" for folder in folders if _files(folder)]


def files_of(lake: Path, table: str) -> list[Path]:
    """The files of one table. Raises EngineError when it has none."""
    found = _files(_folder(lake, table))
    if not found:
        known = ", ".join(tables_of(lake)) or "none"
        raise EngineError(where=str(lake), problem=f"the lake has no table {table}", fix=f"use one of: {known}")
    return found


def read(lake: Path, table: str) -> pa.Table:
    """One table of a lake; every column may hold unknowns, whatever the engine that wrote it says."""
    rows = pa.concat_tables(pq.read_table(path, partitioning=None) for path in files_of(lake, table))
    return rows.cast(pa.schema([pa.field(field.name, _nullable(field.type)) for field in rows.schema]))


def write(lake: Path, tables: Mapping[str, pa.Table]) -> None:
    """Publish tables to a lake, each in place of the one of its name."""
    for name, table in tables.items():
        with publish(lake, name) as path:
            pq.write_table(table, path, compression="zstd")


@contextmanager
def publish(lake: Path, table: str) -> Iterator[Path]:
    """A path to write one file to; when it is written whole, it takes the place of the table's earlier files."""
    folder = _folder(lake, table)
    folder.mkdir(parents=True, exist_ok=True)
    # Names that begin with a dot are read by no engine, so half a file is never seen.
    hidden = folder / ".part.parquet"
    yield hidden
    earlier = [path for path in _files(folder) if path.name != "part.parquet"]
    hidden.replace(folder / "part.parquet")
    for path in earlier:
        path.unlink()


@contextmanager
def publish_folder(lake: Path, table: str) -> Iterator[Path]:
    """A folder that is not there yet, to write files to; written whole, it takes the place of the table's earlier one.

    A process that is killed in between leaves the earlier files, the new ones or none, and never some of both.
    """
    folder = _folder(lake, table)
    folder.parent.mkdir(parents=True, exist_ok=True)
    hidden = folder.parent / f".{folder.name}-{uuid4().hex[:8]}"
    gone = hidden.with_name(f"{hidden.name}-gone")
    try:
        yield hidden
        if folder.exists():
            folder.rename(gone)
        hidden.rename(folder)
    finally:
        for each in (hidden, gone):
            shutil.rmtree(each, ignore_errors=True)


def _folder(lake: Path, table: str) -> Path:
    layer, _, name = table.partition(".")
    return lake / layer / name


def _files(folder: Path) -> list[Path]:
    """The data files of a folder: other engines leave files without ending, and helpers that begin with `.` or `_`."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not _is_hidden(path))


def _nullable(kind: pa.DataType) -> pa.DataType:
    """The type whose parts may be unknown too, and are called as Arrow calls them."""
    return pa.list_(_nullable(kind.value_type)) if isinstance(kind, pa.ListType) else kind


def _is_hidden(path: Path) -> bool:
    return path.name[0] in "._"

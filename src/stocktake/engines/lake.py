"""The lake: one folder of Parquet files per table, `<layer>/<table>/*.parquet`, shared by all engines.

Steps hand each other tables in it. Each run has one of its own; what others read is what it then saves and publishes.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from stocktake.engines.scratch import scratch_lake
from stocktake.errors import EngineError

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket
    from stocktake.engines.protocol import Engine, Step


SENT = ".sent"
"""In a table's folder, where it is in a bucket, too; see `Bucket`. No engine reads it: it begins with a dot."""
STAMP = {"stocktake": version("stocktake")}
"""What each file tells of itself that Stocktake writes: the version that made it."""


def tables_of(lake: Path) -> list[str]:
    """The full names of all tables of a lake, in order; those without a file are left out."""
    folders = sorted(folder for folder in lake.glob("*/*") if folder.is_dir() and not is_hidden(folder))
    return [f"{folder.parent.name}.{folder.name}" for folder in folders if _files(folder)]


def files_of(lake: Path, table: str) -> list[Path]:
    """The files of one table. Raises EngineError when it has none."""
    found = _files(folder_of(lake, table))
    if not found:
        known = ", ".join(tables_of(lake)) or "none"
        raise EngineError(where=str(lake), problem=f"the lake has no table {table}", fix=f"use one of: {known}")
    return found


def read(lake: Path, table: str, columns: Collection[str] | None = None) -> pa.Table:
    """One table of a lake; every column may hold unknowns, whatever the engine that wrote it says.

    columns: those that are read where the table has them; all unless said.
    """
    # Hive writes times in a form that counts nanoseconds, of which the year 9999 has too many.
    opened = (pq.ParquetFile(path, coerce_int96_timestamp_unit="us") for path in files_of(lake, table))
    files = (
        file.read(None if columns is None else [name for name in file.schema_arrow.names if name in columns])
        for file in opened
    )
    return pa.concat_tables(file.cast(_plain_schema(file.schema)) for file in files)


def schema_of(lake: Path, table: str) -> pa.Schema:
    """The columns of one table of a lake, as `read` gives them."""
    return _plain_schema(pq.read_schema(files_of(lake, table)[0]))


def schemas_of(lake: Path) -> dict[str, pa.Schema]:
    """The columns of every table of a lake, by its full name."""
    return {table: schema_of(lake, table) for table in tables_of(lake)}


def rows_of(lake: Path, table: str) -> int:
    """How many rows a table of a lake has, as its files say of themselves."""
    return sum(pq.read_metadata(path).num_rows for path in files_of(lake, table))


def write(lake: Path, tables: Mapping[str, pa.Table]) -> None:
    """Publish tables to a lake, each in place of the one of its name."""
    for name, table in tables.items():
        with publish(lake, name) as path:
            pq.write_table(table, path, compression="zstd")


def link(lake: Path, other: Path, tables: Collection[str]) -> None:
    """Let another lake have tables of a lake, without a copy where the disk can do without."""
    for table in tables:
        folder = folder_of(other, table)
        folder.mkdir(parents=True)
        for path in [*files_of(lake, table), *folder_of(lake, table).glob(SENT)]:
            try:
                os.link(path, folder / path.name)
            except OSError:  # as on many a network disk
                shutil.copyfile(path, folder / path.name)


def run_over(
    engine: Engine,
    steps: Sequence[Step],
    tables: Mapping[str, pa.Table],
    wanted: Collection[str] | None,
    scratch: Path | None = None,
    bucket: Bucket | None = None,
) -> dict[str, pa.Table]:
    """What an engine that knows lakes alone gives for tables in memory: by a lake that goes away again.

    scratch: the folder that the lake is made in, which the engine can read and write; the system's unless given.
    bucket: by which it is handed tables, where it can't.
    """
    with scratch_lake(scratch, bucket) as lake:
        write(lake, tables)
        engine.run_lake(steps, lake)
        return {step.name: read(lake, step.name) for step in steps if wanted is None or step.name in wanted}


@contextmanager
def publish(lake: Path, table: str) -> Iterator[Path]:
    """A path to write one file to; when it is written whole, it takes the place of the table's earlier files."""
    folder = folder_of(lake, table)
    folder.mkdir(parents=True, exist_ok=True)
    # Names that begin with a dot are read by no engine, so half a file is never seen.
    hidden = folder / ".part.parquet"
    yield hidden
    earlier = [path for path in _files(folder) if path.name != "part.parquet"]
    hidden.replace(folder / "part.parquet")
    (folder / SENT).unlink(missing_ok=True)
    for path in earlier:
        path.unlink()


@contextmanager
def publish_folder(lake: Path, table: str) -> Iterator[Path]:
    """A folder that is not there yet, to write files to; written whole, it takes the place of the table's earlier one.

    A process that is killed in between leaves the earlier files, the new ones or none, and never some of both.
    """
    folder = folder_of(lake, table)
    with hidden_folder(lake, table) as hidden, hidden_folder(lake, table) as gone:
        yield hidden
        if folder.exists():
            folder.rename(gone)
        hidden.rename(folder)


@contextmanager
def hidden_folder(lake: Path, table: str) -> Iterator[Path]:
    """A folder beside the table's that is not there yet and that nobody reads; it goes with the block."""
    folder = folder_of(lake, table)
    folder.parent.mkdir(parents=True, exist_ok=True)
    hidden = folder.parent / f".{folder.name}-{uuid4().hex[:8]}"
    try:
        yield hidden
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    """A schema less what depends on the engine that wrote it."""
    return pa.schema([pa.field(field.name, _plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    """A type less what depends on the engine that wrote it: the unit of times, the name of a list's elements."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us")
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(each.name, _plain(each.type)) for each in kind])
    return pa.string() if pa.types.is_large_string(kind) else kind


def folder_of(lake: Path, table: str) -> Path:
    """Where the files of a table are."""
    layer, _, name = table.partition(".")
    return lake / layer / name


def _files(folder: Path) -> list[Path]:
    """The data files of a folder: other engines leave files without ending, and helpers that begin with `.` or `_`."""
    return sorted(path for path in folder.glob("*") if path.is_file() and not is_hidden(path))


def is_hidden(path: Path) -> bool:
    """Whether no engine reads a file or folder of a lake."""
    return path.name[0] in "._"

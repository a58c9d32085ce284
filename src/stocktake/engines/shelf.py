"""The files of publications: `<shape>/published_run=<id>/part.parquet` in a folder, or in a bucket."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.fs as pafs
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket

RUN = "published_run"
"""The column that tells runs apart; no table has it of its own."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where they are. at: a folder of this machine, or a place in a store."""

    at: Path | Bucket

    def write(self, shape: str, run_id: str, table: pa.Table) -> None:
        """A run's rows as one file, whole or not at all."""
        with self._opened() as (there, base):
            folder = f"{base}/{shape}/{RUN}={run_id}"
            there.create_dir(folder)
            pq.write_table(table, f"{folder}/.part.parquet", compression="zstd", filesystem=there)
            there.move(f"{folder}/.part.parquet", f"{folder}/part.parquet")

    def shapes(self) -> list[str]:
        """The names of all that has files there, in order."""
        with self._opened() as (there, base):
            return _names(there, base)

    def keep(self, shape: str, runs: Collection[str]) -> None:
        """Take away the files of all runs of a shape but some; what is no run's is left alone."""
        with self._opened() as (there, base):
            for name in _names(there, f"{base}/{shape}"):
                column, _, run_id = name.partition("=")
                if column == RUN and run_id not in runs:
                    there.delete_dir(f"{base}/{shape}/{name}")

    @contextmanager
    def _opened(self) -> Iterator[tuple[pafs.FileSystem, str]]:
        """The file system, and what it calls the place."""
        if isinstance(self.at, Path):
            yield pafs.LocalFileSystem(), str(self.at)
        else:
            with self.at.opened() as there:
                yield there, self.at.path


def _names(there: pafs.FileSystem, path: str) -> list[str]:
    """The names of the folders below a path, in order; none where it is not there."""
    found = there.get_file_info(pafs.FileSelector(path, allow_not_found=True))
    return sorted(each.base_name for each in found if not each.is_file)

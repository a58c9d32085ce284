"""The lake holds one folder of Parquet files per table; half a file is never seen."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stocktake.engines import lake as lakes
from stocktake.errors import EngineError

ROWS = pa.table({"id": ["a", "b"]})


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """A table's full name is its folder."""
    lakes.write(tmp_path, {"graph.owner": ROWS})

    assert lakes.read(tmp_path, "graph.owner").equals(ROWS)
    assert lakes.tables_of(tmp_path) == ["graph.owner"]


def test_a_table_is_replaced_whole(tmp_path: Path) -> None:
    """Files that another engine left under other names go too."""
    folder = tmp_path / "graph/owner"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"id": ["old"]}), folder / "20261123_000000_00001_abcde")

    lakes.write(tmp_path, {"graph.owner": ROWS})

    assert lakes.read(tmp_path, "graph.owner").equals(ROWS)


def test_helpers_of_other_engines_are_no_data(tmp_path: Path) -> None:
    """Presto leaves checksums that begin with a dot, Spark a `_SUCCESS`; data may have no ending."""
    folder = tmp_path / "standard/models"
    folder.mkdir(parents=True)
    pq.write_table(ROWS, folder / "20261123_000000_00001_abcde")
    (folder / ".20261123_000000_00001_abcde.crc").write_bytes(b"crc")
    (folder / "_SUCCESS").write_bytes(b"")

    assert lakes.read(tmp_path, "standard.models").equals(ROWS)


def test_half_a_file_leaves_the_earlier_one(tmp_path: Path) -> None:
    """A step that fails while it writes publishes nothing."""
    lakes.write(tmp_path, {"graph.owner": ROWS})

    with pytest.raises(TypeError), lakes.publish(tmp_path, "graph.owner") as path:
        path.write_bytes(None)  # type: ignore[arg-type]

    assert lakes.read(tmp_path, "graph.owner").equals(ROWS)


def test_a_missing_table_is_told_with_what_there_is(tmp_path: Path) -> None:
    """The remedy lists the tables of the lake."""
    lakes.write(tmp_path, {"graph.owner": ROWS})

    with pytest.raises(EngineError, match=r"use one of: graph\.owner"):
        lakes.read(tmp_path, "graph.ownr")

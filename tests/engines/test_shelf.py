"""The files of publications, on a disk."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from stocktake.engines.shelf import Shelf


def test_what_is_no_run_that_was_published_is_left_alone(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for run_id in ("first", "second"):
        shelf.write("models", run_id, pa.table({"id": [run_id]}))
    (tmp_path / "models" / "notes").mkdir()

    shelf.keep("models", ["second"])

    assert shelf.shapes() == ["models"]
    assert sorted(path.name for path in (tmp_path / "models").iterdir()) == ["notes", "published_run=second"]

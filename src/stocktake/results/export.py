"""Exporting a table as CSV, JSON or Parquet, and a node of the wide table of models as a table of its own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any

from stocktake.errors import ResultsError

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 20_000


def export(table: pa.Table, kind: str, sink: IO[bytes]) -> None:
    """Write a table to a stream as one of FORMATS. Raises ResultsError for another.

    Times are ISO 8601 in UTC with Z; unknown is empty in CSV and null in JSON; a list is JSON also in CSV.
    """
    if kind not in FORMATS:
        raise ResultsError("export", f"unknown format {kind}", f"use one of: {', '.join(FORMATS)}")
    FORMATS[kind](table, sink)


def node_table(models: pa.Table, node: str) -> pa.Table:
    """One node of the wide table of models: model_id, model_by, is_live, and the node's columns under plain names.

    Raises ResultsError, naming the nodes that there are, for another.
    """
    prefix = f"{node}__"
    own = [name for name in models.column_names if name.startswith(prefix)]
    if not own:
        nodes = dict.fromkeys(name.partition("__")[0] for name in models.column_names if "__" in name)
        raise ResultsError("export", f"there is no node {node}", f"use one of: {', '.join(nodes)}")
    kept = [name for name in models.column_names if "__" not in name and name != "model_no"]
    return models.select([*kept, *own]).rename_columns([*kept, *(name.removeprefix(prefix) for name in own)])


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    """The rows as Python values that JSON knows, a batch at a time."""
    for batch in table.to_batches(max_chunksize=BATCH):
        for row in batch.to_pylist():
            yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return f"{moment.isoformat()}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    return value


def _csv(table: pa.Table, sink: IO[bytes]) -> None:
    text = io.TextIOWrapper(sink, "utf-8", newline="", write_through=True)
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.column_names)
    for row in _rows(table):
        writer.writerow(_cell(value) for value in row.values())
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    """A value in CSV: lists as JSON, flags as true and false."""
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (list, dict, bool)) else value


def _json(table: pa.Table, sink: IO[bytes]) -> None:
    sink.write(b"[")
    for number, row in enumerate(_rows(table)):
        sink.write(b",\n " if number else b"\n ")
        sink.write(json.dumps(row, ensure_ascii=False, allow_nan=False).encode())
    sink.write(b"\n]\n")


def _parquet(table: pa.Table, sink: IO[bytes]) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, sink, compression="zstd")


FORMATS: dict[str, Callable[[pa.Table, IO[bytes]], None]] = {"csv": _csv, "json": _json, "parquet": _parquet}
"""How a table can be exported."""

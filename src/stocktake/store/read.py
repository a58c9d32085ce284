"""Reading the log in columns: batches of rows, straight from the driver into Arrow.

Not by ADBC, though it is thrice as fast: its own copy of SQLite in this process would, by closing the file, drop the
locks that the writer holds on it (sqlite.org/howtocorrupt.html, 2.2).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stocktake.store.database import Database
from stocktake.store.line import Appended, Lines

BATCH_ROWS = 50_000
BATCH_BYTES = 256 * 2**20
STEP = 5_000
_RECORD_FIELDS: list[tuple[str, pa.DataType]] = [
    ("seq", pa.int64()),
    ("pull_id", pa.int64()),
    ("source", pa.string()),
    ("label", pa.string()),
    ("key", pa.string()),
    ("observed_at", pa.int64()),
    ("body_id", pa.int64()),
    ("op", pa.int32()),
]
_PULL_FIELDS: list[tuple[str, pa.DataType]] = [
    ("id", pa.int64()),
    ("source", pa.string()),
    ("scope", pa.string()),
    ("labels", pa.list_(pa.string())),
    ("from_at", pa.timestamp("us")),
    ("to_at", pa.timestamp("us")),
    ("complete", pa.bool_()),
    ("base_id", pa.int64()),
    ("part_of", pa.int64()),
    ("problems", pa.string()),
    ("lines", pa.int64()),
]
RECORDS = pa.schema(_RECORD_FIELDS)
LINES = RECORDS.set(5, pa.field("observed_at", pa.timestamp("us"))).append(pa.field("body", pa.string()))
BODIES = pa.schema([LINES.field("seq"), LINES.field("body")])
PULLS = pa.schema(_PULL_FIELDS)
RECORD_COLUMNS = """record.seq, record.pull_id, record.source_id, record.label_id, record.key, record.observed_at,
    record.body_id, record.op"""
PULL_COLUMNS = ", ".join("source_id" if name == "source" else name for name in PULLS.names)


class Reader:
    """Columnar reads of a store. names: gives the names of sources (or labels) by id."""

    def __init__(self, database: Database, names: Callable[[str], dict[int, str]]) -> None:
        self.database = database
        self.names = names

    def records(self, condition: str) -> pa.Table:
        """Records in the order of seq, columns of RECORDS."""
        sql = f"SELECT {RECORD_COLUMNS} FROM record WHERE {condition} ORDER BY record.seq"
        return pa.Table.from_batches(list(self._named(sql, RECORDS)), RECORDS)

    def lines(self, condition: str, batch: int) -> Iterator[pa.Table]:
        """Records with their bodies, columns of LINES; body NULL where it vanished or was purged."""
        sql = f"""SELECT {RECORD_COLUMNS}, body.body FROM record LEFT JOIN body ON body.id = record.body_id
            WHERE {condition} ORDER BY record.seq"""
        for each in self._named(sql, LINES, batch):
            yield pa.Table.from_batches([each])

    def bodies(self, condition: str) -> Iterator[pa.RecordBatch]:
        """Bodies of records, columns of BODIES; those that vanished or were purged are left out."""
        sql = f"""SELECT record.seq, body.body FROM record JOIN body ON body.id = record.body_id
            WHERE body.body IS NOT NULL AND {condition} ORDER BY record.seq"""
        for columns in self.columns(sql):
            yield _batch(BODIES, columns)

    def pulls(self, condition: str) -> pa.Table:
        """Entries of pulls in the order of id, columns of PULLS."""
        sources = self.names("source")
        batches = []
        for columns in self.columns(f"SELECT {PULL_COLUMNS} FROM pull WHERE {condition} ORDER BY id"):
            told = list(columns)
            told[1] = [sources[number] for number in columns[1]]
            told[3] = [msgspec.json.decode(text) for text in columns[3]]
            told[6] = [bool(each) for each in columns[6]]
            batches.append(_batch(PULLS, told))
        return pa.Table.from_batches(batches, PULLS)

    def columns(self, sql: str, batch: int = BATCH_ROWS) -> Iterator[list[Sequence[Any]]]:
        """The rows of a SELECT as one tuple per column; so many at a time, fewer where they are large."""
        for rows in _batches(self.database.fetch(sql, min(batch, STEP)), batch):
            yield list(zip(*rows, strict=True))

    def named(self, table: str, numbers: Sequence[int]) -> pa.Array[Any]:
        """The names of sources or labels by their numbers."""
        names = self.names(table)
        listed = [names.get(number) for number in range(max(names) + 1)]
        return pc.take(pa.array(listed, pa.string()), pa.array(numbers, pa.int64()))

    def _named(self, sql: str, schema: pa.Schema, batch: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Batches whose ids of sources and labels are replaced by their names."""
        for columns in self.columns(sql, batch):
            told: list[Any] = list(columns)
            for place, table in ((2, "source"), (3, "label")):
                told[place] = self.named(table, columns[place])
            yield _batch(schema, told)


def lines_table(source: str, lines: Lines, appended: Appended) -> pa.Table:
    """What `Reader.lines` gives of an append, without asking the store; each line has its body or vanished."""
    count = len(lines)
    seqs = pa.array(range(appended.first_seq, appended.first_seq + count), pa.int64())
    pull_ids, sources = pa.repeat(pa.scalar(appended.pull_id, pa.int64()), count), pa.repeat(source, count)
    told = (lines.labels, lines.keys, lines.observed_at, appended.body_ids, lines.ops, lines.bodies)
    return pa.Table.from_batches([_batch(LINES, [seqs, pull_ids, sources, *told])])


def _batch(schema: pa.Schema, columns: Sequence[Any]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [_array(field, column) for field, column in zip(schema, columns, strict=True)], schema=schema
    )


def _array(field: pa.Field[Any], column: Any) -> Any:
    if isinstance(column, pa.Array):
        return column
    return _texts(column) if field.name == "body" else pa.array(column, field.type)


def _texts(bodies: Sequence[bytes | None]) -> pa.Array[Any]:
    """UTF-8 bytes as a column of texts, in one copy: value by value takes as long as the rest of a read."""
    offsets = np.zeros(len(bodies) + 1, dtype=np.int32)
    np.cumsum([0 if body is None else len(body) for body in bodies], out=offsets[1:])
    is_there = pa.array([body is not None for body in bodies], pa.bool_()).buffers()[1]
    data = b"".join(body for body in bodies if body is not None)
    return pa.Array.from_buffers(
        pa.string(), len(bodies), [is_there, pa.py_buffer(offsets.tobytes()), pa.py_buffer(data)]
    )


def _batches(fetched: Iterator[list[tuple[Any, ...]]], batch: int) -> Iterator[list[tuple[Any, ...]]]:
    """Rows so many at a time, or when their last column, the body, comes to BATCH_BYTES."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    for some in fetched:
        rows += some
        size += sum(len(row[-1]) for row in some if isinstance(row[-1], bytes))
        if len(rows) >= batch or size >= BATCH_BYTES:
            yield rows[:batch]
            rows = rows[batch:]
            size = sum(len(row[-1]) for row in rows if isinstance(row[-1], bytes))
    if rows:
        yield rows

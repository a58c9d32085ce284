"""The chain of deltas that a complete pull rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from stocktake.nouns import to_micros
from stocktake.store.append import short_hashes
from stocktake.store.read import Reader

_FIELDS: list[tuple[str, pa.DataType]] = [
    ("label", pa.string()),
    ("key", pa.string()),
    ("observed_at", pa.int64()),
    ("body_id", pa.int64()),
    ("op", pa.int32()),
    ("hash", pa.int64()),
    ("is_state", pa.bool_()),
]
LINES = pa.schema(_FIELDS)


@dataclass(frozen=True, slots=True)
class Chain:
    """The lines of a complete pull and of all that it is a delta to, oldest first.

    pull_id, to_at (µs): of that pull. lines: label, key, observed_at, body_id, op, hash (64 bits of the body's sha256),
    is_state (read at its pull's time; an event has a time of its own).
    """

    pull_id: int
    to_at: int
    lines: pa.Table


def read_chain(reader: Reader, source: str, scope: str) -> Chain | None:
    """The chain that ends in the latest complete pull of a source and scope."""
    source_id = next((number for number, name in reader.names("source").items() if name == source), None)
    if source_id is None:
        return None
    pulls = reader.pulls(f"source_id = {source_id}").to_pylist()
    complete = {each["id"]: each for each in pulls if each["complete"] and each["scope"] == scope}
    if not complete:
        return None
    last = max(complete)
    wanted = set()
    following: int | None = last
    while following in complete:
        each = complete[following]
        wanted.add(each["part_of"] or each["id"])
        following = each["base_id"]
    parts = [each["id"] for each in pulls if each["lines"] and (each["part_of"] or each["id"]) in wanted]
    batches = list(_lines(reader, parts)) if parts else []
    to_at = to_micros(complete[last]["to_at"])
    return Chain(last, to_at, pa.Table.from_batches(batches, LINES))


def _lines(reader: Reader, parts: list[int]) -> Iterator[pa.RecordBatch]:
    """The lines of some pulls, in order: of each, those numbered right before it."""
    sql = f"""SELECT record.label_id, record.key, record.observed_at, record.body_id, record.op, body.sha256, pull.to_at
        FROM pull JOIN record ON record.seq BETWEEN pull.id - pull.lines AND pull.id - 1
        LEFT JOIN body ON body.id = record.body_id
        WHERE pull.id IN ({", ".join(map(str, parts))}) ORDER BY record.seq"""
    for columns in reader.columns(sql):
        labels = reader.named("label", columns[0])
        shorts = iter(short_hashes([sha256 for sha256 in columns[5] if sha256 is not None]))
        hashes = [None if sha256 is None else next(shorts) for sha256 in columns[5]]
        told = [*columns[1:5], hashes]
        numbers = [pa.array(column, field.type) for column, field in zip(told, list(LINES)[1:6], strict=True)]
        is_state = pc.equal(numbers[1], pa.array(columns[6], pa.int64()))
        yield pa.RecordBatch.from_arrays([labels, *numbers, is_state], schema=LINES)

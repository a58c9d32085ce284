"""The rows of two tables held against each other: added, removed, changed, by what identifies a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine, Step
from stocktake.nouns import in_utc

if TYPE_CHECKING:
    import pyarrow as pa

SIDES = ("was", "now")
Row = dict[str, Any]
Tables = Mapping[str, "pa.Table"]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two tables of one name, and how their rows are paired.

    schemas: of each side, none where it has no such table. key: columns. is_unique: whether the key tells rows apart.
    """

    name: str
    schemas: Mapping[str, pa.Schema]
    key: tuple[str, ...]
    is_unique: bool

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of either side, the changed project's first."""
        return tuple(dict.fromkeys(name for side in reversed(SIDES) for name in self.schemas[side].names))

    def table(self, side: str) -> str:
        """The full name of one of the two."""
        return f"standard.{side}_{self.name}"


def compare_rows(was: Tables, now: Tables, engine: Engine, *, in_full: bool = False) -> dict[str, Row]:
    """For each table that differs: `key` (columns), how many rows are `added`, `removed`, `changed`, and those `rows`.

    A row has its key, and `was` and `now` (column → value): None where there is none, else what differs, or all if
    `in_full`. A table that only one side has is empty on the other. Rows are paired by as many of a table's first
    columns as tell them apart; numbers are compared to 9 places.
    """
    pairs = [_pair(name, {"was": was.get(name), "now": now.get(name)}) for name in sorted({*was, *now})]
    sides = {"was": was, "now": now}
    given = {pair.table(side): sides[side][pair.name] for pair in pairs for side in SIDES if pair.name in sides[side]}
    results = engine.run_tables([Step(f"standard.rows_{pair.name}", _sql(pair)) for pair in pairs], given)
    told = {
        pair.name: _told(pair, results[f"standard.rows_{pair.name}"].to_pylist(), in_full=in_full) for pair in pairs
    }
    return {name: each for name, each in told.items() if each["rows"]}


def _pair(name: str, tables: Mapping[str, pa.Table | None]) -> Pair:
    import pyarrow as pa

    there = [table for table in tables.values() if table is not None]
    schemas = {side: pa.schema([]) if table is None else table.schema for side, table in tables.items()}
    shared = [field.name for field in there[-1].schema if all(field.name in table.column_names for table in there)]
    plain = [name for name in shared if not pa.types.is_nested(there[-1].schema.field(name).type)]
    for count in range(1, len(plain) + 1):
        key = plain[:count]
        if all(table.group_by(key).aggregate([]).num_rows == table.num_rows for table in there):
            return Pair(name, schemas, tuple(key), is_unique=True)
    return Pair(name, schemas, tuple(shared), is_unique=False)


def _sql(pair: Pair) -> str:
    """The rows that differ: whether each side has it, and `<side>_<place>` of every column."""
    told = [f"{side}.{side}_{place}" for side in SIDES for place in range(len(pair.columns))]
    on = [f"was.was_{place} IS NOT DISTINCT FROM now.now_{place}" for place in map(pair.columns.index, pair.key)]
    on += [] if pair.is_unique else ["was.copy = now.copy"]
    differs = [f"was.was_{place} IS DISTINCT FROM now.now_{place}" for place in range(len(pair.columns))]
    return (
        f"SELECT was.is_there AS is_was, now.is_there AS is_now, {', '.join(told)}\n"
        f"FROM ({_side_sql(pair, 'was')}) AS was FULL JOIN ({_side_sql(pair, 'now')}) AS now ON {' AND '.join(on)}\n"
        f"WHERE was.is_there IS NULL OR now.is_there IS NULL OR {' OR '.join(differs)}"
    )


def _side_sql(pair: Pair, side: str) -> str:
    """One side's rows under columns by their places; equal keys are told apart by a number."""
    if not pair.schemas[side].names:
        told = [f"{_value(pair, each, side)} AS {side}_{place}" for place, each in enumerate(pair.columns)]
        return f"SELECT TRUE AS is_there, 1 AS copy, {', '.join(told)} WHERE FALSE"
    told = [f"{_value(pair, each, side)} AS {side}_{place}" for place, each in enumerate(pair.columns)]
    by = f"PARTITION BY {', '.join(map(_quoted, pair.key))}" if pair.key else ""
    copy = "1" if pair.is_unique else f"ROW_NUMBER() OVER ({by})"
    return f"SELECT TRUE AS is_there, {copy} AS copy, {', '.join(told)} FROM {pair.table(side)}"


def _value(pair: Pair, column: str, side: str) -> str:
    """A column of one side, NULL where it has none; as text where the two sides have it in different types."""
    import pyarrow as pa

    types = {each: schema.field(column).type for each, schema in pair.schemas.items() if column in schema.names}
    if side not in types:
        return "NULL"
    if len(set(types.values())) > 1:
        return f"CAST({_quoted(column)} AS VARCHAR)"
    return f"ROUND({_quoted(column)}, 9)" if pa.types.is_floating(types[side]) else _quoted(column)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _told(pair: Pair, rows: Sequence[Row], *, in_full: bool) -> Row:
    """The rows of one table that differ, with how many of them came, went and changed."""
    told = sorted((_row(pair, row, in_full=in_full) for row in rows), key=lambda row: str(list(row["key"].values())))
    counts = {
        "added": sum(row["was"] is None for row in told),
        "removed": sum(row["now"] is None for row in told),
    }
    return {"key": list(pair.key), **counts, "changed": len(told) - sum(counts.values()), "rows": told}


def _row(pair: Pair, row: Row, *, in_full: bool) -> Row:
    """One row by its key: what it was and is, in full where it came or went, else only where it differs."""
    sides = {
        side: {name: in_utc(row[f"{side}_{place}"]) for place, name in enumerate(pair.columns)}
        if row[f"is_{side}"]
        else None
        for side in SIDES
    }
    was, now = sides["was"], sides["now"]
    named = now or was or {}
    kept = [name for name in pair.columns if in_full or was is None or now is None or was[name] != now[name]]
    ends = {side: told and {name: told[name] for name in kept if name not in pair.key} for side, told in sides.items()}
    return {"key": {name: named[name] for name in pair.key}, **ends}

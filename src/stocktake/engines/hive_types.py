"""The columns of the lake as PrestoDB and Trino declare them."""

from __future__ import annotations

import pyarrow as pa

from stocktake.errors import EngineError

PLAIN: dict[pa.DataType, str] = {
    pa.string(): "VARCHAR",
    pa.large_string(): "VARCHAR",
    pa.bool_(): "BOOLEAN",
    pa.int8(): "TINYINT",
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.uint64(): "BIGINT",  # DuckDB's type of what CARDINALITY counts
    pa.float32(): "REAL",
    pa.float64(): "DOUBLE",
    pa.date32(): "DATE",
    pa.binary(): "VARBINARY",
}


def columns_of(schema: pa.Schema, times: str) -> str:
    """The columns of a CREATE TABLE. times: the server's type of a time."""
    return ", ".join(f"{quoted(field.name)} {column_type(field.type, times)}" for field in schema)


def cast_columns(schema: pa.Schema, times: str) -> str:
    """The columns of a SELECT, each with its type."""
    return ", ".join(
        f"CAST({quoted(field.name)} AS {column_type(field.type, times)}) AS {quoted(field.name)}" for field in schema
    )


def column_type(kind: pa.DataType, times: str) -> str:
    """The SQL type of a type of the lake. Raises EngineError for one that no lake should have."""
    if kind in PLAIN:
        return PLAIN[kind]
    if pa.types.is_timestamp(kind):
        return times
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision}, {kind.scale})"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return f"ARRAY({column_type(kind.value_type, times)})"
    if pa.types.is_struct(kind):
        return f"ROW({columns_of(pa.schema(list(kind)), times)})"
    if pa.types.is_map(kind):
        return f"MAP({column_type(kind.key_type, times)}, {column_type(kind.item_type, times)})"
    raise EngineError("lake", f"a column of type {kind} is none that all engines read", "CAST it to a type of the lake")


def quoted(name: str) -> str:
    """A name as SQL takes it literally."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL takes it literally."""
    return "'" + value.replace("'", "''") + "'"

"""The columns of claims, as they stand in segments: they follow from the schema."""

from __future__ import annotations

from stocktake.schema.spec import SQL_TYPES, KindSpec, Schema

CLAIM_COLUMNS = {
    "seq": "BIGINT",
    "claim_id": "UUID",
    "key_id": "UUID",
    "source": "VARCHAR",
    "label": "VARCHAR",
    "part": "VARCHAR",
    "kind": "VARCHAR",
    "default_kind": "VARCHAR",
    "passive": "BOOLEAN",
    "says": "VARCHAR",
    "observed_at": "TIMESTAMP",
    "rule": "VARCHAR",
    "flags": "VARCHAR[]",
}
IDENTIFIER_COLUMNS = {
    "seq": "BIGINT",
    "claim_id": "UUID",
    "kind": "VARCHAR",
    "namespace": "VARCHAR",
    "value": "VARCHAR",
    "iid": "UUID",
    "declared": "BOOLEAN",
}
HINT_COLUMNS = {"seq": "BIGINT", "claim_id": "UUID", "kind": "VARCHAR", "hint": "VARCHAR", "value": "VARCHAR"}
LINK_COLUMNS = {
    "seq": "BIGINT",
    "claim_id": "UUID",
    "key_id": "UUID",
    "kind": "VARCHAR",
    "edge": "VARCHAR",
    "namespace": "VARCHAR",
    "value": "VARCHAR",
    "to_iid": "UUID",
    "to_kind": "VARCHAR",
    "from_at": "TIMESTAMP",
    "until_at": "TIMESTAMP",
    "passive": "BOOLEAN",
    "rule": "VARCHAR",
}
LINE_COLUMNS = {
    "seq": "BIGINT",
    "pull_id": "BIGINT",
    "source": "VARCHAR",
    "label": "VARCHAR",
    "key": "VARCHAR",
    "key_id": "UUID",
    "observed_at": "TIMESTAMP",
    "body_id": "BIGINT",
    "op": "INTEGER",
    "says": "VARCHAR",
}


def kind_tables(schema: Schema) -> dict[str, dict[str, str]]:
    """Column types of each claim table: one per kind, `open` with the common fields, `none` without fields."""
    tables = {kind.name: {**CLAIM_COLUMNS, **field_columns(kind)} for kind in schema.kinds.values()}
    first = next(iter(schema.kinds.values()))
    common = [name for name in first.fields if all(name in kind.fields for kind in schema.kinds.values())]
    tables["open"] = {**CLAIM_COLUMNS, **{name: SQL_TYPES[first.fields[name].type] for name in common}}
    tables["none"] = dict(CLAIM_COLUMNS)
    return tables


def link_columns(schema: Schema) -> dict[str, str]:
    """Column types of `links`: its own and every link attribute of the schema."""
    return {**LINK_COLUMNS, **{name: SQL_TYPES[spec.type] for name, spec in sorted(schema.attributes().items())}}


def field_columns(kind: KindSpec) -> dict[str, str]:
    """Column types of a kind's fields."""
    return {name: SQL_TYPES[spec.type] for name, spec in kind.fields.items()}


def table_columns(schema: Schema) -> dict[str, dict[str, str]]:
    """The tables of a segment, each with its column types."""
    claims = {f"claims_{name}": columns for name, columns in kind_tables(schema).items()}
    return {
        **claims,
        "identifiers": IDENTIFIER_COLUMNS,
        "hints": HINT_COLUMNS,
        "links": link_columns(schema),
        "lines": LINE_COLUMNS,
    }

"""Comparing a snapshot with the oracle, and with another snapshot, table by table."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyarrow as pa
from tests.graph.oracle_identity import KINDS
from tests.graph.toy import COMMON, EDGES, FIELDS

Tables = dict[str, list[dict[str, Any]]]
TABLES = {
    "ghost": ("id", "kind", "namespace", "value"),
    "retired": ("id", "kind", "name", "retired_at"),
    "conflict": ("id", "kind", "field", "value_count"),
    "stale_value": ("id", "kind", "field", "source"),
    "artifact_source": ("id", "kind", "source", "is_fresh"),
    "crowded_identifier": ("namespace", "value", "claims"),
    "base_closure": ("from_id", "to_id", "depth"),
    "member_closure": ("from_id", "to_id", "depth"),
    "source": ("source", "is_stale"),
}


def columns() -> dict[str, tuple[str, ...]]:
    """The tables and columns that the oracle knows."""
    known = dict(TABLES)
    for kind in KINDS:
        if kind in FIELDS:
            live = ("is_live",) if kind == "model_deployment" else ()
            known[kind] = ("id", *COMMON, *FIELDS[kind], "flags", "sources", *live)
            known[f"{kind}_owned_by"] = ("from_id", "owner_id", "owner_name", "to_is")
        for edge in EDGES.get(kind, ()):
            attributes = {"serves": ("share", "role", "slot"), "datasets": ("digest", "version", "role")}.get(edge, ())
            known[f"{kind}_{edge}"] = (
                "from_id",
                "to_id",
                "to_kind",
                "to_is",
                *attributes,
                "from_at",
                "until_at",
                "sources",
            )
    return known


def plain(tables: dict[str, Any]) -> dict[str, list[Any]]:
    """The rows of the known tables, ordered, as comparable values."""
    found = {}
    for name, names in columns().items():
        told = tables.get(name, [])
        rows = told.to_pylist() if isinstance(told, pa.Table) else told
        found[name] = sorted({tuple((n, _plain(row.get(n))) for n in names) for row in rows}, key=repr)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat()
    return value


def differences(actual: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    """What one has and the other has not, in words."""
    left, right = plain(actual), plain(expected)
    found = []
    for name in left:
        for sign, one, other in (("unexpected", left, right), ("missing", right, left)):
            found += [f"{sign} {name}: {dict(row)}" for row in one[name] if row not in set(other[name])]
    return found

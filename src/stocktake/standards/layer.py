"""What SQL may read of a snapshot: the tables of the layer `graph` with their columns and types."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from stocktake.schema import KindSpec, Schema
from stocktake.schema.spec import ARROW_TYPES, SQL_TYPES

TEXT = pa.string()
TEXTS = pa.list_(pa.string())
COUNT = pa.int64()
FLAG = pa.bool_()
TIME = pa.timestamp("us")

BESIDE: Mapping[str, Mapping[str, pa.DataType]] = {
    "graph.ghost": {"id": TEXT, "kind": TEXT, "namespace": TEXT, "value": TEXT},
    "graph.retired": {"id": TEXT, "kind": TEXT, "name": TEXT, "retired_at": TIME},
    "graph.suggestion": {"left_id": TEXT, "right_id": TEXT, "kind": TEXT, "rule": TEXT, "evidence": TEXT},
    "graph.conflict": {"id": TEXT, "kind": TEXT, "field": TEXT, "value_count": COUNT},
    "graph.stale_value": {"id": TEXT, "kind": TEXT, "field": TEXT, "source": TEXT},
    "graph.artifact_source": {"id": TEXT, "kind": TEXT, "source": TEXT, "is_fresh": FLAG},
    "graph.unmapped": {"source": TEXT, "label": TEXT, "records": COUNT},
    "graph.label_count": {
        "source": TEXT,
        "label": TEXT,
        "records": COUNT,
        "mapped": COUNT,
        "is_unknown": FLAG,
        "erased": COUNT,
    },
    "graph.source": {"source": TEXT, "connector": TEXT, "is_stale": FLAG, "last_complete_at": TIME, "records": COUNT},
    "graph.base_closure": {"from_id": TEXT, "to_id": TEXT, "depth": COUNT},
    "graph.member_closure": {"from_id": TEXT, "to_id": TEXT, "depth": COUNT},
    "graph.crowded_identifier": {"namespace": TEXT, "value": TEXT, "claims": COUNT},
    "standard.run": {"as_of": TIME, "known_at": COUNT},
}
"""The tables that every snapshot has, whatever kinds a project declares."""


def layer_types(layer: Mapping[str, pa.Schema]) -> dict[str, dict[str, str]]:
    """Table -> column -> SQL type, of the graph's tables by their bare names. layer: as `layer_schemas` gives it."""
    kinds = {ARROW_TYPES[name]: SQL_TYPES[name] for name in ARROW_TYPES}
    return {
        name.removeprefix("graph."): {field.name: kinds[field.type] for field in schema}
        for name, schema in layer.items()
        if name.startswith("graph.")
    }


def layer_schemas(schema: Schema) -> dict[str, pa.Schema]:
    """The Arrow schema of every table that SQL may read of a snapshot, by its full name.

    One per kind (`graph.model_binary`), edge (`graph.model_binary_family`) and owners of a kind
    (`graph.model_binary_owned_by`), those beside them, and `standard.run`, which holds the moment that is looked at.
    """
    tables = {name: pa.schema(list(columns.items())) for name, columns in BESIDE.items()}
    for kind in schema.kinds.values():
        tables[f"graph.{kind.name}"] = _kind_table(kind)
        tables[f"graph.{kind.name}_owned_by"] = pa.schema(
            [("from_id", TEXT), ("owner_id", TEXT), ("owner_name", TEXT), ("to_is", TEXT)]
        )
        for edge in kind.edges.values():
            told = [(each.name, ARROW_TYPES[each.type]) for each in edge.attributes]
            ends = [("from_id", TEXT), ("to_id", TEXT), ("to_kind", TEXT), ("to_is", TEXT)]
            during = [("from_at", TIME), ("until_at", TIME), ("flags", TEXTS), ("sources", TEXTS)]
            tables[f"graph.{kind.name}_{edge.name}"] = pa.schema([*ends, *told, *during])
    return tables


def _kind_table(kind: KindSpec) -> pa.Schema:
    """The columns of one kind: id, its fields as declared, flags, sources, and of a deployment whether it is live."""
    fields = [(field.name, ARROW_TYPES[field.type]) for field in kind.fields.values()]
    live = [("is_live", FLAG)] if kind.name == "model_deployment" else []
    return pa.schema([("id", TEXT), *fields, ("flags", TEXTS), ("sources", TEXTS), *live])

"""The words for declaring kinds, and what follows from a declaration."""

from stocktake.schema.declare import Edge, Kind, attribute, edge, field
from stocktake.schema.load import load_schema
from stocktake.schema.spec import AttributeSpec, EdgeSpec, FieldSpec, KindSpec, Schema

__all__ = [
    "AttributeSpec",
    "Edge",
    "EdgeSpec",
    "FieldSpec",
    "Kind",
    "KindSpec",
    "Schema",
    "attribute",
    "edge",
    "field",
    "load_schema",
]

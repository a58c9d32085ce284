"""The words for declaring kinds, and what follows from a declaration."""

from stocktake.schema.declare import Kind, attribute, class_name, edge, field
from stocktake.schema.edge import Edge, EdgeOf
from stocktake.schema.load import load_schema
from stocktake.schema.spec import AttributeSpec, EdgeSpec, FieldSpec, KindSpec, Schema

__all__ = [
    "AttributeSpec",
    "Edge",
    "EdgeOf",
    "EdgeSpec",
    "FieldSpec",
    "Kind",
    "KindSpec",
    "Schema",
    "attribute",
    "class_name",
    "edge",
    "field",
    "load_schema",
]

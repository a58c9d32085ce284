"""What a declaration says, as plain values that the stages read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Literal

import msgspec
import pyarrow as pa

FieldType = Literal["text", "integer", "number", "flag", "time", "texts"]
Merge = Literal["latest", "min", "max"]

ARROW_TYPES: dict[str, pa.DataType] = {
    "text": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "flag": pa.bool_(),
    "time": pa.timestamp("us"),
    "texts": pa.list_(pa.string()),
}
SQL_TYPES: dict[str, str] = {
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
    "time": "TIMESTAMP",
    "texts": "VARCHAR[]",
}


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a kind.

    lasting: a value never goes stale (a finished run's times). momentary: says nothing of the past (traffic, alias).
    unique: two different values on one artifact are an identity conflict. merge: how values of several claims meet.
    values: the words allowed, best known first; empty means any.
    """

    name: str
    type: FieldType
    says: str
    unit: str | None = None
    lasting: bool = False
    momentary: bool = False
    unique: bool = False
    merge: Merge = "latest"
    values: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class AttributeSpec:
    """One attribute of a link, such as its traffic share."""

    name: str
    type: FieldType
    says: str
    momentary: bool = False


@dataclass(frozen=True, slots=True)
class EdgeSpec:
    """One relation that points upstream: `to` lists the kinds it may reach, `("*",)` means any."""

    name: str
    to: tuple[str, ...]
    says: str
    many: bool = True
    attributes: tuple[AttributeSpec, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class KindSpec:
    """One kind of artifact: its fields and edges in declared order."""

    name: str
    says: str
    order: int
    fields: dict[str, FieldSpec]
    edges: dict[str, EdgeSpec]
    where: str = ""


@dataclass(frozen=True, slots=True)
class Schema:
    """All kinds of a project, in schema order."""

    kinds: dict[str, KindSpec]

    @property
    def digest(self) -> str:
        """A short hash that changes when any kind, field, edge or attribute does (line numbers left out)."""
        told = msgspec.json.encode(
            [
                (
                    kind.name,
                    kind.order,
                    [
                        (f.name, f.type, f.lasting, f.momentary, f.unique, f.merge, f.values)
                        for f in kind.fields.values()
                    ],
                    [
                        (e.name, e.to, e.many, [(a.name, a.type, a.momentary) for a in e.attributes])
                        for e in kind.edges.values()
                    ],
                )
                for kind in self.kinds.values()
            ]
        )
        return hashlib.sha256(told).hexdigest()[:12]

    def targets(self, edge: EdgeSpec) -> tuple[str, ...]:
        """The kinds an edge may reach, in schema order."""
        return tuple(self.kinds) if edge.to == ("*",) else tuple(name for name in self.kinds if name in edge.to)

    def attributes(self) -> dict[str, AttributeSpec]:
        """Every link attribute of every edge, by name."""
        return {a.name: a for kind in self.kinds.values() for e in kind.edges.values() for a in e.attributes}

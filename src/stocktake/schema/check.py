"""What makes a declaration of a kind, field, edge or attribute wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import get_args

from stocktake.errors import Problem
from stocktake.schema.columns import CLAIM_COLUMNS, LINK_COLUMNS
from stocktake.schema.spec import AttributeSpec, EdgeSpec, FieldSpec, FieldType, KindSpec, Merge

NAME = re.compile(r"[a-z][a-z0-9_]*")
# Columns that every table of the snapshot has beside the fields, or that claims and links are kept with.
RESERVED_FIELDS = {"id", "is_live", "from_id", "to_id", "sources", "told_by", "key", *CLAIM_COLUMNS}
RESERVED_EDGES = {"owned_by", "carries", "id", "flags", "told_by", "is_live", "order"}
RESERVED_ATTRIBUTES = {"from_id", "to_id", "to_is", "flags", *LINK_COLUMNS}
# Tables of the snapshot that are no kind.
RESERVED_KINDS = {
    *("artifact_source", "base_closure", "conflict", "ghost", "label_count", "member_closure"),
    *("none", "open", "retired", "source", "stale_value", "suggestion", "unmapped"),
}
MERGES_BY_SIZE = ("time", "integer", "number")


def check_kinds(kinds: dict[str, KindSpec], unread: Iterable[str] = ()) -> list[Problem]:
    """Everything that is wrong with some kinds, taken together.

    unread: kinds whose files can't be read; an edge may reach them, so that one fault is told once.
    """
    names = (*kinds, *unread)
    problems = [problem for kind in kinds.values() for problem in _check_kind(kind, names)]
    return problems + _check_tables(kinds) + _check_attributes(kinds)


def check_field(spec: FieldSpec) -> list[Problem]:
    """What is wrong with one field."""
    found = [*_check_name(spec.where, "field", spec.name, RESERVED_FIELDS), *_check_says(spec.where, "field", spec)]
    if spec.lasting and spec.momentary:
        found.append(Problem(spec.where, f"field {spec.name} is both lasting and momentary", "keep one of the two"))
    if spec.merge not in get_args(Merge):
        fix = f"use one of: {', '.join(get_args(Merge))}"
        found.append(Problem(spec.where, f"field {spec.name} merges by {spec.merge!r}", fix))
    elif spec.merge != "latest" and spec.type not in MERGES_BY_SIZE:
        problem = f"field {spec.name} is {spec.type} and merges by {spec.merge}"
        found.append(Problem(spec.where, problem, f"leave merge out, or use a type of: {', '.join(MERGES_BY_SIZE)}"))
    if spec.values and spec.type not in ("text", "texts"):
        problem = f"field {spec.name} is {spec.type} and lists the words allowed"
        found.append(Problem(spec.where, problem, "leave values out, or make it text"))
    return found


def _check_kind(kind: KindSpec, kinds: tuple[str, ...]) -> Iterable[Problem]:
    """What is wrong with one kind, its fields and its edges."""
    yield from _check_name(kind.where, "kind", kind.name, RESERVED_KINDS)
    yield from _check_says(kind.where, "kind", kind)
    for field in kind.fields.values():
        yield from check_field(field)
    for edge in kind.edges.values():
        yield from _check_edge(edge, kind, kinds)


def _check_edge(edge: EdgeSpec, kind: KindSpec, kinds: tuple[str, ...]) -> Iterable[Problem]:
    """What is wrong with one edge: it must reach kinds that exist, and share no name with a field."""
    yield from _check_name(edge.where, "edge", edge.name, RESERVED_EDGES)
    yield from _check_says(edge.where, "edge", edge)
    missing = [name for name in edge.to if name not in kinds]
    if missing and edge.to != ("*",):
        problem = f"edge {edge.name} reaches unknown kinds: {', '.join(missing)}"
        yield Problem(edge.where, problem, f'use "*" alone for any, or kinds that exist: {", ".join(sorted(kinds))}')
    if not edge.to:
        yield Problem(
            edge.where, f"edge {edge.name} reaches nothing", f"use kinds that exist: {', '.join(sorted(kinds))}"
        )
    if edge.name in kind.fields:
        problem = f"{edge.name} is both a field and an edge of {kind.name}"
        yield Problem(
            edge.where, problem, f"give the edge another name: the field is at {kind.fields[edge.name].where}"
        )
    names = [attribute.name for attribute in edge.attributes]
    for attribute in edge.attributes:
        yield from _check_attribute(attribute, edge, twice=names.count(attribute.name) > 1)


def _check_attribute(attribute: AttributeSpec, edge: EdgeSpec, *, twice: bool) -> Iterable[Problem]:
    """What is wrong with one attribute of an edge."""
    yield from _check_name(edge.where, f"attribute of {edge.name}", attribute.name, RESERVED_ATTRIBUTES)
    yield from _check_says(edge.where, f"attribute of {edge.name}", attribute)
    if attribute.type not in get_args(FieldType):
        problem = f"attribute {attribute.name} of {edge.name} has the type {attribute.type!r}"
        yield Problem(edge.where, problem, f"use one of: {', '.join(get_args(FieldType))}")
    if twice:
        yield Problem(edge.where, f"attribute {attribute.name} of {edge.name} is declared twice", "keep one")


def _check_tables(kinds: dict[str, KindSpec]) -> list[Problem]:
    """Two tables of one name: an edge's table is named `<kind>_<edge>`, as a kind or another edge could be too."""
    taken = {name: kind.where for name, kind in kinds.items()}
    found = []
    for kind in kinds.values():
        for edge in kind.edges.values():
            table = f"{kind.name}_{edge.name}"
            if table in taken:
                problem = f"edge {edge.name} of {kind.name} makes a second table {table}"
                found.append(Problem(edge.where, problem, f"give it another name: the first is from {taken[table]}"))
            taken.setdefault(table, edge.where)
    return found


def _check_attributes(kinds: dict[str, KindSpec]) -> list[Problem]:
    """An attribute name means one type on every edge: all links are kept in one table."""
    first: dict[str, tuple[AttributeSpec, str]] = {}
    found = []
    for kind in kinds.values():
        for edge in kind.edges.values():
            for attribute in edge.attributes:
                known, where = first.setdefault(attribute.name, (attribute, edge.where))
                if (known.type, known.momentary) != (attribute.type, attribute.momentary):
                    problem = f"attribute {attribute.name} of {edge.name} is not declared as it is elsewhere"
                    fix = f"make it {known.type}, momentary={known.momentary}, as at {where}, or give it another name"
                    found.append(Problem(edge.where, problem, fix))
    return found


def _check_name(where: str, what: str, name: str, reserved: set[str]) -> Iterable[Problem]:
    """A name is in lower case words and taken by nothing else."""
    if name in reserved or not NAME.fullmatch(name):
        fix = f"use lower case words joined by _, none of: {', '.join(sorted(reserved))}"
        yield Problem(where, f"{what} can't be named {name!r}", fix)


def _check_says(where: str, what: str, spec: KindSpec | FieldSpec | EdgeSpec | AttributeSpec) -> Iterable[Problem]:
    """Everything that is declared says what it is."""
    if not isinstance(spec.says, str) or not spec.says.strip():
        yield Problem(where, f"{what} {spec.name} does not say what it is", "give it one sentence")

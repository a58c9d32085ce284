"""A person's decisions: checked, then appended to the log like any other record."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from stocktake.errors import GraphError
from stocktake.graph.edits import LABEL, PERSON, Edit, check_edit, iid_of, parse_identifier
from stocktake.graph.frame import GraphInput
from stocktake.nouns import Record, canonical, short_hash, to_micros
from stocktake.pipeline.splitting import remaining_path
from stocktake.schema import FieldSpec, KindSpec, Schema

if TYPE_CHECKING:
    from stocktake.store import Store

PARSED = ("integer", "number", "flag")


def append_edits(store: Store, who: str | None, edits: Sequence[Edit]) -> list[int]:
    """Append some edits of one person; gives their places in the log. Raises GraphError for one that is not whole."""
    from stocktake.store import Line

    lines = []
    for edit in edits:
        check_edit(edit)
        body = canonical(edit)
        at = to_micros(edit.decided_at)
        lines.append(Line(LABEL, f"{edit.action}-{short_hash(body.decode())}", at, body))
    appended = store.append(person(who), lines)
    return list(range(appended.first_seq, appended.last_seq + 1))


def person(who: str | None) -> str:
    """The source of a person's edits; by default the person who is logged in."""
    return PERSON + (who or getpass.getuser()).removeprefix(PERSON)


def check_split(given: GraphInput, edits: Sequence[Edit]) -> None:
    """Refuse splits that leave the two parts of one of them connected. Raises GraphError with the path that remains."""
    moment = datetime.now(UTC)
    records = [
        Record(given.known_at + place, f"{PERSON}nobody", LABEL, f"split-{place}", moment, canonical(edit))
        for place, edit in enumerate(edits, 1)
    ]
    after = replace(given, edits=(*given.edits, *records))
    for edit in edits:
        path = remaining_path(after, str(edit.left), str(edit.right))
        if path:
            raise GraphError(
                f"{edit.left} and {edit.right}",
                f"the split leaves them connected: {' = '.join(path)}",
                "split a neighbouring pair of that path too, in the same command",
            )


def check_kind(schema: Schema, kind: str) -> KindSpec:
    """The kind of a name. Raises GraphError."""
    if kind not in schema.kinds:
        raise GraphError(kind, "there is no such kind", f"use one of: {', '.join(schema.kinds)}")
    return schema.kinds[kind]


def check_edge(schema: Schema, kind: str, edge: str) -> None:
    """Whether a kind has an edge. Raises GraphError."""
    edges = check_kind(schema, kind).edges
    if edge not in edges:
        raise GraphError(edge, f"{kind} has no such edge", f"use one of: {', '.join(edges) or 'none'}")


def value_of(schema: Schema, kind: str, field: str, words: str) -> Any:
    """What a person writes, as the field's type takes it. Raises GraphError."""
    fields = check_kind(schema, kind).fields
    if field not in fields:
        raise GraphError(field, f"{kind} has no such field", f"use one of: {', '.join(fields)}")
    spec = fields[field]
    value = _parsed(spec, words)
    if spec.values and value not in spec.values and spec.type == "text":
        raise GraphError(f"{kind}.{field}", f"{words!r} is no value of it", f"use one of: {', '.join(spec.values)}")
    return value


def _parsed(spec: FieldSpec, words: str) -> Any:
    """A text as a value of a field's type."""
    if spec.type == "texts":
        return [each.strip() for each in words.split(",") if each.strip()]
    if spec.type == "time":
        return moment(words).isoformat()
    if spec.type not in PARSED:
        return words
    types: dict[str, type] = {"integer": int, "number": float, "flag": bool}
    try:
        return msgspec.json.decode(words, type=types[spec.type])
    except msgspec.DecodeError as error:
        example = {"integer": "42", "number": "0.5", "flag": "true"}[spec.type]
        raise GraphError(spec.name, f"{words!r} is no {spec.type}", f"write it like {example}") from error


def moment(words: str) -> datetime:
    """A time as people write it, UTC unless it says otherwise. Raises GraphError."""
    try:
        told = datetime.fromisoformat(words)
    except ValueError as error:
        raise GraphError(words, "not a time", "write it like 2026-11-23 or 2026-11-23T18:00:00Z") from error
    return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)


def attributes_of(schema: Schema, words: Sequence[str]) -> dict[str, Any] | None:
    """Attributes of a link from `name=value` texts. Raises GraphError."""
    known = schema.attributes()
    found: dict[str, Any] = {}
    for each in words:
        name, equals, value = each.partition("=")
        if not equals or name not in known:
            raise GraphError(each, "not an attribute of a link", f"write name=value; names: {', '.join(sorted(known))}")
        found[name] = value if known[name].type in ("text", "time") else _attribute(name, value)
    return found or None


def _attribute(name: str, value: str) -> Any:
    try:
        return msgspec.json.decode(value)
    except msgspec.DecodeError as error:
        raise GraphError(name, f"{value!r} is no number", "write it like 0.5") from error


def pairs_of(identifiers: Sequence[str]) -> list[tuple[str, str]]:
    """Identifiers two by two. Raises GraphError for an odd one, or for one paired with itself."""
    if len(identifiers) % 2 or not identifiers:
        raise GraphError(" ".join(identifiers), "identifiers come in pairs", "write LEFT RIGHT, or several such pairs")
    pairs = list(zip(identifiers[::2], identifiers[1::2], strict=True))
    for left, right in pairs:
        if iid_of(*parse_identifier(left)) == iid_of(*parse_identifier(right)):
            raise GraphError(left, "the two are the same identifier", "name two that differ")
    return pairs

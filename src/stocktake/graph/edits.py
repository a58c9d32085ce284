"""People's edits: records like any other, read as decisions on identity and as claims that win."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from stocktake.errors import GraphError
from stocktake.graph.frame import Frame
from stocktake.nouns import Record
from stocktake.schema import Schema
from stocktake.schema.columns import CLAIM_COLUMNS, IDENTIFIER_COLUMNS, kind_tables, link_columns

PERSON = "person/"
LABEL = "Edit"


class Edit(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One decision of a person.

    action: `set` a field, `link` or `close` a link, `confirm` or `split` a join; one of RULINGS. on, left, right, to:
    `namespace:value` (or the claim key `source/label/part` after `claim:`); of a ruling, its name. at, until: since and
    until when it holds (default: since decided_at, for ever). Times: UTC. Values: JSON.
    """

    action: str
    why: str
    decided_at: datetime
    until: datetime | None = None
    on: str | None = None
    kind: str | None = None
    field: str | None = None
    value: Any = None
    left: str | None = None
    right: str | None = None
    edge: str | None = None
    to: str | None = None
    to_kind: str | None = None
    attributes: dict[str, Any] | None = None
    at: datetime | None = None


RULINGS = ("waive", "target", "end")
"""Edits that are about scores: `waive` some rows, set a `target`, or `end` either. The graph knows nothing of them."""

NEEDS = {
    "set": ("on", "kind", "field", "value"),
    "link": ("on", "kind", "edge", "to"),
    "close": ("on", "kind", "edge", "to"),
    "confirm": ("left", "right"),
    "split": ("left", "right"),
    "waive": ("on", "value", "until"),
    "target": ("on", "value", "until"),
    "end": ("on",),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """An edit with the record that holds it."""

    edit: Edit
    record: Record


def read_edits(records: Iterable[Record]) -> list[Decided]:
    """The edits of the graph that some records hold. Raises GraphError for one that is not well formed."""
    return [each for each in read_all(records) if each.edit.action not in RULINGS]


def read_rulings(records: Iterable[Record]) -> list[Decided]:
    """The edits that are about scores. Raises GraphError for one that is not well formed."""
    return [each for each in read_all(records) if each.edit.action in RULINGS]


def read_all(records: Iterable[Record]) -> list[Decided]:
    """Every edit that some records hold. Raises GraphError for one that is not well formed."""
    decided = []
    for record in records:
        if record.body is None:
            continue
        try:
            decided.append(Decided(check_edit(msgspec.json.decode(record.body, type=Edit)), record))
        except msgspec.ValidationError as error:
            where = f"record {record.seq} ({record.source})"
            raise GraphError(where, f"not an edit: {error}", "write it with `stocktake edit`") from error
    return decided


def check_edit(edit: Edit) -> Edit:
    """The edit itself, if it says all that its action needs. Raises GraphError."""
    if edit.action not in NEEDS:
        raise GraphError("edit", f"no action {edit.action!r}", f"use one of: {', '.join(NEEDS)}")
    missing = [name for name in NEEDS[edit.action] if getattr(edit, name) is None]
    if missing:
        raise GraphError("edit", f"{edit.action} needs {', '.join(missing)}", "say what the edit is on")
    return edit


def parse_identifier(text: str) -> tuple[str, str]:
    """(namespace, value) of `namespace:value`; of a claim key `claim:source/label/part`.

    A source of a person has a slash in its name: write `claim:person/ana/Edit/…`.
    """
    namespace, colon, value = text.partition(":")
    if not colon or not value:
        raise GraphError(text, "not an identifier", "write namespace:value, as `stocktake get` shows it")
    if namespace == "claim" and "\x1f" not in value:
        source_parts = 2 if value.startswith(PERSON) else 1
        parts = value.split("/", source_parts + 1)
        value = "\x1f".join(["/".join(parts[:source_parts]), *parts[source_parts:]])
    return namespace, value


def iid_of(namespace: str, value: str) -> uuid.UUID:
    """The 128-bit id of an identifier, as in segments."""
    return uuid.UUID(hashlib.sha256(f"{namespace}\x1f{value}".encode()).hexdigest()[:32])


def claim_id_of(record: Record) -> uuid.UUID:
    """The id of the claim that an edit makes, which bears what the edit is on."""
    return iid_of("claim", f"{record.source}\x1f{LABEL}\x1f{record.key}")


def make_edits(frame: Frame) -> None:
    """Make `decision`, `closed_link` and `edit_reading`; add the claims, links and identifiers that edits tell."""
    decided = read_edits(frame.given.edits)
    frame.run("CREATE OR REPLACE TABLE decision (left_iid UUID, right_iid UUID, is_join BOOLEAN)")
    frame.insert("decision", list(_decisions(decided)), {"left_iid": "UUID", "right_iid": "UUID", "is_join": "BOOLEAN"})
    closed = {"kind": "VARCHAR", "iid": "UUID", "edge": "VARCHAR", "to_iid": "UUID", "closed_at": "TIMESTAMP",
              "decided_at": "TIMESTAMP", "until": "TIMESTAMP"}  # fmt: skip
    frame.run(f"CREATE OR REPLACE TABLE closed_link ({', '.join(f'{k} {v}' for k, v in closed.items())})")
    reading = {"seq": "BIGINT", "key_id": "UUID", "source": "VARCHAR", "from_at": "TIMESTAMP", "until_at": "TIMESTAMP",
               "decided_at": "TIMESTAMP"}  # fmt: skip
    frame.run(f"CREATE OR REPLACE TABLE edit_reading ({', '.join(f'{k} {v}' for k, v in reading.items())})")
    tables = kind_tables(frame.schema)
    for each in decided:
        if each.edit.action in ("set", "link"):
            _add_claim(frame, each, tables)
        if each.edit.action == "close":
            _add_close(frame, each, closed)
        frame.insert("edit_reading", [_reading(each)], reading)


def _decisions(decided: list[Decided]) -> Iterable[dict[str, object]]:
    """The latest decision on each pair counts; on a tie the split."""
    latest: dict[frozenset[uuid.UUID], tuple[datetime, bool]] = {}
    for each in decided:
        if each.edit.action in ("confirm", "split"):
            pair = frozenset(iid_of(*parse_identifier(str(side))) for side in (each.edit.left, each.edit.right))
            order = (each.edit.decided_at.astimezone(UTC), each.edit.action == "split")
            latest[pair] = max(order, latest.get(pair, order))
    for pair, (_, is_split) in latest.items():
        left, right = min(pair), max(pair)
        yield {"left_iid": left, "right_iid": right, "is_join": not is_split}


def _reading(each: Decided) -> dict[str, object]:
    return {
        "seq": each.record.seq,
        "key_id": _key_id(each.record),
        "source": each.record.source,
        "from_at": _naive(each.edit.at or each.edit.decided_at),
        "until_at": _naive(each.edit.until),
        "decided_at": _naive(each.edit.decided_at),
    }


def _add_claim(frame: Frame, each: Decided, tables: dict[str, dict[str, str]]) -> None:
    """A claim of the edited kind that owns the identifier that the edit is on."""
    edit, record = each.edit, each.record
    kind = str(edit.kind)
    if kind not in frame.schema.kinds:
        raise GraphError(f"record {record.seq}", f"no kind {kind!r}", f"use one of: {', '.join(frame.schema.kinds)}")
    namespace, value = parse_identifier(str(edit.on))
    claim_id = claim_id_of(record)
    base: dict[str, object] = {
        "seq": record.seq, "claim_id": claim_id, "key_id": _key_id(record), "source": record.source, "label": LABEL,
        "part": record.key, "kind": kind, "passive": False, "says": "edit", "observed_at": _naive(edit.decided_at),
        "rule": "edit", "flags": [],
    }  # fmt: skip
    fields: dict[str, object] = {}
    if edit.action == "set":
        fields[str(edit.field)] = _value(frame.schema, kind, edit)
    frame.insert(f"claims_{kind}", [{**base, **fields}], {**CLAIM_COLUMNS, **{k: tables[kind][k] for k in fields}})
    own: dict[str, object] = {
        "seq": record.seq,
        "claim_id": claim_id,
        "kind": kind,
        "namespace": namespace,
        "value": value,
    }
    own |= {"iid": iid_of(namespace, value), "declared": False}
    frame.insert("identifiers", [own], IDENTIFIER_COLUMNS)
    if edit.action == "link":
        to_namespace, to_value = parse_identifier(str(edit.to))
        link: dict[str, object] = {
            **{k: base[k] for k in ("seq", "claim_id", "key_id", "kind", "rule")}, "edge": edit.edge,
            "namespace": to_namespace, "value": to_value, "to_iid": iid_of(to_namespace, to_value),
            "to_kind": edit.to_kind, "passive": False, **(edit.attributes or {}),
        }  # fmt: skip
        frame.insert("links", [link], link_columns(frame.schema))


def _value(schema: Schema, kind: str, edit: Edit) -> object:
    """The edit's value as its field's type takes it."""
    field = schema.kinds[kind].fields.get(str(edit.field))
    if field is None:
        known = ", ".join(schema.kinds[kind].fields)
        raise GraphError("edit", f"{kind} has no field {edit.field!r}", f"use one of: {known}")
    if field.type == "texts" and edit.value is not None and not isinstance(edit.value, list):
        return [str(edit.value)]
    if field.type == "time" and edit.value is not None:
        return _naive(datetime.fromisoformat(str(edit.value)))
    value: object = edit.value
    return value


def _add_close(frame: Frame, each: Decided, columns: dict[str, str]) -> None:
    edit = each.edit
    row: dict[str, object] = {
        "kind": edit.kind, "iid": iid_of(*parse_identifier(str(edit.on))), "edge": edit.edge,
        "to_iid": iid_of(*parse_identifier(str(edit.to))), "closed_at": _naive(edit.at or edit.decided_at),
        "decided_at": _naive(edit.decided_at), "until": _naive(edit.until),
    }  # fmt: skip
    frame.insert("closed_link", [row], columns)


def _key_id(record: Record) -> uuid.UUID:
    return iid_of("claim", f"{record.source}\x1f{record.label}\x1f{record.key}")


def _naive(moment: datetime | None) -> datetime | None:
    """A moment as DuckDB's TIMESTAMP takes it: UTC without zone."""
    if moment is None or moment.tzinfo is None:
        return moment
    return moment.astimezone(UTC).replace(tzinfo=None)

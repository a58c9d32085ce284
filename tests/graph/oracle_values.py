"""The oracle's values: which of what claims tell of a field counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.graph.oracle_identity import Identity, Part
from tests.graph.oracle_tellings import Row, Telling, json_of, time_of
from tests.graph.toy import COMMON, FIELDS

LASTING = {
    "created_at", "retired_at", "digest", "version", "size_bytes", "started_at", "ended_at", "commit", "assessed_at",
}  # fmt: skip
MOMENTARY = {"aliases", "last_request_at", "share"}
MERGED = {
    "created_at": min, "retired_at": min, "started_at": min, "ended_at": max, "last_request_at": max,
    "last_changed_at": max, "last_updated_at": max, "assessed_at": max,
}  # fmt: skip
UNIQUE = {"digest", "commit"}
QUIET = {"name", "description", "uri", "version"}
RANKS = {"purpose": 10, "approval": 200}


@dataclass
class Moment:
    """The graph at (as_of, known_at). tables: name → rows, as the snapshot names them."""

    as_of: datetime
    identity: Identity
    now: dict[Part, list[Telling]]
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    values: dict[Part, Row] = field(default_factory=dict)


def fields_of(kind: str) -> dict[str, str]:
    return {**COMMON, **FIELDS.get(kind, {})}


def plain(value: Any, kind: str) -> Any:
    """A told value as its field's type takes it."""
    if kind == "time":
        return time_of(value)
    if kind == "texts" and value is not None:
        return sorted({each for each in ([value] if isinstance(value, str) else value) if each.strip()}) or None
    if kind == "integer" and value is not None:
        return int(value)
    return value


def told_value(told: Telling, name: str, kind: str, as_of: datetime) -> Any:
    """What a telling says of a field at as_of; None where it says nothing that counts."""
    if name not in fields_of(kind) or name not in told.item:
        return None
    value = plain(told.item[name], fields_of(kind)[name])
    if told.is_backfilled and (name in MOMENTARY or (isinstance(value, datetime) and value > as_of)):
        return None
    if told.is_stale and name not in LASTING:
        return None
    return value


def winner(told: list[Telling], name: str, kind: str, as_of: datetime) -> Any:
    """The value that counts: an edit, else the best rank, else the latest, else the greatest JSON."""
    values = [(each, told_value(each, name, kind, as_of)) for each in told]
    values = [(each, value) for each, value in values if value is not None]
    edits = [(each, value) for each, value in values if each.is_edit]
    if name in MERGED and not edits:
        return MERGED[name]((value for _, value in values), default=None)
    values = edits or values
    if not values:
        return None
    return max(values, key=lambda each: (-_rank(each[0], name), each[0].seen_at, json_of(each[1])))[1]


def _rank(told: Telling, name: str) -> int:
    return RANKS.get(name, 100) if told.source.startswith("r") else 100


def value_row(part: Part, told: list[Telling], moment: Moment) -> Row:
    """One artifact's values, flags and sources, with what decides whether it exists and lives."""
    kind, artifact_id = part
    row: Row = {"id": artifact_id}
    for name in fields_of(kind):
        value = winner(told, name, kind, moment.as_of)
        row[name] = value.replace(microsecond=0) if isinstance(value, datetime) else value
    flags = {"odd" for each in told if each.item.get("odd")}
    flags |= {"backfilled" for each in told if each.is_backfilled}
    flags |= {"kind_by_default" for each in told if each.claim in moment.identity.by_default}
    for name in UNIQUE & set(fields_of(kind)):
        values = {told_value(each, name, kind, moment.as_of) for each in told if not each.is_edit}
        if len(values - {None}) > 1:
            flags.add("identity_conflict")
    row["flags"] = flags
    row["sources"] = sorted({each.source for each in told})
    if kind == "model_deployment":
        row["is_live"] = _is_live(row, told, moment.as_of)
    return row


def _is_live(row: Row, told: list[Telling], as_of: datetime) -> bool | None:
    edited = [told_value(each, "status", "model_deployment", as_of) for each in told if each.is_edit]
    if any(edited):
        return bool(row["status"] != "down")
    tools = [each for each in told if not each.is_edit]
    if any(told_value(each, "status", "model_deployment", as_of) == "down" for each in tools):
        return False
    if row["status"] is None and any(each.item.get("status") is not None for each in tools):
        return None
    return None if all(each.is_stale for each in tools) else True


def stale_row(row: Row, told: list[Telling], kind: str, as_of: datetime) -> list[Row]:
    """Values that only stale sources tell."""
    found = {
        (name, each.source)
        for name in fields_of(kind)
        for each in told
        if name not in LASTING and each.is_stale and row[name] is None
        and plain(each.item.get(name), fields_of(kind)[name]) is not None
    }  # fmt: skip
    return [{"id": row["id"], "kind": kind, "field": name, "source": source} for name, source in found]


def conflicts(row: Row, told: list[Telling], kind: str, as_of: datetime) -> list[Row]:
    """Fields of which sources of equal (the best) rank say different things."""
    found = []
    for name in fields_of(kind):
        if name in QUIET or name in MERGED:
            continue
        sources = {each.source for each in told if not each.is_edit}
        said = {s: winner([t for t in told if t.source == s], name, kind, as_of) for s in sources}
        ranks = {s: RANKS.get(name, 100) if s.startswith("r") else 100 for s in said if said[s] is not None}
        best = {json_of(said[s]) for s, rank in ranks.items() if rank == min(ranks.values())}
        if len(best) > 1:
            found.append({"id": row["id"], "kind": kind, "field": name, "value_count": len(best)})
    return found

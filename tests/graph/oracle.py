"""An independent reading of what the graph is at one moment, row by row, in plain Python.

It shares no code with `stocktake.graph`: slow, simple, and meant to be checked by reading.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.graph.oracle_identity import (
    KINDS,
    Claim,
    Identity,
    Node,
    claim_key,
    collect_claims,
    decide,
    hash_of,
    identify,
    node,
    rank_of,
)  # fmt: skip
from tests.graph.toy import COMMON, EDGES, FIELDS, LABELS

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
ONE = {"workflow_run", "model_code", "part_of"}
TARGETS = {
    "workflow_run": ("workflow_run",), "family": ("model_family",), "base": ("model_binary",),
    "serves": ("model_binary",), "model_code": ("model_code",), "datasets": ("dataset",),
    "reads": ("feature_source", "feature", "dataset"), "part_of": ("workflow_run",), "sources": ("feature_source",),
    "written_by": ("model_deployment",), "derived_from": ("feature_source",), "member_of": ("owner",), "of": KINDS,
}  # fmt: skip
ATTRIBUTES = {"serves": ("share", "role", "slot"), "datasets": ("digest", "version", "role")}
IDENTIFYING = ("slot", "digest", "version")
RANKS = {"purpose": 10, "approval": 200}
STALE_AFTER = timedelta(days=3)
GONE = None
Row = dict[str, Any]


@dataclass
class Telling:
    """What one claim says from one observation on, until the source says otherwise."""

    claim: Node
    source: str
    says: str
    item: Row
    from_at: datetime
    until_at: datetime | None
    seen_at: datetime
    created_at: datetime | None = None  # of the claim, as its tellings of this moment say together
    is_first: bool = False
    is_backfilled: bool = False
    is_stale: bool = False

    @property
    def is_edit(self) -> bool:
        return self.says == "edit"


@dataclass
class Held:
    """A link in force, before it is known where it leads."""

    part: tuple[str, str]
    edge: str
    to: Node
    to_kind: str | None
    told: Telling
    from_at: datetime
    has_told_from: bool
    until_at: datetime | None
    attributes: Row
    is_passive: bool


@dataclass
class Moment:
    """The graph at (as_of, known_at). tables: name → rows, as the snapshot names them."""

    as_of: datetime
    identity: Identity
    now: dict[tuple[str, str], list[Telling]]
    tables: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    values: dict[tuple[str, str], Row] = field(default_factory=dict)


def time_of(text: Any) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if isinstance(text, str) else text


def tell(lines: list[Any], pulls: list[Any]) -> list[Telling]:
    """Every telling of every claim, whatever the moment."""
    tellings: list[Telling] = []
    for (source, label, key), points in sorted(_observations(lines, pulls).items()):
        says = LABELS[label].says
        times = sorted(points)
        for at, later in zip(times, [*times[1:], None], strict=True):
            if points[at] is GONE:
                continue
            until = later
            if says == "summary":
                until = next((t for t in times if t > at and points[t] is GONE), None)
            tellings += _items(source, label, key, points[at], at, until)
    events = {(x.source, x.label, x.key, x.at, _json(x.body)): x for x in lines if _says(x) == "event" and not x.op}
    for line in events.values():
        tellings += _items(line.source, line.label, line.key, line.body, line.at, None)
    for line in lines:
        if line.source.startswith("person/") and line.body["action"] in ("set", "link"):
            tellings.append(_edit_telling(line))
    _mark_first(tellings)
    return tellings


def _says(line: Any) -> str | None:
    return LABELS[line.label].says if line.label in LABELS else None


def _items(source: str, label: str, key: str, body: Row, at: datetime, until: datetime | None) -> list[Telling]:
    return [
        Telling(claim_key(source, label, item.get("part") or key), source, LABELS[label].says, item, at, until, at)
        for item in body.get("items", ())
    ]


def _edit_telling(line: Any) -> Telling:
    edit = line.body
    item: Row = {edit["field"]: edit["value"]} if edit["action"] == "set" else {}
    if edit["action"] == "link":
        namespace, value = node(edit["to"])
        item["links"] = [{"edge": edit["edge"], "to": {namespace: value}, **(edit.get("attributes") or {})}]
    decided = datetime.fromisoformat(edit["decided_at"])
    from_at = datetime.fromisoformat(edit["at"]) if edit.get("at") else decided
    until = datetime.fromisoformat(edit["until"]) if edit.get("until") else None
    key = claim_key(line.source, line.label, line.key)
    return Telling(key, line.source, "edit", item, from_at, until, decided)


def _observations(lines: list[Any], pulls: list[Any]) -> dict[tuple[str, str, str], dict[datetime, Any]]:
    """For each key of a state: body by time of observation, GONE where a complete pull did not see it."""
    seen: dict[tuple[str, str, str], dict[datetime, list[Row]]] = defaultdict(lambda: defaultdict(list))
    states = [x for x in lines if _says(x) in ("state", "summary")]
    for line in states:
        if not line.op:
            seen[line.source, line.label, line.key][line.at].append(line.body)
    views = _views(states, pulls)
    scopes: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for pull in pulls:
        for (label, key), body in views.get(pull.id, {}).items():
            seen[pull.source, label, key][pull.to_at].append(body)
            scopes[pull.source, label, key].add(pull.scope)
    points: dict[tuple[str, str, str], dict[datetime, Any]] = {
        thing: {at: max(bodies, key=_json) for at, bodies in times.items()} for thing, times in seen.items()
    }
    for pull in pulls:
        for (source, label, key), times in points.items():
            covered = source == pull.source and label in pull.labels and pull.complete
            if not covered or not (pull.scope == "" or pull.scope in scopes[source, label, key]):
                continue
            if not any(pull.from_at <= at <= pull.to_at for at in seen[source, label, key]):
                times[pull.to_at] = GONE
    return points


def _views(lines: list[Any], pulls: list[Any]) -> dict[int, dict[tuple[str, str], Row]]:
    """All that each complete pull saw: its base's view, overlaid by its lines."""
    group = {pull.id: pull.part_of or pull.id for pull in pulls}
    views: dict[int, dict[tuple[str, str], Row]] = {}
    for pull in pulls:
        if not pull.complete:
            continue
        view = dict(views.get(pull.base, {}))
        for line in lines:
            if line.pull is not None and group.get(line.pull) == group[pull.id]:
                if line.op:
                    view.pop((line.label, line.key), None)
                else:
                    view[line.label, line.key] = line.body
        views[pull.id] = view
    return views


def _mark_first(tellings: list[Telling]) -> None:
    earliest: dict[Node, datetime] = {}
    for each in tellings:
        earliest[each.claim] = min(each.from_at, earliest.get(each.claim, each.from_at))
    created: dict[tuple[Node, datetime], list[datetime | None]] = defaultdict(list)
    for each in tellings:
        created[each.claim, each.from_at].append(time_of(each.item.get("created_at")))
    for each in tellings:
        each.created_at = _least(created[each.claim, each.from_at])
        each.is_first = each.says in ("state", "summary") and each.from_at == earliest[each.claim]


def is_stale(source: str, lines: list[Any], pulls: list[Any], as_of: datetime) -> bool:
    if source.startswith("person/"):
        return False
    complete = [pull.to_at for pull in pulls if pull.source == source and pull.complete and pull.to_at <= as_of]
    if complete:
        return max(complete) < as_of - STALE_AFTER
    told = [line.at for line in lines if line.source == source and line.at <= as_of]
    promises = source.startswith("q") and int(source[1:]) % 2 == 0
    return promises and bool(told) and max(told) < as_of - timedelta(days=1)


def in_force(tellings: list[Telling], identity: Identity, stale: dict[str, bool], as_of: datetime) -> list[Telling]:
    """The tellings that hold at as_of, those of claims that do not exist then left out."""
    by_claim: dict[Node, list[Telling]] = defaultdict(list)
    for each in tellings:
        held = each.until_at is None or as_of < each.until_at
        backfilled = each.from_at > as_of and each.is_first
        is_none = identity.claims[each.claim].kind == "none"
        if backfilled and not is_none:
            backfilled = each.created_at is not None and each.created_at <= as_of
        if held and (each.from_at <= as_of or backfilled):
            by_claim[each.claim].append(each)
    found = []
    for claim, told in by_claim.items():
        created = _least(time_of(each.item.get("created_at")) for each in told)
        retired = _least(time_of(each.item.get("retired_at")) for each in told)
        exists = (created is None or created <= as_of) and (retired is None or as_of < retired)
        if exists or identity.claims[claim].is_edit:
            for each in told:
                each.is_backfilled = each.from_at > as_of
                each.is_stale = stale[each.source]
                found.append(each)
    return found


def _least(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


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
    return max(values, key=lambda each: (-_rank(each[0], name), each[0].seen_at, _json(each[1])))[1]


def _rank(told: Telling, name: str) -> int:
    return RANKS.get(name, 100) if told.source.startswith("r") else 100


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def value_row(part: tuple[str, str], told: list[Telling], moment: Moment) -> Row:
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


def claim_of(identity: Identity, told: Telling) -> Claim:
    return identity.claims[told.claim]


def ghost_id(kind: str, to: Node) -> str:
    return hash_of(kind, *to)


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
        best = {_json(said[s]) for s, rank in ranks.items() if rank == min(ranks.values())}
        if len(best) > 1:
            found.append({"id": row["id"], "kind": kind, "field": name, "value_count": len(best)})
    return found


__all__ = ["EDGES", "Held", "Moment", "collect_claims", "decide", "identify", "rank_of", "tell"]

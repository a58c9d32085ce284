"""What claims tell and when: an independent reading of the log, row by row, in plain Python.

The oracle shares no code with `stocktake.graph`: slow, simple, and meant to be checked by reading.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.graph.oracle_identity import Identity, Node, claim_key, node
from tests.graph.toy import LABELS

STALE_AFTER = timedelta(days=3)
FOREVER = datetime.max.replace(tzinfo=UTC)
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
    events = {(x.source, x.label, x.key, x.at, json_of(x.body)): x for x in lines if _says(x) == "event" and not x.op}
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
            if label in pull.labels:  # of others it says nothing, though it is a delta to a pull that did
                seen[pull.source, label, key][pull.to_at].append(body)
                scopes[pull.source, label, key].add(pull.scope)
    points: dict[tuple[str, str, str], dict[datetime, Any]] = {
        thing: {at: max(bodies, key=json_of) for at, bodies in times.items()} for thing, times in seen.items()
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
        each.created_at = least(created[each.claim, each.from_at])
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
        created = least(time_of(each.item.get("created_at")) for each in told)
        retired = least(time_of(each.item.get("retired_at")) for each in told)
        exists = (created is None or created <= as_of) and (retired is None or as_of < retired)
        if exists or identity.claims[claim].is_edit:
            for each in told:
                each.is_backfilled = each.from_at > as_of
                each.is_stale = stale[each.source]
                found.append(each)
    return found


def least(times: Iterable[datetime | None]) -> datetime | None:
    return min((at for at in times if at is not None), default=None)


def json_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def gone(told: Telling, as_of: datetime) -> datetime:
    """Until when it was told; for ever where it still is."""
    return told.until_at if told.until_at and told.until_at <= as_of else FOREVER

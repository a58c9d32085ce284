"""The oracle's links: what is told of them at one moment, and where each leads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.graph.oracle_identity import KINDS, Node, Part, decide, node
from tests.graph.oracle_tellings import Row, Telling, time_of
from tests.graph.oracle_values import Moment
from tests.graph.toy import EDGES, NAMESPACES

TARGETS = {
    "workflow_run": ("workflow_run",), "family": ("model_family",), "base": ("model_binary",),
    "serves": ("model_binary",), "model_code": ("model_code",), "datasets": ("dataset",),
    "reads": ("feature_source", "feature", "dataset"), "part_of": ("workflow_run",), "sources": ("feature_source",),
    "written_by": ("model_deployment",), "derived_from": ("feature_source",), "member_of": ("owner",), "of": KINDS,
}  # fmt: skip
IDENTIFYING = ("slot", "digest", "version")
ATTRIBUTES = ("share", "role", *IDENTIFYING)
CARRIES = 8


@dataclass
class Held:
    """A link in force, before it is known where it leads."""

    part: Part
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
class Ended:
    """A link with where it leads. to: the last identifier on the way; reached: what bears it, if anything does."""

    held: Held
    to: Node
    reached: Part | None
    told_kind: str | None
    attributes: Row


class Links:
    """The links in force at a moment. tellings: of all moments; edits: bodies; loose: tellings that describe nothing."""

    def __init__(self, moment: Moment, tellings: list[Telling], edits: list[Row], loose: list[Telling]) -> None:
        self.moment, self.as_of, self.identity = moment, moment.as_of, moment.identity
        self.edits, self.loose = edits, loose
        self.decisions = decide(edits)
        self.tellings: dict[Node, list[Telling]] = defaultdict(list)
        for told in tellings:
            self.tellings[told.claim].append(told)
        self.events: dict[Node, list[Telling]] = defaultdict(list)
        for told in [*loose, *(each for told_of in moment.now.values() for each in told_of)]:
            if told.says == "event":
                self.events[told.claim].append(told)
        self.carried: list[tuple[str, Node]] = []
        self.carriers = self._carriers()

    def ended(self) -> list[Ended]:
        """Every link in force that nobody closed, with each of its ends."""
        return [end for held in self._held() for end in self._ends(held) if not self._is_closed(end)]

    def _held(self) -> Iterator[Held]:
        for part, told_of in self.moment.now.items():
            for told in told_of:
                claim = self.identity.claims[told.claim]
                for link in told.item.get("links", ()):
                    if link["edge"] in EDGES.get(part[0], ()) and link["edge"] != "carries":
                        yield from self._holds(part, told, link, claim.passive)

    def _holds(self, part: Part, told: Telling, link: Row, is_passive: bool) -> Iterator[Held]:
        to = target_of(link)
        from_at, until_at = time_of(link.get("from_at")), time_of(link.get("until_at"))
        if to is None or not self._is_now(link):
            return
        attributes = {name: link.get(name) for name in ATTRIBUTES}
        if told.is_stale or told.is_backfilled:
            attributes["share"] = None
        if told.is_stale:
            attributes["role"] = None
        has_since = told.says in ("state", "summary") and not told.is_backfilled
        begins = from_at or (self._since(told, link) if has_since else told.from_at)
        if self._is_ended(told, link, from_at or told.from_at):
            return
        yield Held(
            part, link["edge"], to, link.get("kind"), told, begins, bool(from_at), until_at, attributes, is_passive
        )

    def _is_now(self, link: Row) -> bool:
        """Whether as_of lies between the times that the link itself tells."""
        from_at, until_at = time_of(link.get("from_at")), time_of(link.get("until_at"))
        return (from_at is None or from_at <= self.as_of) and (until_at is None or self.as_of < until_at)

    def _is_ended(self, told: Telling, link: Row, from_at: datetime) -> bool:
        """Whether an event tells that the link of the same claim ended after it began."""
        others = [
            time_of(other["until_at"])
            for each in self.events[told.claim]
            for other in each.item.get("links", ())
            if other["edge"] == link["edge"] and target_of(other) == target_of(link) and other.get("until_at")
        ]
        return any(from_at < until <= self.as_of for until in others)

    def _since(self, told: Telling, link: Row) -> datetime:
        """From when on the claim has said this without a break."""
        same = [
            (each.from_at, each.until_at)
            for each in self.tellings[told.claim]
            if any(_same_link(link, other) for other in each.item.get("links", ()))
        ]
        begins, ends = told.from_at, told.until_at
        changed = True
        while changed:
            changed = False
            for start, stop in same:
                meets = (stop is None or stop >= begins) and (ends is None or start <= ends)
                if meets and start < begins:
                    begins, changed = start, True
        return begins

    def _carriers(self) -> dict[Node, list[tuple[Node, Node, str | None, Row]]]:
        found: dict[Node, list[tuple[Node, Node, str | None, Row]]] = defaultdict(list)
        for told in self.loose:
            claim = self.identity.claims[told.claim]
            for link in told.item.get("links", ()):
                to = target_of(link)
                if claim.kind != "none" or link["edge"] != "carries" or to is None or not self._is_now(link):
                    continue
                attributes = {name: link.get(name) for name in ATTRIBUTES}
                if told.is_stale:
                    attributes["share"] = attributes["role"] = None
                if told.is_backfilled:
                    attributes["share"] = None
                if link.get("kind"):
                    self.carried.append((link["kind"], to))
                for one in claim.own:
                    if one not in self.identity.crowded and not self._is_cut(told.claim, one):
                        found[one].append((told.claim, to, link.get("kind"), attributes))
        return found

    def _is_cut(self, key: Node, one: Node) -> bool:
        return not self.decisions.get(frozenset((key, one)), True)

    def _ends(self, held: Held) -> Iterator[Ended]:
        """Where a link leads, past what only carries."""
        waiting: list[Any] = [(held.to, held.to_kind, held.attributes, ())]
        while waiting:
            to, kind, attributes, via = waiting.pop()
            reached = self._reached(held.edge, to, kind)
            onward = [each for each in self.carriers.get(to, ()) if each[0] not in via]
            if reached or not onward or len(via) == CARRIES:
                yield Ended(held, to, reached, kind, attributes)
                continue
            for claim, further, further_kind, other in onward:
                passed = {name: other[name] if value is None else value for name, value in attributes.items()}
                waiting.append((further, further_kind or kind, passed, (*via, claim)))

    def _reached(self, edge: str, to: Node, kind: str | None) -> Part | None:
        kinds = self.identity.addresses.get(to, {})
        for target in TARGETS[edge]:
            if target in kinds and kind in (None, target):
                return target, kinds[target]
        return None

    def _is_closed(self, end: Ended) -> bool:
        held, to, reached = end.held, end.to, end.reached
        for edit in self.edits:
            if edit["action"] != "close" or edit["edge"] != held.edge or edit["kind"] != held.part[0]:
                continue
            decided = time_of(edit["decided_at"])
            begins, until = time_of(edit.get("at")) or decided, time_of(edit.get("until"))
            if begins > self.as_of or (until and until <= self.as_of):
                continue
            if self.identity.addresses.get(node(edit["on"]), {}).get(held.part[0]) != held.part[1]:
                continue
            ends = self.identity.addresses.get(node(edit["to"]), {})
            meant = node(edit["to"]) in (held.to, to) or (reached and ends.get(reached[0]) == reached[1])
            if meant and not (held.told.is_edit and held.told.seen_at > decided):
                return True
        return False


def target_of(link: Row) -> Node | None:
    """The first namespace, in the toy's order, that the link names."""
    return next(((n, link["to"][n]) for n in NAMESPACES if link["to"].get(n)), None)


def _same_link(one: Row, other: Row) -> bool:
    names = ("edge", "kind", *IDENTIFYING)
    return target_of(one) == target_of(other) and all(one.get(name) == other.get(name) for name in names)

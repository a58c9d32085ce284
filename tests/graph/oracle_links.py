"""The oracle's second half: links, what exists, ghosts, owners and flags; and the whole graph at one moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.graph.oracle import (
    ATTRIBUTES,
    EDGES,
    IDENTIFYING,
    ONE,
    TARGETS,
    Held,
    Moment,
    Row,
    Telling,
    _json,
    collect_claims,
    conflicts,
    decide,
    ghost_id,
    identify,
    in_force,
    is_stale,
    stale_row,
    tell,
    time_of,
    value_row,
)  # fmt: skip
from tests.graph.oracle_identity import NAMESPACES, Node, Part, node
from tests.graph.toy import SOURCES

CARRIES = 8
FOREVER = datetime.max.replace(tzinfo=UTC)


class Oracle:
    """The log at known_at, read once; `at` gives the tables of a moment."""

    def __init__(self, lines: list[Any], pulls: list[Any], known_at: int) -> None:
        self.lines = [line for line in lines if line.seq <= known_at]
        self.pulls = [pull for pull in pulls if pull.id <= known_at]
        self.edits = [line.body for line in self.lines if line.source.startswith("person/")]
        self.identity = identify(collect_claims(self.lines), decide(self.edits))
        self.tellings = tell(self.lines, self.pulls)

    def at(self, as_of: datetime) -> dict[str, list[Row]]:
        """The tables that the snapshot of as_of should have."""
        told = {each.source for each in [*self.lines, *self.pulls]}
        stale = {s: is_stale(s, self.lines, self.pulls, as_of) for s in told | set(SOURCES)}
        now: dict[Part, list[Telling]] = defaultdict(list)
        loose: list[Telling] = []
        for told in in_force(self.tellings, self.identity, stale, as_of):
            part = self.identity.artifact[told.claim]
            if part:
                now[part].append(told)
            else:
                loose.append(told)
        moment = Moment(as_of, self.identity, dict(now))
        for part, told_of in now.items():
            moment.values[part] = value_row(part, told_of, moment)
        _Links(self, moment, loose).make()
        for (kind, _), row in moment.values.items():
            for name, value in row.items():
                if isinstance(value, datetime):
                    row[name] = value.replace(tzinfo=None)
            row["kind"] = kind
        for source, is_old in stale.items():
            if not source.startswith("person/"):
                moment.tables["source"].append({"source": source, "is_stale": is_old})
        crowded = self.identity.crowded.items()
        moment.tables["crowded_identifier"] = [{"namespace": n, "value": v, "claims": c} for (n, v), c in crowded]
        return moment.tables

    def begun(self, as_of: datetime) -> dict[Part, list[Telling]]:
        """What was last told of each artifact until as_of, by claims that have begun to exist; edits left out.

        Of each claim: what is told of it at as_of, else what was when it was last told of.
        """
        claims: dict[Node, list[Telling]] = defaultdict(list)
        for told in self.tellings:
            stands_in = told.is_first and told.created_at is not None and told.created_at <= as_of
            if not told.is_edit and (told.from_at <= as_of or stands_in):
                claims[told.claim].append(told)
        found = defaultdict(list)
        for claim, all_told in claims.items():
            part = self.identity.artifact[claim]
            told_of = [told for told in all_told if gone(told, as_of) == max(gone(each, as_of) for each in all_told)]
            created = [at for told in told_of if (at := time_of(told.item.get("created_at")))]
            if part and (not created or min(created) <= as_of):
                found[part] += told_of
        return found


class _Links:
    """Everything that needs more than one artifact."""

    def __init__(self, oracle: Oracle, moment: Moment, loose: list[Telling]) -> None:
        self.oracle, self.moment, self.loose = oracle, moment, loose
        self.as_of, self.identity, self.tables = moment.as_of, moment.identity, moment.tables
        self.begun = oracle.begun(self.as_of)
        self.started = {self.identity.artifact[key] for key, claim in self.identity.claims.items() if not claim.is_edit}
        self.present: set[Part] = set()

    def make(self) -> None:
        carriers = self._carriers()
        ends = [(held, *end) for held in self._held() for end in self._ends(held, carriers)]
        ends = [each for each in ends if not self._is_closed(*each[:3])]
        self._exist(ends)
        self._own()
        self._edges(ends, carriers)
        self._closure("base_closure", "model_binary_base")
        self._closure("member_closure", "owner_member_of")
        self._divide_shares()
        self._flag()
        self._rest()

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
        attributes = {name: link.get(name) for name in ("share", "role", *IDENTIFYING)}
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
            for each in [*self.loose, *(t for told_of in self.moment.now.values() for t in told_of)]
            if each.claim == told.claim and each.says == "event"
            for other in each.item.get("links", ())
            if other["edge"] == link["edge"] and target_of(other) == target_of(link) and other.get("until_at")
        ]
        return any(from_at < until <= self.as_of for until in others)

    def _since(self, told: Telling, link: Row) -> datetime:
        """From when on the claim has said this without a break."""
        same = [
            (each.from_at, each.until_at)
            for each in self.oracle.tellings
            if each.claim == told.claim and any(_same_link(link, other) for other in each.item.get("links", ()))
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
        self.carried: list[tuple[str, Node]] = []
        for told in self.loose:
            claim = self.identity.claims[told.claim]
            for link in told.item.get("links", ()):
                to = target_of(link)
                if claim.kind != "none" or link["edge"] != "carries" or to is None or not self._is_now(link):
                    continue
                attributes = {name: link.get(name) for name in ("share", "role", *IDENTIFYING)}
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
        return not decide(self.oracle.edits).get(frozenset((key, one)), True)

    def _ends(self, held: Held, carriers: dict[Node, Any]) -> Iterator[tuple[Node, Part | None, str | None, Row]]:
        """Where a link leads: (last identifier, artifact or None, told kind, attributes)."""
        waiting: list[Any] = [(held.to, held.to_kind, held.attributes, ())]
        while waiting:
            to, kind, attributes, via = waiting.pop()
            reached = self._reached(held.edge, to, kind)
            onward = [each for each in carriers.get(to, ()) if each[0] not in via]
            if reached or not onward or len(via) == CARRIES:
                yield to, reached, kind, attributes
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

    def _is_closed(self, held: Held, to: Node, reached: Part | None) -> bool:
        for edit in self.oracle.edits:
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

    def _exist(self, ends: list[Any]) -> None:
        named = {end for held, _, end, _, _ in ends if end and not held.is_passive}
        self.named = named
        for part, row in self.moment.values.items():
            if self._may_exist(part, row) and (part in named or not self._is_passive(part)):
                self.present.add(part)

    def _is_passive(self, part: Part) -> bool:
        return all(self.identity.claims[told.claim].passive for told in self.moment.now[part])

    def _may_exist(self, part: Part, row: Row) -> bool:
        retired = row["retired_at"]
        told_by_tools = not all(told.is_edit for told in self.moment.now[part])
        return told_by_tools and (retired is None or retired > self.as_of)

    def _own(self) -> None:
        """Owners by name; one that only passive claims describe exists once something names it."""
        while True:
            before = len(self.present)
            for part in list(self.present):
                for name in self.moment.values[part]["owners"] or ():
                    owner = self._owner(name.strip())
                    row = self.moment.values.get(owner) if owner else None
                    if owner:
                        self.named.add(owner)
                    if owner and row and self._may_exist(owner, row):
                        self.present.add(owner)
            if len(self.present) == before:
                break
        for part in self.present:
            for name in self.moment.values[part]["owners"] or ():
                owner = self._owner(name.strip())
                to_is = self._state(owner) if owner else "ghost"
                owner_id = owner[1] if owner else ghost_id("owner", ("owner", name.strip()))
                row = {"from_id": part[1], "owner_id": owner_id, "owner_name": name.strip(), "to_is": to_is}
                self.tables[f"{part[0]}_owned_by"].append(row)
                if to_is == "ghost":
                    self._ghost("owner", owner_id, ("owner", name.strip()))

    def _owner(self, name: str) -> Part | None:
        for namespace in ("owner", "email"):
            found = self.identity.addresses.get((namespace, name), {}).get("owner")
            if found:
                return "owner", found
        return None

    def _state(self, part: Part) -> str:
        if part in self.present:
            return "described"
        if part in self.begun and self._is_retired(part):
            return "retired"
        return "ghost"

    def _is_retired(self, part: Part) -> bool:
        """Whether it existed until some moment before; what passive claims told must have been named."""
        passive = all(self.identity.claims[told.claim].passive for told in self.begun[part])
        return not passive or part in self.named

    def _ghost(self, kind: str, ghost: str, to: Node) -> None:
        self.tables["ghost"].append({"id": ghost, "kind": kind, "namespace": to[0], "value": to[1]})

    def _edges(self, ends: list[Any], carriers: dict[Node, Any]) -> None:
        groups: dict[Any, list[tuple[Held, Row, datetime]]] = defaultdict(list)
        for held, to, reached, told_kind, attributes in ends:
            if held.part not in self.present:
                continue
            kind = reached[0] if reached else told_kind or TARGETS[held.edge][0]
            to_is = self._state(reached) if reached else "ghost"
            never = reached is None or reached not in self.started
            if held.told.is_backfilled and not never and to_is == "ghost" and reached not in self.begun:
                continue  # it does not exist yet
            end = reached[1] if reached else ghost_id(kind, to)
            if to_is == "ghost" and not held.is_passive:
                self._ghost(kind, end, to)
            keys = tuple(attributes[n] for n in IDENTIFYING if n in ATTRIBUTES.get(held.edge, ()))
            group = (held.part, held.edge, end, kind, to_is, keys)
            groups[group].append((held, attributes, self._begins(held, reached)))
        for (part, edge, end, kind, to_is, _), told in groups.items():
            row = {"from_id": part[1], "to_id": end, "to_kind": kind, "to_is": to_is}
            for name in ATTRIBUTES.get(edge, ()):
                values = [
                    (h.told.is_edit, h.told.seen_at, _json(a[name]), a[name]) for h, a, _ in told if a[name] is not None
                ]
                row[name] = max(values, key=lambda each: each[:3])[3] if values else None
            row["from_at"] = min(at for _, _, at in told).replace(tzinfo=None, microsecond=0)
            untils = [held.until_at for held, _, _ in told]
            row["until_at"] = None if None in untils else max(untils).replace(tzinfo=None, microsecond=0)
            row["sources"] = sorted({held.told.source for held, _, _ in told})
            self.tables[f"{part[0]}_{edge}"].append(row)
        for kind, to in self.carried:
            if kind not in self.identity.addresses.get(to, {}):
                self._ghost(kind, ghost_id(kind, to), to)

    def _begins(self, held: Held, reached: Part | None) -> datetime:
        if not held.told.is_backfilled:
            return held.from_at
        ends = [self.moment.values[held.part]["created_at"]]
        if reached in self.present:
            ends.append(self.moment.values[reached]["created_at"])
        elif reached in self.begun:
            ends.append(min((c for t in self.begun[reached] if (c := time_of(t.item.get("created_at")))), default=None))
        if held.has_told_from:
            ends.append(held.from_at)
        return max((at for at in ends if at is not None), default=held.from_at)

    def _closure(self, name: str, edges: str) -> None:
        onward = defaultdict(set)
        for row in self.tables[edges]:
            onward[row["from_id"]].add(row["to_id"])
        for start in list(onward):
            depth, reached, front = 0, {}, {start}
            while front:
                depth += 1
                front = {to for each in front for to in onward.get(each, ())} - set(reached)
                reached |= dict.fromkeys(front, depth)
            self.tables[name] += [{"from_id": start, "to_id": to, "depth": depth} for to, depth in reached.items()]

    def _divide_shares(self) -> None:
        totals: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.tables["model_deployment_serves"]:
            if row["share"] is not None:
                totals[row["from_id"]] += Decimal(str(row["share"]))
        self.divided = {each for each, total in totals.items() if total > 1}
        for row in self.tables["model_deployment_serves"]:
            if row["share"] is not None and row["from_id"] in self.divided:
                row["share"] = round(row["share"] / float(totals[row["from_id"]]), 9)

    def _flag(self) -> None:
        extra: dict[str, set[str]] = defaultdict(set)
        for kind, edges in EDGES.items():
            for edge in ONE.intersection(edges):
                counts: dict[str, int] = defaultdict(int)
                for row in self.tables[f"{kind}_{edge}"]:
                    counts[row["from_id"]] += 1
                for each, count in counts.items():
                    if count > 1:
                        extra[each].add(f"many_{edge}")
        served = {row["from_id"] for row in self.tables["model_deployment_serves"] if row["to_is"] == "described"}
        for kind, each in self.present:
            if kind == "model_deployment" and each not in served:
                extra[each].add("no_binary")
        for name, flag in (("base_closure", "base_cycle"), ("member_closure", "member_cycle")):
            for row in self.tables[name]:
                if row["from_id"] == row["to_id"]:
                    extra[row["from_id"]].add(flag)
        for each in self.divided:
            extra[each].add("shares_divided")
        for each in self.identity.joined_without_digest:
            extra[each].add("joined_without_digest")
        self._many_purposes(extra)
        for (_, each), row in self.moment.values.items():
            row["flags"] = sorted(row["flags"] | extra[each])

    def _many_purposes(self, extra: dict[str, set[str]]) -> None:
        families: dict[tuple[str, str], set[str]] = defaultdict(set)
        for code in self.tables["workflow_run_model_code"]:
            for run in self.tables["model_binary_workflow_run"]:
                for family in self.tables["model_binary_family"]:
                    met = run["to_id"] == code["from_id"] and family["from_id"] == run["from_id"]
                    if not met or family["to_is"] != "described":
                        continue
                    for told in self.moment.now["model_family", family["to_id"]]:
                        if not told.is_edit:
                            families[code["to_id"], told.source].add(family["to_id"])
        for (code_id, _), found in families.items():
            if len(found) > 1:
                extra[code_id].add("many_purposes")

    def _rest(self) -> None:
        stale = {told.source: told.is_stale for told_of in self.moment.now.values() for told in told_of}
        for part in self.present:
            row, told = self.moment.values[part], self.moment.now[part]
            self.tables[part[0]].append(row)
            for source in row["sources"]:
                one = {"id": part[1], "kind": part[0], "source": source, "is_fresh": not stale[source]}
                self.tables["artifact_source"].append(one)
            self.tables["conflict"] += conflicts(row, told, part[0], self.as_of)
            self.tables["stale_value"] += stale_row(row, told, part[0], self.as_of)
        for part, told in self.begun.items():
            if part not in self.present and self._is_retired(part):
                self.tables["retired"].append(self._retired(part, told))
        ghosts: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in self.tables["ghost"]:
            ghosts[row["id"], row["kind"]].append(row)
        self.tables["ghost"] = [
            {"id": i, "kind": k, "namespace": min(r["namespace"] for r in rows), "value": min(r["value"] for r in rows)}
            for (i, k), rows in ghosts.items()
        ]

    def _retired(self, part: Part, told: list[Telling]) -> Row:
        row = self.moment.values.get(part)
        ended = row["retired_at"] if row and row["retired_at"] and row["retired_at"] <= self.as_of else None
        if not ended:
            claims = {each.claim for each in told}
            ends = [self._end([each for each in told if each.claim == claim]) for claim in claims]
            ended = max(each for each in ends if each <= self.as_of)
        names = [(t.seen_at, t.item["name"]) for t in told if t.item.get("name")]
        name = max(names)[1] if names else None
        return {"id": part[1], "kind": part[0], "name": name, "retired_at": ended.replace(tzinfo=None, microsecond=0)}

    def _end(self, told: list[Telling]) -> datetime:
        """When a claim ends, by what was last told of it: its retirement, or when it is gone."""
        return min([gone(told[0], self.as_of), *(at for each in told if (at := time_of(each.item.get("retired_at"))))])


def gone(told: Telling, as_of: datetime) -> datetime:
    """Until when it was told; for ever where it still is."""
    return told.until_at if told.until_at and told.until_at <= as_of else FOREVER


def target_of(link: Row) -> Node | None:
    """The first namespace, in the toy's order, that the link names."""
    return next(((n, link["to"][n]) for n in NAMESPACES if link["to"].get(n)), None)


def _same_link(one: Row, other: Row) -> bool:
    names = ("edge", "kind", *IDENTIFYING)
    return target_of(one) == target_of(other) and all(one.get(name) == other.get(name) for name in names)

"""The oracle's edges: one row per link of two artifacts, what is odd about them, and how far they lead."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.graph.oracle_identity import Part, hash_of
from tests.graph.oracle_links import IDENTIFYING, TARGETS, Ended, Held, Links
from tests.graph.oracle_presence import Presence
from tests.graph.oracle_tellings import Row, json_of, time_of
from tests.graph.oracle_values import Moment
from tests.graph.toy import EDGES

ONE = {"workflow_run", "model_code", "part_of"}
ATTRIBUTES = {"serves": ("share", "role", "slot"), "datasets": ("digest", "version", "role")}


class Edges:
    """The tables of links, closures and flags of a moment, added to its tables."""

    def __init__(self, moment: Moment, presence: Presence, started: set[Part | None]) -> None:
        self.moment, self.presence, self.tables, self.identity = moment, presence, moment.tables, moment.identity
        self.started = started
        self.divided: set[str] = set()

    def make(self, links: Links, ends: list[Ended]) -> None:
        """Fill the tables."""
        self._edges(ends)
        for kind, to in links.carried:
            if kind not in self.identity.addresses.get(to, {}):
                self.presence.add_ghost(kind, hash_of(kind, *to), to)
        self._closure("base_closure", "model_binary_base")
        self._closure("member_closure", "owner_member_of")
        self._divide_shares()
        self._flag()

    def _edges(self, ends: list[Ended]) -> None:
        groups: dict[Any, list[Ended]] = defaultdict(list)
        for each in ends:
            held, reached = each.held, each.reached
            if held.part not in self.presence.present:
                continue
            kind = reached[0] if reached else each.told_kind or TARGETS[held.edge][0]
            to_is = self.presence.state(reached) if reached else "ghost"
            never = reached is None or reached not in self.started
            if held.told.is_backfilled and not never and to_is == "ghost" and reached not in self.presence.begun:
                continue  # it does not exist yet
            end = reached[1] if reached else hash_of(kind, *each.to)
            if to_is == "ghost" and not held.is_passive:
                self.presence.add_ghost(kind, end, each.to)
            keys = tuple(each.attributes[n] for n in IDENTIFYING if n in ATTRIBUTES.get(held.edge, ()))
            groups[held.part, held.edge, end, kind, to_is, keys].append(each)
        for (part, edge, end, kind, to_is, _), told in groups.items():
            row = {"from_id": part[1], "to_id": end, "to_kind": kind, "to_is": to_is}
            self.tables[f"{part[0]}_{edge}"].append(row | self._merged(edge, told))

    def _merged(self, edge: str, told: list[Ended]) -> Row:
        """What all that tell one link say of it together."""
        row: Row = {"sources": sorted({each.held.told.source for each in told})}
        for name in ATTRIBUTES.get(edge, ()):
            values = [
                (each.held.told.is_edit, each.held.told.seen_at, json_of(value), value)
                for each in told
                if (value := each.attributes[name]) is not None
            ]
            row[name] = max(values, key=lambda one: one[:3])[3] if values else None
        begins = min(self._begins(each.held, each.reached) for each in told)
        untils = [each.held.until_at for each in told]
        row["from_at"] = begins.replace(tzinfo=None, microsecond=0)
        row["until_at"] = None if None in untils else max(untils).replace(tzinfo=None, microsecond=0)
        return row

    def _begins(self, held: Held, reached: Part | None) -> datetime:
        if not held.told.is_backfilled:
            return held.from_at
        ends = [self.moment.values[held.part]["created_at"]]
        if reached in self.presence.present:
            ends.append(self.moment.values[reached]["created_at"])
        elif reached in self.presence.begun:
            ends.append(
                min((c for t in self.presence.begun[reached] if (c := time_of(t.item.get("created_at")))), default=None)
            )
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
        for kind, each in self.presence.present:
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

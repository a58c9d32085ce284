"""The oracle's presence: what exists at one moment, what did before, who owns it, and what is only referred to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from tests.graph.oracle_identity import Node, Part, hash_of
from tests.graph.oracle_links import Ended
from tests.graph.oracle_tellings import Row, Telling, gone, time_of
from tests.graph.oracle_values import Moment, conflicts, stale_row


class Presence:
    """What exists. begun: what was last told of each artifact until then; adds to the moment's tables."""

    def __init__(self, moment: Moment, ends: list[Ended], begun: dict[Part, list[Telling]]) -> None:
        self.moment, self.as_of, self.identity, self.tables = moment, moment.as_of, moment.identity, moment.tables
        self.begun = begun
        self.named = {end.reached for end in ends if end.reached and not end.held.is_passive}
        self.present = {
            part
            for part, row in moment.values.items()
            if self._may_exist(part, row) and (part in self.named or not self._is_passive(part))
        }
        self._own()

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
                to_is = self.state(owner) if owner else "ghost"
                owner_id = owner[1] if owner else hash_of("owner", "owner", name.strip())
                row = {"from_id": part[1], "owner_id": owner_id, "owner_name": name.strip(), "to_is": to_is}
                self.tables[f"{part[0]}_owned_by"].append(row)
                if to_is == "ghost":
                    self.add_ghost("owner", owner_id, ("owner", name.strip()))

    def _owner(self, name: str) -> Part | None:
        for namespace in ("owner", "email"):
            found = self.identity.addresses.get((namespace, name), {}).get("owner")
            if found:
                return "owner", found
        return None

    def state(self, part: Part) -> str:
        """Whether an artifact is described, retired or a ghost at the moment."""
        if part in self.present:
            return "described"
        if part in self.begun and self._is_retired(part):
            return "retired"
        return "ghost"

    def _is_retired(self, part: Part) -> bool:
        """Whether it existed until some moment before; what passive claims told must have been named."""
        passive = all(self.identity.claims[told.claim].passive for told in self.begun[part])
        return not passive or part in self.named

    def add_ghost(self, kind: str, ghost: str, to: Node) -> None:
        """Note that something is only referred to."""
        self.tables["ghost"].append({"id": ghost, "kind": kind, "namespace": to[0], "value": to[1]})

    def add_rest(self) -> None:
        """Fill the tables of artifacts and those about the graph itself."""
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
        self.tables["ghost"] = [min(rows, key=lambda row: (row["namespace"], row["value"])) for rows in ghosts.values()]

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

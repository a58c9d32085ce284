"""Nearness: what stands upstream of some artifacts, read from a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.schema import Schema

Things = Mapping[str, frozenset[str]]
"""Ids of artifacts by kind."""
OWNED_BY = "owned_by"


@dataclass(frozen=True, slots=True)
class Link:
    """One link of a snapshot, by its ends; owners that a field names count as the edge `owned_by`."""

    kind: str
    edge: str
    from_id: str
    to_id: str
    to_kind: str
    to_is: str


@dataclass(frozen=True, slots=True)
class Walked:
    """What was reached upstream of some artifacts, and the links that led there, in order."""

    things: Things
    links: tuple[Link, ...] = ()

    def leading_to(self, kinds: Iterable[str]) -> list[Link]:
        """The links on the way to artifacts of some kinds."""
        useful = {each for kind in kinds for each in self.things.get(kind, ())}
        return sorted(self._upon(useful), key=lambda each: (each.kind, each.edge, each.from_id, each.to_id))

    def narrowed(self, wanted: Things) -> Walked:
        """What lies on the ways to some artifacts, and nothing beside: the start and the links between are kept."""
        useful = {each for ids in wanted.values() for each in ids}
        chosen = self._upon(useful)
        return Walked({kind: frozenset(ids & useful) for kind, ids in self.things.items()}, tuple(chosen))

    def _upon(self, useful: set[str]) -> list[Link]:
        """The links that lead to some artifacts, directly or not; what these links leave is added to them."""
        chosen: dict[Link, None] = {}
        grown = True
        while grown:
            more = [link for link in self.links if link.to_id in useful and link not in chosen]
            grown = bool(more)
            chosen |= dict.fromkeys(more)
            useful |= {link.from_id for link in more}
        return list(chosen)


@dataclass
class Near:
    """The part of a snapshot that was looked at: links by the artifact that they leave."""

    schema: Schema
    snapshot: Mapping[str, pa.Table]
    _leaving: dict[str, list[Link]] = field(default_factory=dict)
    _rows: dict[str, dict[str, dict[str, Any] | None]] = field(default_factory=dict)

    def reach(self, start: Things) -> Things:
        """Read all links upstream of some artifacts, a few at a time; gives what they reach, the start with it."""
        waiting = {kind: set(ids) for kind, ids in start.items()}
        found = {kind: set(ids) for kind, ids in start.items()}
        while any(waiting.values()):
            links = [link for kind, ids in waiting.items() for link in self._read(kind, ids)]
            waiting = {}
            for link in links:
                if link.to_id not in found.setdefault(link.to_kind, set()):
                    found[link.to_kind].add(link.to_id)
                    waiting.setdefault(link.to_kind, set()).add(link.to_id)
        return {kind: frozenset(ids) for kind, ids in found.items()}

    def walk(self, start: Things, edges: frozenset[str], fixed: Mapping[str, str]) -> Walked:
        """Follow some edges upstream, by their tables. fixed: kind → the only id of it to go to from the start."""
        things = {kind: set(ids) for kind, ids in start.items()}
        links: dict[Link, None] = {}
        waiting = [each for ids in start.values() for each in sorted(ids)]
        self._ensure(start)
        while waiting:
            for link in self._leaving.get(waiting.pop(), ()):
                if f"{link.kind}_{link.edge}" not in edges:
                    continue
                if link.kind in start and fixed.get(link.to_kind, link.to_id) != link.to_id:
                    continue
                links[link] = None
                if link.to_id not in things.setdefault(link.to_kind, set()):
                    things[link.to_kind].add(link.to_id)
                    waiting.append(link.to_id)
        return Walked({kind: frozenset(ids) for kind, ids in things.items()}, tuple(links))

    def row(self, kind: str, artifact_id: str) -> dict[str, Any] | None:
        """What the snapshot says of an artifact; None for what nobody describes."""
        return self.read(kind, [artifact_id])[artifact_id]

    def read(self, kind: str, ids: Iterable[str]) -> Mapping[str, dict[str, Any] | None]:
        """Read what the snapshot says of several artifacts of a kind at once; all that is known of that kind by now."""
        known = self._rows.setdefault(kind, {})
        if missing := {each for each in ids if each not in known}:
            known |= dict.fromkeys(missing)
            known |= {row["id"]: row for row in rows_where(self.snapshot[kind], "id", missing)}
        return known

    def name(self, kind: str, artifact_id: str) -> str:
        """What an artifact is called; of a ghost, what names it."""
        if row := self.row(kind, artifact_id):
            return str(row["name"] or artifact_id[:12])
        told = self.row("ghost", artifact_id)
        return f"{told['namespace']}:{told['value']}" if told else artifact_id[:12]

    def _ensure(self, start: Things) -> None:
        missing = {kind: frozenset(each for each in ids if each not in self._leaving) for kind, ids in start.items()}
        if any(missing.values()):
            self.reach(missing)

    def _read(self, kind: str, ids: set[str]) -> list[Link]:
        """The links that leave some artifacts of a kind; those read before are known."""
        new = {each for each in ids if each not in self._leaving}
        self.read(kind, new)
        leaving: dict[str, dict[Link, None]] = {each: {} for each in new}
        for edge in [*self.schema.kinds[kind].edges, OWNED_BY]:
            for row in rows_where(self.snapshot[f"{kind}_{edge}"], "from_id", new):
                owned = edge == OWNED_BY
                to_id, to_kind = (row["owner_id"], "owner") if owned else (row["to_id"], row["to_kind"])
                leaving[row["from_id"]][Link(kind, edge, row["from_id"], to_id, to_kind, row["to_is"])] = None
        self._leaving |= {each: list(links) for each, links in leaving.items()}
        return [link for each in ids for link in self._leaving[each]]


def rows_where(table: pa.Table, column: str, values: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a table whose column is one of some texts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = sorted(values)
    if not wanted or not table.num_rows:
        return []
    rows: list[dict[str, Any]] = table.filter(
        pc.is_in(table[column], value_set=pa.array(wanted, table.schema.field(column).type))
    ).to_pylist()
    return rows

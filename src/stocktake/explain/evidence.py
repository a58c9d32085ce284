"""Evidence: which records tell a field, a link or the existence of an artifact, at the graph's moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from stocktake.explain.tree import Step
from stocktake.graph.snapshot import Graph
from stocktake.store import Store

Things = dict[str, frozenset[str]]
"""Ids of artifacts by kind."""


@dataclass(frozen=True, slots=True)
class Walked:
    """What was reached upstream of some artifacts, and the links that led there."""

    things: Things
    links: tuple[tuple[str, str, str, str], ...] = ()
    """(kind, edge, from_id, to_id) of each."""


@dataclass
class Evidence:
    """Reads evidence from a frozen graph, and the records from the log; each record is read once."""

    graph: Graph
    store: Store
    _records: dict[int, Step] = field(default_factory=dict)

    def walk(self, start: Things, edges: Iterable[str], fixed: dict[str, str]) -> Walked:
        """Follow edges upstream. edges: `model_binary_workflow_run`; fixed: kind → the only id of it to go to."""
        schema = self.graph.schema
        wanted = [
            (k.name, e.name)
            for k in schema.kinds.values()
            for e in k.edges.values()
            if f"{k.name}_{e.name}" in set(edges)
        ]
        things = {kind: set(ids) for kind, ids in start.items()}
        links: set[tuple[str, str, str, str]] = set()
        waiting = {(kind, each) for kind, ids in start.items() for each in ids}
        while waiting:
            found: set[tuple[str, str]] = set()
            for kind, edge in wanted:
                ids = [each for of, each in waiting if of == kind]
                for from_id, to_id, to_kind in self._ends(kind, edge, ids):
                    if fixed.get(to_kind, to_id) != to_id and kind in start:
                        continue
                    links.add((kind, edge, from_id, to_id))
                    if to_id not in things.setdefault(to_kind, set()):
                        things[to_kind].add(to_id)
                        found.add((to_kind, to_id))
            waiting = found
        return Walked({kind: frozenset(ids) for kind, ids in things.items()}, tuple(sorted(links)))

    def _ends(self, kind: str, edge: str, ids: list[str]) -> list[tuple[str, str, str]]:
        if not ids:
            return []
        rows = self.graph.frame.run(
            f"SELECT DISTINCT from_id, to_id, to_kind FROM edge_{kind}_{edge} WHERE list_contains(?, from_id)", [ids]
        ).fetchall()
        return [(str(a), str(b), str(c)) for a, b, c in rows]

    def of_field(self, kind: str, artifact_id: str, name: str) -> list[Step]:
        """The records that tell a field, the one in force and those that agree or differ."""
        rows = self.graph.frame.run(
            f"""SELECT seq, "{name}" AS told, rule, is_stale, is_backfilled, is_edit FROM now_{kind}
            WHERE artifact_id = ? AND "{name}" IS NOT NULL ORDER BY seq, rule""",
            [artifact_id],
        ).fetchall()
        return [
            self.record(seq, value=told, read_by=rule, **_marks(is_stale=stale, is_backfilled=filled, is_edit=edit))
            for seq, told, rule, stale, filled, edit in rows
        ]

    def of_existence(self, kind: str, artifact_id: str) -> list[Step]:
        """The records that describe an artifact at all."""
        rows = self.graph.frame.run(
            f"SELECT seq, MIN(rule), MIN(part) FROM now_{kind} WHERE artifact_id = ? GROUP BY seq ORDER BY seq",
            [artifact_id],
        ).fetchall()
        return [self.record(seq, read_by=rule, part=part) for seq, rule, part in rows]

    def of_link(self, kind: str, edge: str, from_id: str, to_id: str) -> list[Step]:
        """The records that tell a link, those that only pass a reference on included."""
        rows = self.graph.frame.run(
            """WITH told AS (
                SELECT claim_id, via FROM ended_link
                WHERE from_kind = ? AND edge = ? AND from_id = ? AND end_id = ?
            ),
            claims AS (SELECT claim_id FROM told UNION SELECT UNNEST(via) FROM told)
            SELECT DISTINCT now_claim.seq FROM now_claim SEMI JOIN claims ON claims.claim_id = now_claim.claim_id
            ORDER BY 1""",
            [kind, edge, from_id, to_id],
        ).fetchall()
        return [self.record(row[0]) for row in rows]

    def record(self, seq: int, **told: Any) -> Step:
        """One record as a leaf."""
        if seq not in self._records:
            found = self.store.records_at([seq])
            if found:
                body = "purged" if found[0].body is None else None
                what = {"seq": seq, "source": found[0].source, "label": found[0].label, "key": found[0].key,
                        "observed_at": found[0].observed_at, **({"body": body} if body else {})}  # fmt: skip
            else:
                what = {"seq": seq}
            name = f"{what.get('source', '')} {what.get('label', '')} {what.get('key', '')}".strip()
            self._records[seq] = Step("record", name, what)
        base = self._records[seq]
        return Step("record", base.name, {**base.told, **told})


def _marks(**told: bool) -> dict[str, bool]:
    return {name: True for name, holds in told.items() if holds}

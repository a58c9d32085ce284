"""Who came into and fell out of each definition, by id and name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine, Step

if TYPE_CHECKING:
    import pyarrow as pa

MEMBERSHIP = "membership"
STATES = {True: "member", False: "no member", None: "unknown"}
NOT_THERE = "not there"

MOVES_SQL = """
SELECT COALESCE(was.definition, now.definition) AS definition, COALESCE(was.artifact_id, now.artifact_id) AS id,
    was.artifact_id IS NOT NULL AS is_was, was.is_member AS was,
    now.artifact_id IS NOT NULL AS is_now, now.is_member AS now
FROM standard.was AS was
FULL JOIN standard.now AS now ON was.definition = now.definition AND was.artifact_id = now.artifact_id
WHERE was.is_member IS DISTINCT FROM now.is_member OR (was.artifact_id IS NULL) <> (now.artifact_id IS NULL)
"""
COUNTS_SQL = """
SELECT definition, COUNT(*) FILTER (is_member) AS low, COUNT(*) FILTER (is_member) AS point,
    COUNT(*) FILTER (is_member IS NOT FALSE) AS high
FROM standard.{side} GROUP BY definition
"""


def compare_members(was: pa.Table, now: pa.Table, names: Mapping[str, str], engine: Engine) -> list[dict[str, Any]]:
    """Per definition whose members differ: definition, was and now (low, point, high), and who moved.

    was, now: tables `membership`. gained: members that were none; lost: none that were members; unsettled: of whom it
    came to be, or ceased to be, unknown, else. Each has id, name, was, now. names: id → what it is called.
    """
    steps = [Step("standard.moved", MOVES_SQL)]
    steps += [Step(f"standard.{side}_count", COUNTS_SQL.format(side=side)) for side in ("was", "now")]
    results = engine.run_tables(steps, {"standard.was": was, "standard.now": now})
    counts = {side: _counts(results[f"standard.{side}_count"]) for side in ("was", "now")}
    nobody = {"low": 0, "point": 0, "high": 0}
    found: dict[str, dict[str, Any]] = {}
    for row in sorted(results["standard.moved"].to_pylist(), key=lambda row: (row["definition"], row["id"])):
        states = [STATES[row[side]] if row[f"is_{side}"] else NOT_THERE for side in ("was", "now")]
        how = _how(*states)
        if how is None:
            continue
        name = row["definition"]
        ends = {side: counts[side].get(name, nobody) for side in ("was", "now")}
        told = found.setdefault(name, {"definition": name, **ends, "gained": [], "lost": [], "unsettled": []})
        told[how].append({"id": row["id"], "name": names.get(row["id"]), "was": states[0], "now": states[1]})
    return list(found.values())


def _how(was: str, now: str) -> str | None:
    """What such a move is called; None where it counts for nothing: what is no member came or went."""
    if STATES[True] in (was, now):
        return "gained" if now == STATES[True] else "lost"
    return "unsettled" if STATES[None] in (was, now) else None


def _counts(table: pa.Table) -> dict[str, dict[str, int]]:
    return {row.pop("definition"): row for row in table.to_pylist()}

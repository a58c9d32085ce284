"""The plan of a change: what it says otherwise, and which numbers it moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stocktake.engines import Engine
from stocktake.metrics import Catalogue, Rollups
from stocktake.metrics.moves import MOVED, moves, summed_moves
from stocktake.plan.changes import REWORDED, changes
from stocktake.plan.meaning import Ruling, meanings
from stocktake.plan.members import MEMBERSHIP, compare_members
from stocktake.plan.rows import Row, compare_rows

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.project import Project
    from stocktake.standards import Standards

TOP_LINE, EXPOSURE = "top_line", "exposure"


@dataclass(frozen=True, slots=True)
class Side:
    """One project and its numbers.

    snapshot: tables of the graph by bare name. tables: definitions and tables by name.
    rulings: waivers and targets.
    """

    project: Project
    standards: Standards
    catalogue: Catalogue
    snapshot: Mapping[str, pa.Table]
    tables: Mapping[str, pa.Table]
    rollups: Rollups
    rulings: tuple[Ruling, ...] = ()


def plan(was: Side, now: Side, engine: Engine) -> Row:
    """Two projects over one log at one moment, as one document.

    changes: see `changes.changes`. definitions: see `members.compare_members`. tables: see `rows.compare_rows`.
    moves: a count of models per node, slice, and outcome and level before and after. moved: each model of each node
    that says something else of it. top_line, exposure: the rows of the populations and of the exposure that differ.
    changes_meaning: whether anything is changed otherwise than in words. changes_numbers: whether any number differs.
    """
    changed = changes(*(meanings(each.project, each.standards, each.catalogue, each.rulings) for each in (was, now)))
    definitions = compare_members(was.tables[MEMBERSHIP], now.tables[MEMBERSHIP], names_of(was, now), engine)
    numbers = {
        "definitions": definitions,
        "tables": compare_rows(_rows(was), _rows(now), engine),
        **_level_moves(was, now, engine),
        **_top_line(was, now, engine),
    }
    return {
        "changes_meaning": any(each["what"] != REWORDED for each in changed),
        "changes_numbers": any(numbers.values()),
        "changes": changed,
        **numbers,
    }


def names_of(*sides: Side) -> dict[str, str]:
    """What the artifacts and models of some sides are called, by id; the last side's word counts."""
    return {row_id: name for side in sides for row_id, name in _names(side) if name}


def _names(side: Side) -> Iterator[tuple[str, str | None]]:
    for kind in side.project.schema.kinds:
        table = side.snapshot[kind]
        yield from zip(table.column("id").to_pylist(), table.column("name").to_pylist(), strict=True)
    ghosts = side.snapshot["ghost"]
    for row in ghosts.select(["id", "namespace", "value"]).to_pylist():
        yield row["id"], f"{row['namespace']}:{row['value']}"


def _rows(side: Side) -> dict[str, pa.Table]:
    """The definitions and tables whose rows are compared; members are told apart."""
    return {name: table for name, table in side.tables.items() if name != MEMBERSHIP}


def _level_moves(was: Side, now: Side, engine: Engine) -> Row:
    """How many models move from what to what, and which."""
    moved = moves(was.rollups.models, now.rollups.models, engine)
    names = names_of(was, now)
    return {
        "moves": summed_moves(moved, was.rollups, now.rollups, engine).to_pylist(),
        "moved": [
            {"node": row["node"], "model_id": row["model_id"], "name": names.get(row["model_id"]), **_sides(row)}
            for row in moved.to_pylist()
        ],
    }


def _sides(row: Row) -> Row:
    """What a node said of a model and says now; None where it said (says) nothing of it."""
    ends = {side: {part: row[f"{side}_{part}"] for part in MOVED} for side in ("was", "now")}
    return {side: told if told["outcome"] is not None else None for side, told in ends.items()}


def _top_line(was: Side, now: Side, engine: Engine) -> Row:
    """The rows of populations and of the exposure that differ."""
    tables = [{TOP_LINE: each.populations, **_exposure(each)} for each in (was.rollups, now.rollups)]
    found = compare_rows(tables[0], tables[1], engine, in_full=True)
    return {
        name: [{**row["key"], "was": row["was"], "now": row["now"]} for row in found[name]["rows"]]
        if name in found
        else []
        for name in (TOP_LINE, EXPOSURE)
    }


def _exposure(rollups: Rollups) -> dict[str, pa.Table]:
    return {} if rollups.exposure is None else {EXPOSURE: rollups.exposure}

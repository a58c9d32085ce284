"""Level moves: what each node says of each model in two roll-ups, where it differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stocktake.engines import Engine, Step
from stocktake.metrics.compile import column
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.metrics.roll_up import Rollups

SIDES = ("was", "now")
MOVED = ("outcome", "level", *ENDS)
"""What of a node is held against what it was."""

TYPES = dict(zip(MOVED, ("VARCHAR", "TINYINT", "DOUBLE", "DOUBLE", "DOUBLE"), strict=True))


def moves(was: pa.Table, now: pa.Table, engine: Engine) -> pa.Table:
    """One row per node and model of which the two say something else, by node and model.

    was, now: tables `Rollups.models`, of this process or of saved runs. Gives node, model_id, and `was_` and `now_` of
    MOVED; outcome NULL: there was (is) no such model, or no such node.
    """
    nodes = sorted({*nodes_of(was), *nodes_of(now)})
    parts = [_node_sql(node) for node in nodes]
    nothing = (
        f"SELECT '' AS node, '' AS model_id, {', '.join(_typed('NULL', *each) for each in _columns())} WHERE FALSE"
    )
    tables = {f"{LAYER}.{side}": table for side, table in zip(SIDES, (was, now), strict=True)}
    steps = [
        Step(f"{LAYER}.both", _both_sql({side: nodes_of(tables[f"{LAYER}.{side}"]) for side in SIDES}, nodes)),
        Step(f"{LAYER}.moves", "\nUNION ALL ".join([nothing, *parts])),
    ]
    return engine.run_tables(steps, tables)[f"{LAYER}.moves"].sort_by(
        [("node", "ascending"), ("model_id", "ascending")]
    )


def summed_moves(moved: pa.Table, was: Rollups, now: Rollups, engine: Engine) -> pa.Table:
    """Moves of outcome or level, counted: node, slice, slice_value, `was_` and `now_` outcome and level, models.

    moved: what `moves` gave for the two. A model counts in each slice that it is in on either side.
    """
    tables = {f"{LAYER}.moves": moved}
    for side, rollups in zip(SIDES, (was, now), strict=True):
        tables |= {f"{LAYER}.slices_{side}": rollups.slices, f"{LAYER}.members_{side}": rollups.members}
    members = " UNION ".join(
        f"SELECT slice.slice, slice.slice_value, member.model_id FROM {LAYER}.members_{side} AS member "
        f"INNER JOIN {LAYER}.slices_{side} AS slice ON member.slice_no = slice.slice_no"
        for side in SIDES
    )
    by = "moved.node, member.slice, member.slice_value, was_outcome, was_level, now_outcome, now_level"
    sql = (
        f"SELECT {by}, COUNT(*) AS models FROM {LAYER}.moves AS moved "
        f"INNER JOIN ({members}) AS member ON moved.model_id = member.model_id "
        f"WHERE was_outcome IS DISTINCT FROM now_outcome OR was_level IS DISTINCT FROM now_level GROUP BY {by}"
    )
    found = engine.run_tables([Step(f"{LAYER}.summed", sql)], tables)[f"{LAYER}.summed"]
    return found.sort_by([(name, "ascending") for name in found.column_names[:-1]])


def nodes_of(models: pa.Table) -> list[str]:
    """The nodes of a table `Rollups.models`."""
    return [name.removesuffix("__outcome") for name in models.column_names if name.endswith("__outcome")]


def _columns() -> list[tuple[str, str]]:
    return [(side, part) for side in SIDES for part in MOVED]


def _typed(value: str, side: str, part: str) -> str:
    return f"CAST({value} AS {TYPES[part]}) AS {side}_{part}"


def _both_sql(had: dict[str, list[str]], nodes: Sequence[str]) -> str:
    """Every model with what both sides say of each node; what a side does not have is NULL."""
    columns = ["COALESCE(was.model_id, now.model_id) AS model_id"]
    for node in nodes:
        for side, part in _columns():
            value = f"{side}.{column(node, part)}" if node in had[side] else "NULL"
            columns.append(f"CAST({value} AS {TYPES[part]}) AS {column(f'{side}_{node}', part)}")
    joined = f"FROM {LAYER}.was AS was FULL JOIN {LAYER}.now AS now ON was.model_id = now.model_id"
    return f"SELECT {', '.join(columns)} {joined}"


def _node_sql(node: str) -> str:
    """The models of which a node says something else."""
    told = [f"{column(f'{side}_{node}', part)} AS {side}_{part}" for side, part in _columns()]
    differs = [f"{column(f'was_{node}', part)} IS DISTINCT FROM {column(f'now_{node}', part)}" for part in MOVED]
    return f"SELECT '{node}' AS node, model_id, {', '.join(told)} FROM {LAYER}.both WHERE {' OR '.join(differs)}"

"""Rolls scores up: from parts to models, through the hierarchy, and over populations."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine, Step
from stocktake.engines.lake import tables_of
from stocktake.engines.lift import AT
from stocktake.errors import MetricError
from stocktake.metrics.exposure import EXPOSURE, exposed, exposure_sql
from stocktake.metrics.model_rows import models_of_pairs_sql, models_sql, pair_table, pairs_sql
from stocktake.metrics.node_rows import NODES, node_steps
from stocktake.metrics.part_rows import part_rows_sql
from stocktake.metrics.population import POPULATION, population_sql
from stocktake.metrics.score import LAYER, Scores, score_table
from stocktake.metrics.slices import MEMBERS, OWNER, SLICES, Slicing, members_sql, slices_sql
from stocktake.metrics.spec import Catalogue

if TYPE_CHECKING:
    import pyarrow as pa

NEEDED = ("servings", "models", "model_parts")
"""The tables that lead from parts to models."""


@dataclass(frozen=True, slots=True)
class Rollups:
    """Scores rolled up, in Arrow tables.

    models: wide, a row per model: model_no, model_id, model_by, is_live, and `<node>__<part>` per node
    (see `settle.node_parts`). pairs: table of servings -> a row per (deployment, model), the same per metric of that
    table. populations: a row per node and slice (see `population.population_sql`). exposure: a row per metric, slice
    and bucket (see `exposure.exposure_sql`); None when no metric asks for it. slices: slice_no, slice, slice_value.
    members: slice_no, model_no, model_id.
    """

    models: pa.Table
    pairs: Mapping[str, pa.Table]
    populations: pa.Table
    exposure: pa.Table | None
    slices: pa.Table
    members: pa.Table


def roll_up(
    catalogue: Catalogue,
    scores: Scores,
    tables: Mapping[str, pa.Table],
    engine: Engine,
    slicings: Sequence[Slicing] = (OWNER,),
) -> Rollups:
    """Roll the scores up to models, nodes and populations.

    tables: at least `servings`, `models` and `model_parts`. Raises MetricError when one is missing.
    """
    check_needed(tables)
    given = {f"{LAYER}.{name}": tables[name] for name in NEEDED}
    given |= {score_table(name): table for name, table in scores.tables.items()}
    results = engine.run_tables(steps(catalogue, slicings), given)
    pairs = {name: results[pair_table(name)] for name in scores.tables if pair_table(name) in results}
    return in_order(Rollups(results[NODES], pairs, **_populations(results)))


def roll_up_lake(catalogue: Catalogue, lake: Path, engine: Engine, slicings: Sequence[Slicing] = (OWNER,)) -> None:
    """The same over a lake that has the tables and the scores; the roll-ups go there, see `steps_by_name`."""
    check_needed([name.removeprefix(f"{LAYER}.") for name in tables_of(lake)])
    engine.run_lake(steps(catalogue, slicings), lake)


def slice_again(
    catalogue: Catalogue,
    rollups: Rollups,
    given: tuple[Scores, pa.Table],
    engine: Engine,
    slicings: Sequence[Slicing],
) -> Rollups:
    """The same over other slices. given: the scores, and the table `models`."""
    scores, models = given
    needed = {f"{LAYER}.models": models, NODES: rollups.models}
    needed |= {score_table(name): table for name, table in scores.tables.items()}
    again = engine.run_tables(population_steps(catalogue, slicings), needed)
    return in_order(replace(rollups, **_populations(again)))


def _populations(results: Mapping[str, pa.Table]) -> dict[str, Any]:
    """The parts of Rollups that are about slices."""
    named = {"populations": POPULATION, "slices": SLICES, "members": MEMBERS}
    return {**{name: results[step] for name, step in named.items()}, "exposure": results.get(EXPOSURE)}


def in_order(rollups: Rollups) -> Rollups:
    """The same in the order in which people read them: an engine gives rows in any."""
    models = rollups.models.sort_by("model_no")
    populations = _sorted(rollups.populations, "slice", "slice_value", "kind", "node")
    exposure = rollups.exposure
    if exposure is not None:
        exposure = _sorted(exposure, "metric", "slice", "slice_value", "place")
    return replace(rollups, models=models, populations=populations, exposure=exposure)


def _sorted(table: pa.Table, *names: str) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in names])


def steps_by_name(catalogue: Catalogue) -> dict[str, str]:
    """The step that gives each part of Rollups; `<table>_pairs` for the pairs of a table."""
    of_servings = [table for table, told in catalogue.by_table().items() if "deployment" in told[0].grain.steps]
    pairs = {f"{table}_pairs": pair_table(table) for table in of_servings}
    named = {"models": NODES, "populations": POPULATION, "slices": SLICES, "members": MEMBERS}
    return {**pairs, **named, **({"exposure": EXPOSURE} if exposed(catalogue) else {})}


def check_needed(tables: Collection[str]) -> None:
    """Raises MetricError when a table that leads from parts to models is missing."""
    missing = [name for name in NEEDED if name not in tables]
    if missing:
        fix = f"add tables/{missing[0]}.sql; there are: {', '.join(tables)}"
        raise MetricError("tables", f"there is no table {missing[0]} to roll up", fix)


def steps(catalogue: Catalogue, slicings: Sequence[Slicing] = (OWNER,)) -> list[Step]:
    """The roll-up as steps of an engine, in the order of `semantics`: parts, models, hierarchy, populations."""
    found, by_table = [], {}
    for table, metrics in catalogue.by_table().items():
        grain = metrics[0].grain
        if "deployment" in grain.steps:
            found.append(Step(pair_table(table), pairs_sql(metrics, part_rows_sql(grain, metrics))))
            by_table[table] = models_of_pairs_sql(metrics, table)
        elif grain.steps:
            by_table[table] = models_sql(metrics, part_rows_sql(grain, metrics))
    return [*found, *node_steps(catalogue, by_table), *population_steps(catalogue, slicings)]


def population_steps(catalogue: Catalogue, slicings: Sequence[Slicing]) -> list[Step]:
    """Its last part: every node over every slice, and exposure."""
    found = [
        Step(SLICES, slices_sql(slicings)),
        Step(MEMBERS, members_sql(NODES, slicings)),
        Step(POPULATION, population_sql(catalogue), many=population_sql(catalogue, AT)),
    ]
    shown = exposed(catalogue)
    return [*found, Step(EXPOSURE, exposure_sql(shown))] if shown else found

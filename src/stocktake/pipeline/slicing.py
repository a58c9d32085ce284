"""The numbers of a measuring over other slices of the models than those that it was made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError
from stocktake.metrics import OWNER, Slicing, Target, find_slicing, slice_again
from stocktake.metrics.slices import EVERYTHING

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.pipeline.line import Measured


def slicings_of(targets: Iterable[Target], models: pa.Schema) -> list[Slicing]:
    """The slicings that targets speak of, each once. models: the columns of that table.

    Raises MetricError at the line of a target whose there is none.
    """
    found: dict[str, Slicing] = {}
    for target in targets:
        if target.slice not in (EVERYTHING, OWNER.name):
            try:
                found[target.slice] = find_slicing(target.slice, models)
            except MetricError as error:
                told = tuple(replace(each, where=target.where) for each in error.problems)
                raise MetricError(problems=told) from error
    return list(found.values())


def by_slice(measured: Measured, name: str) -> tuple[Measured, str]:
    """The same over everything and over the slices of a name, such as `team`, and what these are called there.

    Where it was measured by them already, as it is. Raises MetricError with the slices that there are.
    """
    models = measured.tables["models"]
    slicing = find_slicing(name, models.schema)
    if slicing.name in measured.rollups.slices["slice"].to_pylist():
        return measured, slicing.name
    scores, engine = measured.scores, DuckDb()
    over = slice_again(measured.catalogue, measured.rollups, (scores, models), engine, [slicing])
    without = measured.without
    if without is not None:
        sliced = slice_again(measured.catalogue, without, (scores, models), engine, [slicing])
        # Exposure rests on the scores, which are those with waivers.
        without = replace(sliced, exposure=None)
    return replace(measured, numbers=measured.numbers.rolled_up(over, without)), slicing.name

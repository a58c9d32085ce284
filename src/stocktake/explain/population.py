"""From a number over many models to each of them: populations, their slices, and exposure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.errors import ExplainError
from stocktake.explain.columns import Cells
from stocktake.explain.context import Context
from stocktake.explain.score import model_step, part_step, read_ahead
from stocktake.explain.tree import Step
from stocktake.metrics import Metric, parts
from stocktake.metrics.slices import EVERYTHING, find_slicing

SUMS = "counts, and mean, worst and share of its models' levels"


def population_step(context: Context, node: str, slice_: str, value: str) -> Step:
    """A node over a slice of the models: each of them, and of a metric that asks for it, the exposure of its buckets.

    Models are looked into when they are asked for. Raises ExplainError for a slice that is not there.
    """
    rows = context.rollups.populations.to_pylist()
    told = [row for row in rows if (row["node"], row["slice"], row["slice_value"]) == (node, slice_, value)]
    if not told:
        known = dict.fromkeys(f"{row['slice']}={row['slice_value']}" for row in rows if row["slice"] != EVERYTHING)
        fix = f"use one of: {', '.join([EVERYTHING, *known])}"
        raise ExplainError(f"--slice {slice_}={value}", "there is no such slice", fix)
    it = context.catalogue.node(node)
    models = sorted(_members(context, slice_, value), key=lambda each: (context.model_name(each), each))
    children = [*_exposures(context, node, slice_, value, models)]
    children += [_member(context, node, slice_, each) for each in models]
    name = node if slice_ == EVERYTHING else f"{node}, {slice_} {value}"
    said = {key: each for key, each in told[0].items() if each is not None and key not in ("node", "kind")}
    return Step("population", name, said, f"{context.files.short(it.file)}: {SUMS}", children)


def _members(context: Context, slice_: str, value: str) -> list[str]:
    numbers = {
        row["slice_no"]
        for row in context.rollups.slices.to_pylist()
        if (row["slice"], row["slice_value"]) == (slice_, value)
    }
    return [row["model_id"] for row in context.rollups.members.to_pylist() if row["slice_no"] in numbers]


def _member(context: Context, node: str, slice_: str, model_id: str) -> Step:
    """One model of a slice, with why it is in it."""
    numbers = context.model(model_id)
    said = {part: numbers.get(f"{node}__{part}") for part in ("outcome", "low", "point", "high")}
    told = {"model_id": model_id, **{key: value for key, value in said.items() if value is not None}}

    def below() -> Iterator[Step]:
        yield model_step(context, node, model_id)
        if slice_ != EVERYTHING:
            for row in context.where("models", "model_id", [model_id]):
                yield Cells.of(context, "models", row).step(column)

    column = "" if slice_ == EVERYTHING else find_slicing(slice_, context.tables["models"].schema).column
    rule = "every model" if slice_ == EVERYTHING else context.files.short(context.lineage.where("models", column))
    return Step("member", context.model_name(model_id), told, rule, below)


def _exposures(context: Context, node: str, slice_: str, value: str, models: list[str]) -> Iterator[Step]:
    """Each bucket's share of what is served in a slice, from the servings that stand in it."""
    metric = context.catalogue.metrics.get(node)
    if context.rollups.exposure is None or metric is None or not metric.exposure:
        return
    for row in context.rollups.exposure.to_pylist():
        if (row["metric"], row["slice"], row["slice_value"]) == (node, slice_, value):
            said = {key: each for key, each in row.items() if each is not None and key not in ("metric", "place")}
            yield _exposure(context, metric, row["bucket"], said, models)


def _exposure(context: Context, metric: Metric, bucket: str, said: dict[str, Any], models: list[str]) -> Step:
    def below() -> Iterator[Step]:
        told = [(each, part) for each in models for part in parts(metric, context.scores, context.tables, each)]
        inside = [(model_id, part) for model_id, part in told if part["takes_part_as"] == bucket]
        read_ahead(context, metric, [part for _, part in inside])
        yield from (part_step(context, metric, model_id, part) for model_id, part in inside)

    rule = f"{context.files.short(metric.lines['exposure'])}: the share of live servings in each bucket"
    return Step("exposure", f"{metric.name}: {bucket}", said, rule, below)

"""What can be explained, by name: a node's number of a model or of a slice, a cell, a definition's members, a count."""

from __future__ import annotations

from collections.abc import Iterator

from stocktake.errors import ExplainError, one_of
from stocktake.explain.columns import model_anchors
from stocktake.explain.context import Context
from stocktake.explain.counted import cell, count_of, members
from stocktake.explain.population import population_step
from stocktake.explain.score import model_step
from stocktake.explain.tree import Step
from stocktake.metrics.compile import column
from stocktake.metrics.slices import EVERYTHING


def explain(
    context: Context, name: str, model_id: str | None = None, *, slice_: str = EVERYTHING, row: str | None = None
) -> Step:
    """The tree of a number.

    name: a metric or group, of a model, else of a slice (`everything`, or `owner=growth`); a definition, or one row of
    it; a cell (`servings.trained_at`) of a row; a count (`counts.kinds.model_binary`). Raises ExplainError for what is
    not there, with what is.
    """
    if name in context.catalogue.nodes():
        if model_id is None:
            kind, _, value = slice_.partition("=")
            return population_step(context, name, kind, value or kind)
        if not context.model(model_id):
            known = ", ".join(str(each) for each in context.rollups.models["model_id"].to_pylist()[:10])
            raise ExplainError(model_id, "no such model", f"use one of: {known}")
        return model_step(context, name, model_id)
    if name.startswith("counts."):
        return count_of(context, name)
    table, _, wanted = name.partition(".")
    if f"standard.{table}" not in context.lineage.standards:
        listed = [*context.catalogue.nodes(), *(each.name for each in context.standards.definitions)]
        fix = f"{one_of(sorted(listed), name)}; or TABLE.COLUMN, or counts.kinds.KIND"
        raise ExplainError(name, "no such metric, group, definition or table", fix)
    return cell(context, table, wanted, row) if wanted or row else members(context, table)


def focus(context: Context, model_id: str) -> None:
    """Look at the graph around one model only: its deployments, binaries and all that they rest on."""
    context.focus(model_anchors(context, model_id))


def targets(context: Context) -> Iterator[tuple[str, str]]:
    """Every (node, model id) that has a number."""
    for row in context.rollups.models.to_pylist():
        for node in context.catalogue.nodes():
            if row["model_id"] is not None and column(node, "outcome") in row:
                yield node, row["model_id"]

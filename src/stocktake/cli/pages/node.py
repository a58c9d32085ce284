"""The pages of one node, and of one kind of slice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import answer, interval
from stocktake.cli.pages.report import exposure_part, mean, nodes_table
from stocktake.errors import MetricError


def node_page(document: dict[str, Any]) -> Iterator[Block]:
    """A metric or group: its numbers per slice and per model."""
    node = document["node"]
    yield Heading(f"{node['node']} ({node['kind']})")
    yield node["asks"]
    rows = [
        (
            row["slice"],
            row["slice_value"],
            row["models"],
            mean(row),
            row["known"],
            row["unknown"],
            row["not_applicable"],
        )
        for row in document["populations"]
    ]
    yield Table(("slice", "value", "models", "level", "known", "unknown", "not asked"), rows)
    yield Heading("Per model")
    models = [
        (
            row["name"],
            row["model_by"],
            answer(row["is_live"]),
            row["outcome"],
            interval(row["low"], row["point"], row["high"]),
        )
        for row in document["models"]
    ]
    yield Table(("model", "named by", "live", "outcome", "level"), models)
    yield from exposure_part(document, "everything")


def slice_page(document: dict[str, Any], slice_: str) -> Iterator[Block]:
    """The hierarchy over every value of one kind of slice, such as every owner. Raises MetricError."""
    values = list(dict.fromkeys(row["slice_value"] for row in document["populations"] if row["slice"] == slice_))
    if not values:
        known = ", ".join(dict.fromkeys(row["slice"] for row in document["populations"]))
        raise MetricError(f"--by {slice_}", "there is no such slice", f"use one of: {known}")
    for value in values:
        yield Heading(f"{slice_}: {value}")
        yield nodes_table(document, slice_, value)
    yield from exposure_part(document, slice_)

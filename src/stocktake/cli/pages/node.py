"""The pages of one node, and of one kind of slice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import answer, interval, labels
from stocktake.cli.pages.report import EVERYTHING, WAIVED, exposure_part, mean, nodes_table
from stocktake.cli.pages.rulings import targets_part
from stocktake.errors import MetricError


def node_page(document: dict[str, Any]) -> Iterator[Block]:
    """A metric or group: its numbers per slice and per model."""
    node = document["node"]
    yield Heading(f"{node['node']} ({node['kind']})")
    yield node["asks"]
    begins = "worst" in document or "fixes" in document
    yield slices_table(document, EVERYTHING if begins else None)
    if document["below"]["nodes"]:
        yield Heading("What is below it?")
        yield nodes_table(document["below"], EVERYTHING, EVERYTHING)
    yield from targets_part(document)
    if "worst" in document:
        yield Heading("Which models stand lowest?")
        yield models_table(document["worst"])
    if "fixes" in document:
        yield Heading("What would gain most?")
        yield "Each is one model brought to the best level of one metric, and what the mean over all would gain by it."
        yield fixes_table(document["fixes"])
    if not begins:
        yield Heading("Per model")
        yield models_table(document["models"])
    yield from exposure_part(document, EVERYTHING)


def slices_table(document: dict[str, Any], only: str | None = None) -> Table:
    """The node's numbers per slice, of one name or of all; where waivers are in force, with and without them."""
    without = {(row["slice"], row["slice_value"]): mean(row) for row in document["without_waivers"]}
    rows = []
    for row in document["populations"]:
        if only not in (None, row["slice"]):
            continue
        own = (row["slice"], row["slice_value"])
        waived = (row["exempt"], without.get(own)) if without else ()
        rows.append((*own, row["models"], mean(row), row["known"], row["unknown"], row["not_applicable"], *waived))
    columns = ("slice", "value", "models", "level", "known", "unknown", "not asked")
    return Table((*columns, *WAIVED) if without else columns, rows)


def fixes_table(fixes: list[dict[str, Any]]) -> Table:
    """Fixes, the greatest gain first: of what is sure, and of what is known."""
    rows = [
        (
            row["name"], row["metric"], row["outcome"], row["best"], len(row["parts"]),
            f"+{row['gain_low']:.3f}", "" if row["gain_point"] is None else f"{row['gain_point']:+.3f}",
            interval(row["mean_low"], row["mean_point"], row["mean_high"]),
        )
        for row in fixes
    ]  # fmt: skip
    return Table(("model", "metric", "now", "then", "parts", "sure gain", "known gain", "level then"), rows)


def models_table(models: list[dict[str, Any]]) -> Table:
    """What the node says of each model; where a waiver changes it, with and without."""
    is_waived = any("without_waivers" in row for row in models)
    called, rows = labels(models), []
    for row in models:
        without = row.get("without_waivers", row)
        told = [called[row["model_id"]], row["model_by"], answer(row["is_live"]), row["outcome"]]
        ends = [interval(each["low"], each["point"], each["high"]) for each in (row, without)]
        rows.append([*told, *(ends if is_waived else ends[:1])])
    columns = ("model", "named by", "live", "outcome", "level")
    return Table((*columns, WAIVED[1]) if is_waived else columns, rows)


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

"""The parts of a page that say how waivers and targets stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Lines, Table
from stocktake.cli.pages.cells import interval, minute, number, plural

LOOKS = {"is_expiring": "expires soon", "is_unused": "exempts nothing", "is_broad": "exempts more than half"}


def targets_part(document: dict[str, Any]) -> Iterator[Block]:
    """Every target, when it is due, and what lacks."""
    if not document["targets"]:
        return
    yield Heading("Are we where we want to be?")
    rows = [
        (
            row["target"], _of(row), row["level"], minute(row["by"])[:10],
            interval(row["low"], row["point"], row["high"]), _state(row),
            interval(row["gap_low"], row["gap_point"], row["gap_high"]),
        )
        for row in document["targets"]
    ]  # fmt: skip
    yield Table(("target", "of", "level", "by", "now", "state", "lacks"), rows)


def _of(row: dict[str, Any]) -> str:
    """The node, and of which models."""
    return row["node"] if row["slice"] == "everything" else f"{row['node']} of {row['slice']} {row['slice_value']}"


def _state(row: dict[str, Any]) -> str:
    """The state in words, with the level that is due, and whether what is unknown could change it."""
    told = str(row["state"]).replace("_", " ")
    if row["state"] in ("on_track", "behind"):
        told += f": {number(row['due'])} is due"
    return told if row["is_sure"] or row["state"] == "open" else f"{told}, by what is known"


def waivers_part(document: dict[str, Any]) -> Iterator[Block]:
    """Every waiver, those first that need a look; and edits that no longer fit."""
    listed = sorted(document["waivers"], key=lambda row: (not _look(row), row["expires"], row["waiver"]))
    if listed:
        yield Heading("What is not judged for now?")
        in_force = [row for row in listed if row["state"] == "in_force"]
        yield f"{plural(len(in_force), 'waiver')} in force, {sum(row['exempted'] for row in in_force)} rows exempted."
        rows = [
            (
                row["waiver"], ", ".join(row["metrics"]), row["scope"] or "every row",
                f"{row['exempted']} of {row['asked']}", minute(row["expires"])[:10], row["approver"], _look(row),
            )
            for row in listed
        ]  # fmt: skip
        yield Table(("waiver", "metrics", "scope", "exempts", "expires", "approver", "look"), rows)
    if document["ruling_problems"]:
        yield Heading("Waivers and targets that do not count")
        yield Lines([f"  {each['where']}: {each['problem']}; {each['fix']}" for each in document["ruling_problems"]])


def _look(row: dict[str, Any]) -> str:
    """What of a waiver needs a look."""
    if row["state"] != "in_force":
        return str(row["state"]).replace("_", " ")
    return ", ".join(text for key, text in LOOKS.items() if row[key])

"""The page of `counts`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.cli.page import Block, Heading, Table
from stocktake.cli.pages.cells import COUNTED_BY, interval


def counts_page(document: dict[str, Any]) -> Iterator[Block]:
    """How many models by each way to count, the bridge, then kinds and definitions."""
    yield Heading("How many models?")
    yield models_table(document)
    yield Heading("How these numbers bridge to the definition `model`")
    yield bridge_table(document)
    yield Heading("How many of each kind")
    yield kinds_table(document)
    yield Heading("Members of each definition")
    rows = [
        (name, interval(each["low"], each["point"], each["high"])) for name, each in document["definitions"].items()
    ]
    yield Table(("definition", "members"), rows)


def models_table(document: dict[str, Any]) -> Table:
    """Models by each way to count them."""
    return Table(("counted by", "models"), [(COUNTED_BY[way], number) for way, number in document["models"].items()])


def bridge_table(document: dict[str, Any]) -> Table:
    """From each way to count to the models: what is added or left out."""
    total = document["models"]["model"]
    rows: list[tuple[object, ...]] = []
    for way, steps in document["bridge"].items():
        rows += [("", each["difference"], each["reason"]) for each in steps]
        rows[-len(steps)] = (COUNTED_BY[way], *rows[-len(steps)][1:])
        rows.append(("", total, "= models"))
    return Table(("from", "number", "step"), rows)


def kinds_table(document: dict[str, Any]) -> Table:
    """Described, live and only referred to, per kind."""
    rows = [
        (kind.replace("_", " "), each["described"], live(each), each["ghosts"])
        for kind, each in document["kinds"].items()
    ]
    return Table(("kind", "described", "live", "only referred to"), rows)


def live(counted: dict[str, Any]) -> str:
    """How many of a kind a live deployment rests on; nothing where that has no meaning."""
    return "" if counted["live"] is None else interval(counted["live"], None, counted["live_high"])

"""Losing a value may make a result unknown and nothing else: values of a case are taken away one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stocktake.cases.case import Row
from stocktake.cases.rows import equal, nearest, pair, told
from stocktake.schema import Schema
from stocktake.standards import Standard

Given = Mapping[str, list[Row]]

LIFECYCLE = frozenset({"created_at", "retired_at", "status", "topic"})
"""Fields that say what exists, and what an assessment is one of: they are no values."""

PLACE = frozenset({"slot", "role"})
"""Attributes that say which link it is: they are no values."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One value taken away: of which table, row and column, and what is given then."""

    table: str
    column: str
    row: Row
    given: Given


def losses(given: Given, schema: Schema, steps: tuple[Standard, ...], absence: frozenset[str]) -> Iterator[Loss]:
    """Every way to take one value from a case, where one of the steps reads it.

    absence: fields whose absence is read as a state; taking them away may change anything.
    """
    values = value_columns(schema)
    for table, rows in given.items():
        for column in values.get(table, ()):
            if {column, f"{table.partition('.')[2]}.{column}"} & absence or not _is_read(table, column, steps):
                continue
            for number, row in enumerate(rows):
                if row.get(column) is not None:
                    yield Loss(table, column, row, _without(given, table, number=number, column=column))


def value_columns(schema: Schema) -> dict[str, tuple[str, ...]]:
    """The columns of each table of the graph that hold values: neither ids nor links nor what says what exists."""
    columns: dict[str, tuple[str, ...]] = {}
    for kind in schema.kinds.values():
        columns[f"graph.{kind.name}"] = tuple(name for name in kind.fields if name not in LIFECYCLE)
        for edge in kind.edges.values():
            attributes = tuple(each.name for each in edge.attributes if each.name not in PLACE)
            columns[f"graph.{kind.name}_{edge.name}"] = attributes
    return columns


def flips(before: list[Row], after: list[Row]) -> list[str]:
    """What changed otherwise than to unknown; empty when nothing did.

    A column `low`, `high` or `point`, or one that ends so, bounds what is unknown: `low` may fall, `high` may rise.
    """
    answers = pair(before, after, weaker)
    lost = [row for row, answer in zip(before, answers, strict=True) if answer is None]
    new = [row for number, row in enumerate(after) if number not in answers]
    changes = []
    for row in lost:
        other = nearest(row, new)
        if other is None:
            changes.append(f"the row {told(row)} is gone")
            continue
        new.remove(other)
        names = [name for name in row if not _may_become(name, row, other)]
        changes += [f"{name} turns from {row[name]} to {other[name]}" for name in names]
    return changes + [f"the row {told(row)} comes up" for row in new]


def weaker(before: Row, after: Row) -> bool:
    """Whether a row is another with nothing but unknowns more."""
    return all(_may_become(name, before, after) for name in before)


def _may_become(name: str, before: Row, after: Row) -> bool:
    old, new = before[name], after[name]
    if equal(old, new) or new is None:
        return True
    if old is None:
        return False
    bound = name.rpartition("_")[2]
    if bound == "low":
        return bool(new <= old)
    if bound == "high":
        return bool(new >= old)
    return bound == "point"


def _is_read(table: str, column: str, steps: tuple[Standard, ...]) -> bool:
    """Whether any step that reads a table names a column."""
    owned = f"{table}_owned_by"
    return any(
        (table in step.reads and re.search(rf"\b{column}\b", step.sql)) or (column == "owners" and owned in step.reads)
        for step in steps
    )


def _without(given: Given, table: str, *, number: int, column: str) -> Given:
    """What is given, less one value; with the owners of an artifact its links to them go."""
    rows = [{**row, column: None} if place == number else row for place, row in enumerate(given[table])]
    changed = {**given, table: rows}
    owned = f"{table}_owned_by"
    if column == "owners" and owned in given:
        gone = given[table][number].get("id")
        changed[owned] = [row for row in given[owned] if row.get("from_id") != gone]
    return changed

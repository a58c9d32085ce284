"""Of what later statements read nothing is left out; of what none reads, nothing is made."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stocktake.engines import Step
from stocktake.engines.needed import narrow, needed_columns

COLUMNS = ("id", "name", "level", "Owner", "unread")


def typed(name: str, sql: str, *columns: str) -> Step:
    """A step of a person's file, which declares its columns."""
    return Step(name, sql, dict.fromkeys(columns, "VARCHAR"))


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([Step("standard.a", "SELECT id FROM graph.it WHERE level > 2")], ["id", "level"]),
        ([Step("standard.a", 'SELECT it.id, it."owner" FROM graph.it AS it')], ["id", "Owner"]),
        ([Step("standard.a", "SELECT COUNT(*) AS n, 2 * id AS twice FROM graph.it")], ["id"]),
        ([Step("standard.a", "SELECT name FROM graph.other")], []),
        # What passes on unnamed is what a later one asks for.
        ([Step("standard.a", "SELECT * FROM graph.it"), Step("b", "SELECT name FROM standard.a")], ["name"]),
        ([Step("standard.a", "SELECT it.*, 1 AS one FROM graph.it AS it"), Step("b", "SELECT id FROM x")], []),
        # A person's own `SELECT *` may count on the number of columns.
        ([typed("standard.a", "SELECT * FROM graph.it", "id")], list(COLUMNS)),
    ],
)
def test_the_columns_that_are_read(steps: Sequence[Step], expected: list[str]) -> None:
    """By name, whatever its case, also through statements that pass all columns on."""
    assert needed_columns("graph.it", COLUMNS, steps) == expected


def test_steps_make_only_what_is_read_later() -> None:
    """A step that is kept is left whole; one that nobody reads keeps a column, as a table must have one."""
    first = typed("standard.first", "SELECT id, name, level FROM graph.it", "id", "name", "level")
    kept = typed("standard.kept", "SELECT id, name FROM standard.first", "id", "name")
    alone = typed("standard.alone", "SELECT id, name FROM graph.it", "id", "name")

    told = {step.name: list(step.types) for step in narrow([first, kept, alone], {"standard.kept"})}

    assert told == {"standard.first": ["id", "name"], "standard.kept": ["id", "name"], "standard.alone": ["id"]}

"""Comparing rows: which of one side answers to which of the other, whatever their order."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from stocktake.cases.case import Row, plain

Fits = Callable[[Row, Row], bool]


def pair(left: Sequence[Row], right: Sequence[Row], fits: Fits) -> list[int | None]:
    """For each row of `left` the number of the row of `right` that answers to it; None where none is left for it.

    As many are paired as can be: a row that fits several gives way to one that fits fewer.
    """
    taken: dict[int, int] = {}

    def find(number: int, tried: set[int]) -> bool:
        for other, row in enumerate(right):
            if other not in tried and fits(left[number], row):
                tried.add(other)
                if other not in taken or find(taken[other], tried):
                    taken[other] = number
                    return True
        return False

    for number in range(len(left)):
        find(number, set())
    answers: list[int | None] = [None] * len(left)
    for other, number in taken.items():
        answers[number] = other
    return answers


def holds(expected: Row, got: Row) -> bool:
    """Whether a row has what is expected of it; columns that are not named are not looked at."""
    return all(equal(value, got.get(name)) for name, value in expected.items())


def equal(expected: Any, got: Any) -> bool:
    """Whether two values are the same; broken numbers to 9 places."""
    if isinstance(expected, bool) or isinstance(got, bool):
        return expected is got
    if isinstance(expected, (int, float)) and isinstance(got, (int, float)):
        return math.isclose(expected, got, rel_tol=0, abs_tol=1e-9)
    return bool(plain(expected) == plain(got))


def nearest(expected: Row, rows: Sequence[Row]) -> Row | None:
    """The row that has most of what is expected."""
    return max(rows, key=lambda row: sum(equal(value, row.get(name)) for name, value in expected.items()), default=None)


def told(row: Row) -> str:
    """A row as one line, unknowns left out."""
    return "{" + ", ".join(f"{name}: {value}" for name, value in row.items() if value is not None) + "}"

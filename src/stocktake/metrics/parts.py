"""Two ways to sum up parts in SQL: down the rows of a group, or across the columns of one row.

Both answer the same few questions, so that each method is written once. A term is SQL with names in braces, such as
`{low}`; NULL takes no part in any of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

ABSENT = "9"
"""Stands in for NULL among levels when the least is sought: above every level. LEAST itself differs among engines."""


ONE = "1"
"""A weight that changes no sum."""


class Parts(Protocol):
    """The parts of one whole."""

    def least(self, term: str) -> str:
        """The least, or NULL."""

    def greatest(self, term: str) -> str:
        """The greatest, or NULL."""

    def total(self, *factors: str, where: str = "") -> str:
        """The sum of a product, exact to 9 places a factor; 0 without parts."""

    def number(self, condition: str) -> str:
        """How many parts fulfil a condition."""

    def ordered(self, term: str) -> str:
        """The list of what is not NULL, least first."""


def exact(term: str) -> str:
    """A number as a decimal, so that no sum depends on the order of its parts."""
    return f"CAST({term} AS DECIMAL(18, 9))"


def _sum(terms: Sequence[str]) -> str:
    """The sum of decimals, by halves: an engine that adds a digit for each + would run out of digits along a chain."""
    if len(terms) < 2:
        return terms[0] if terms else "0"
    middle = len(terms) // 2
    return f"({_sum(terms[:middle])} + {_sum(terms[middle:])})"


@dataclass(frozen=True, slots=True)
class Down:
    """The rows of a GROUP BY. names: what `{low}` and its like are there. times: how many parts a row stands for."""

    names: Mapping[str, str]
    times: str = ""

    def least(self, term: str) -> str:
        """The least, or NULL."""
        return f"MIN({self._told(term)})"

    def greatest(self, term: str) -> str:
        """The greatest, or NULL."""
        return f"MAX({self._told(term)})"

    def total(self, *factors: str, where: str = "") -> str:
        """The sum of a product; 0 without parts."""
        told = [factor for factor in map(self._told, factors) if factor != ONE]
        if not told and where and not self.times:
            return self.number(where)
        product = " * ".join(map(exact, told or [ONE]))
        # Of the whole number's own type Spark would make a decimal of so many digits that it takes some off the end.
        product = f"{exact(product)} * CAST({self.times} AS DECIMAL(18, 0))" if self.times else product
        chosen = f"CASE WHEN {self._told(where)} THEN {product} END" if where else product
        return f"COALESCE(SUM({chosen}), 0)"

    def number(self, condition: str) -> str:
        """How many rows fulfil a condition."""
        if self.times:
            return f"COALESCE(SUM(CASE WHEN {self._told(condition)} THEN {self.times} END), 0)"
        return f"COUNT(CASE WHEN {self._told(condition)} THEN 1 END)"

    def ordered(self, term: str) -> str:
        """The list of what is not NULL, least first."""
        told = self._told(term)
        return f"LIST_SORT(ARRAY_AGG({told}) FILTER (WHERE {told} IS NOT NULL))"

    def _told(self, term: str) -> str:
        return term.format_map(self.names)


@dataclass(frozen=True, slots=True)
class Across:
    """Groups of columns of one row. parts: per part, what `{low}` and its like are in this row."""

    parts: Sequence[Mapping[str, str]]

    def least(self, term: str) -> str:
        """The least, or NULL."""
        each = [f"COALESCE({told}, {ABSENT})" for told in self._told(term)]
        return f"NULLIF(LEAST({', '.join(each)}), {ABSENT})" if each else "CAST(NULL AS DOUBLE)"

    def greatest(self, term: str) -> str:
        """The greatest, or NULL."""
        each = [f"COALESCE({told}, -{ABSENT})" for told in self._told(term)]
        return f"NULLIF(GREATEST({', '.join(each)}), -{ABSENT})" if each else "CAST(NULL AS DOUBLE)"

    def total(self, *factors: str, where: str = "") -> str:
        """The sum of a product; 0 without parts."""
        each = []
        for part in self.parts:
            product = f"CAST({' * '.join(exact(factor.format_map(part)) for factor in factors)} AS DECIMAL(28, 18))"
            chosen = f"CASE WHEN {where.format_map(part)} THEN {product} END" if where else product
            each.append(f"COALESCE({chosen}, 0)")
        return _sum(each)

    def number(self, condition: str) -> str:
        """How many parts fulfil a condition."""
        each = [f"CASE WHEN {told} THEN 1 ELSE 0 END" for told in self._told(condition)]
        return f"({' + '.join(each)})" if each else "0"

    def ordered(self, term: str) -> str:
        """The list of what is not NULL, least first; what is NULL stands behind it, as a number above every level."""
        each = [f"COALESCE({told}, {ABSENT})" for told in self._told(term)]
        return f"LIST_SORT(ARRAY[{', '.join(each)}])" if each else "CAST(NULL AS DOUBLE[])"

    def _told(self, term: str) -> list[str]:
        return [term.format_map(part) for part in self.parts]

"""The methods: how the intervals of parts become the interval of the whole.

Each is one function from parts to three SQL expressions. A part has {low}, {point}, {high}, where a low of NULL takes
no part and a point of NULL is not known, and {weight}; within a deployment also {share} of its traffic and {told}, the
sum of all shares there; by time {latest}: TRUE, FALSE, or NULL where the part has no time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stocktake.metrics.parts import Parts
from stocktake.metrics.spec import Method

TAKES_PART = "{low} IS NOT NULL"
IS_KNOWN = "{point} IS NOT NULL"
NO_REST = "0.000001"
"""Shares are rounded to 9 places, so a whole may lack a billionth or two: that is no untold traffic."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Three SQL expressions, before the point is clamped."""

    low: str
    point: str
    high: str


def ratio(part: str, whole: str) -> str:
    """A quotient as a double; NULL when the whole is 0."""
    return f"CAST({part} AS DOUBLE) / NULLIF(CAST({whole} AS DOUBLE), 0)"


def worst(parts: Parts) -> Interval:
    """The least of the levels."""
    return Interval(parts.least("{low}"), parts.least("{point}"), parts.least("{high}"))


def best(parts: Parts) -> Interval:
    """The greatest of the levels."""
    return Interval(parts.greatest("{low}"), parts.greatest("{point}"), parts.greatest("{high}"))


def mean(parts: Parts) -> Interval:
    """The mean of the levels, each part by its constant weight."""
    all_weight, known_weight = parts.total("{weight}", where=TAKES_PART), parts.total("{weight}", where=IS_KNOWN)
    return Interval(
        ratio(parts.total("{weight}", "{low}"), all_weight),
        ratio(parts.total("{weight}", "{point}"), known_weight),
        ratio(parts.total("{weight}", "{high}"), all_weight),
    )


def traffic_weighted(parts: Parts) -> Interval:
    """The mean by share of traffic; the untold rest to the worst part, the known ones without a share, the best."""
    untold = f"1 - COALESCE(CAST({parts.least('{told}')} AS DOUBLE), 0)"
    rest = f"(CASE WHEN {untold} > {NO_REST} THEN {untold} ELSE 0 END)"
    plain = mean(parts)
    told = f"CAST({parts.total('{share}', where=TAKES_PART)} AS DOUBLE)"

    def outer(level: str, end: str, otherwise: str) -> str:
        total = f"CAST({parts.total('{share}', level)} AS DOUBLE)"
        return f"COALESCE(({total} + {rest} * {end}) / NULLIF({told} + {rest}, 0), {otherwise})"

    open_parts = IS_KNOWN + " AND {share} IS NULL"
    number = parts.number(open_parts)
    spread = f"(CASE WHEN {number} > 0 THEN {rest} ELSE 0 END)"
    known = f"CAST({parts.total('{share}', '{point}')} AS DOUBLE)"
    guessed = (
        f"COALESCE({spread} * CAST({parts.total('{point}', where=open_parts)} AS DOUBLE) / NULLIF({number}, 0), 0)"
    )
    weight = f"NULLIF(CAST({parts.total('{share}', where=IS_KNOWN)} AS DOUBLE) + {spread}, 0)"
    return Interval(
        outer("{low}", parts.least("{low}"), plain.low),
        f"COALESCE(({known} + {guessed}) / {weight}, {plain.point})",
        outer("{high}", parts.greatest("{high}"), plain.high),
    )


def median(parts: Parts) -> Interval:
    """The middle level, or the mean of the two middle ones."""

    def middle(term: str) -> str:
        ordered, number = parts.ordered(term), parts.number(f"{term} IS NOT NULL")
        upper, lower = f"{ordered}[{number} // 2 + 1]", f"{ordered}[({number} + 1) // 2]"
        return f"CASE WHEN {number} > 0 THEN (CAST({lower} AS DOUBLE) + {upper}) / 2 END"

    return Interval(middle("{low}"), middle("{point}"), middle("{high}"))


def latest(parts: Parts) -> Interval:
    """The latest part's level; a part without a time may be the latest."""
    may_be, is_latest = "CASE WHEN COALESCE({{latest}}, TRUE) THEN {{{}}} END", "{latest} AND " + IS_KNOWN
    return Interval(
        parts.least(may_be.format("low")),
        ratio(parts.total("{point}", where=is_latest), parts.number(is_latest)),
        parts.greatest(may_be.format("high")),
    )


def share(parts: Parts, level: float) -> Interval:
    """The share of parts at a level or above."""
    number = parts.number(TAKES_PART)
    return Interval(
        ratio(parts.number(f"{{low}} >= {level:g}"), number),
        ratio(parts.number(f"{{point}} >= {level:g}"), parts.number(IS_KNOWN)),
        ratio(parts.number(f"{{high}} >= {level:g}"), number),
    )


def any_part(parts: Parts, level: float) -> Interval:
    """4 when any part is at a level or above, else 0."""
    ends = best(parts)
    return Interval(*(_all_or_nothing(end, level) for end in (ends.low, ends.point, ends.high)))


def all_parts(parts: Parts, level: float) -> Interval:
    """4 when all parts are at a level or above, else 0."""
    ends = worst(parts)
    return Interval(*(_all_or_nothing(end, level) for end in (ends.low, ends.point, ends.high)))


def gate(parts: Parts, at: float = 0, cap: float = 1) -> Interval:
    """The weighted mean, but at most `cap` when any part is at level `at` or below."""
    free, ends = mean(parts), worst(parts)

    def capped(value: str, least: str) -> str:
        return f"CASE WHEN {least} <= {at:g} AND {value} > {cap:g} THEN {cap:g} ELSE {value} END"

    return Interval(capped(free.low, ends.low), capped(free.point, ends.point), capped(free.high, ends.high))


def count(parts: Parts, level: float) -> Interval:
    """How many parts are at a level or above."""

    def number(term: str) -> str:
        told, reached = parts.number(f"{{{term}}} IS NOT NULL"), parts.number(f"{{{term}}} >= {level:g}")
        return f"CASE WHEN {told} > 0 THEN {reached} END"

    return Interval(number("low"), number("point"), number("high"))


def _all_or_nothing(value: str, level: float) -> str:
    return f"CASE WHEN {value} >= {level:g} THEN 4 WHEN {value} < {level:g} THEN 0 END"


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """A method: how it is written, how many numbers it takes, what it gives, and whether a group can use it."""

    apply: Callable[..., Interval]
    usage: str
    numbers: tuple[int, int] = (0, 0)
    needs_levels: bool = False
    across: bool = True


METHODS = {
    "worst": MethodSpec(worst, "worst"),
    "best": MethodSpec(best, "best"),
    "mean": MethodSpec(mean, "mean"),
    "weighted": MethodSpec(mean, "weighted"),
    "traffic_weighted": MethodSpec(traffic_weighted, "traffic_weighted", across=False),
    "median": MethodSpec(median, "median"),
    "latest": MethodSpec(latest, "latest", across=False),
    "share": MethodSpec(share, "share(LEVEL)", (1, 1), needs_levels=True),
    "any": MethodSpec(any_part, "any(LEVEL)", (1, 1)),
    "all": MethodSpec(all_parts, "all(LEVEL)", (1, 1)),
    "gate": MethodSpec(gate, "gate(AT, CAP)", (0, 2)),
    "count": MethodSpec(count, "count(LEVEL)", (1, 1), needs_levels=True),
}


def problem_of_numbers(name: str, numbers: tuple[float, ...]) -> str:
    """What is wrong with a method's numbers; '' when nothing is."""
    least, most = METHODS[name].numbers
    if not least <= len(numbers) <= most:
        return f"takes {least} numbers" if least == most else f"takes {least} to {most} numbers"
    if any(not 0 <= number <= 4 for number in numbers):
        return "a level is 0 to 4"
    return ""


def apply(method: Method, parts: Parts) -> Interval:
    """The interval of the whole, as SQL."""
    return METHODS[method.name].apply(parts, *method.numbers)

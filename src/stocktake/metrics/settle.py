"""From a method's raw interval to a settled one: rounded, the point inside, a share or count turned into a level."""

from __future__ import annotations

from collections.abc import Sequence

from stocktake.metrics import expression
from stocktake.metrics.compile import column
from stocktake.metrics.methods import METHODS, Interval, apply
from stocktake.metrics.parts import Parts
from stocktake.metrics.spec import COUNTS, ERROR, EXEMPT, NOT_APPLICABLE, UNKNOWN, Bucket, Method, Node

ENDS = ("low", "point", "high")
VALUE_ENDS = ("value_low", "value_point", "value_high")


def node_parts(method: Method) -> tuple[str, ...]:
    """What a rolled-up node has, each a column `<node>__<part>`: its interval on the scale of levels, its level and
    outcome, how many of what is below it have which outcome, and the share or count itself where it is one.
    """
    return (*ENDS, "level", "outcome", *COUNTS, *(VALUE_ENDS if METHODS[method.name].needs_levels else ()))


def raw_columns(name: str, method: Method, parts: Parts) -> list[str]:
    """The method's own interval, rounded to 9 places, as columns `<name>__raw_low` and so on."""
    interval = apply(method, parts)
    ends = zip(ENDS, (interval.low, interval.point, interval.high), strict=True)
    return [f"{rounded(value)} AS {column(name, f'raw_{end}')}" for end, value in ends]


def settled_columns(name: str, method: Method, levels: Sequence[Bucket]) -> list[str]:
    """The settled interval from the columns of `raw_columns`."""
    raw = clamped(Interval(*(column(name, f"raw_{end}") for end in ENDS)))
    ends = (raw.low, raw.point, raw.high)
    if not METHODS[method.name].needs_levels:
        return [f"{value} AS {column(name, end)}" for end, value in zip(ENDS, ends, strict=True)]
    told = [f"{value} AS {column(name, end)}" for end, value in zip(VALUE_ENDS, ends, strict=True)]
    return told + [f"{level_of(value, levels)} AS {column(name, end)}" for end, value in zip(ENDS, ends, strict=True)]


def settled(raw: Interval) -> Interval:
    """The interval rounded to 9 places, its point clamped between its ends."""
    return clamped(Interval(rounded(raw.low), rounded(raw.point), rounded(raw.high)))


def rounded(value: str) -> str:
    """A number as all numbers of a roll-up are: of 9 places."""
    return f"ROUND(CAST({value} AS DOUBLE), 9)"


def clamped(raw: Interval) -> Interval:
    """The interval with its point between its ends."""
    low, point, high = raw.low, raw.point, raw.high
    return Interval(
        low, f"CASE WHEN {point} < {low} THEN {low} WHEN {point} > {high} THEN {high} ELSE {point} END", high
    )


def level_of(value: str, levels: Sequence[Bucket]) -> str:
    """The level of a share or count; NULL for NULL."""
    cases = [f"WHEN {value} IS NULL THEN CAST(NULL AS INTEGER)"]
    for bucket in levels:
        when = expression.render(bucket.when, {expression.VALUE: f"({value})"}) if bucket.when else "TRUE"
        cases.append(f"WHEN {when} THEN {bucket.level}")
    return f"CAST(CASE {' '.join(cases)} END AS DOUBLE)"


def outcome_columns(node: Node) -> list[str]:
    """A node's level and outcome, from its settled interval and its counts."""
    low, point = column(node.name, "low"), column(node.name, "point")
    level = f"CAST(FLOOR({point}) AS TINYINT)"
    names = " ".join(f"WHEN {each} THEN '{node.level_name(each)}'" for each in range(5))
    only_errors = f"{column(node.name, ERROR)} > 0 AND {column(node.name, UNKNOWN)} = 0"
    outcome = (
        f"CASE WHEN {point} IS NOT NULL THEN CASE {level} {names} END "
        f"WHEN {low} IS NOT NULL AND {only_errors} THEN '{ERROR}' WHEN {low} IS NOT NULL THEN '{UNKNOWN}' "
        f"WHEN {column(node.name, EXEMPT)} > 0 THEN '{EXEMPT}' ELSE '{NOT_APPLICABLE}' END"
    )
    return [f"{level} AS {column(node.name, 'level')}", f"{outcome} AS {column(node.name, 'outcome')}"]

"""Buckets: reading them, and finding those that leave a gap or that no value reaches."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from sqlglot import exp

from stocktake.errors import Problem
from stocktake.metrics import expression
from stocktake.metrics.document import Located, Reader
from stocktake.metrics.spec import OUTCOMES, Bucket

COMPARISONS: dict[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
}


class OpenConditionError(Exception):
    """A condition whose truth depends on more than the value."""


def read_buckets(told: Iterable[tuple[str, Located]], problems: list[Problem]) -> tuple[Bucket, ...]:
    """Buckets from YAML: `name: {level: 0 to 4, when: condition}`, in their order."""
    found = []
    for name, settings in told:
        if name in OUTCOMES:
            fix = f"choose another name; {', '.join(OUTCOMES)} are outcomes of their own"
            problems.append(Problem(settings.where, f"a bucket can't be named {name}", fix))
        if not isinstance(settings.value, dict):
            problems.append(
                Problem(settings.where, f"bucket {name} has no level", "write {level: 0 to 4, when: condition}")
            )
            continue
        reader = Reader(settings, problems)
        reader.only(("level", "when"))
        level = settings.value.get("level", Located(None, settings.where)).value
        if isinstance(level, bool) or level not in (0, 1, 2, 3, 4):
            problems.append(
                Problem(settings.where, f"bucket {name} has the level {level}", "use one of: 0, 1, 2, 3, 4")
            )
            continue
        found.append(Bucket(name, level, reader.text("when"), reader.lines.get("when", settings.where)))
    return tuple(found)


def problems_of_order(buckets: Sequence[Bucket]) -> list[Problem]:
    """Buckets behind one without a condition, values that no bucket takes, and buckets that no value reaches."""
    for at, bucket in enumerate(buckets[:-1]):
        if bucket.when is None:
            fix = f"put {bucket.name} last, or give it a condition"
            return [
                Problem(
                    buckets[at + 1].where,
                    f"bucket {buckets[at + 1].name} is never reached: {bucket.name} takes all",
                    fix,
                )
            ]
    try:
        return _problems_of_reach(buckets)
    except (OpenConditionError, ValueError):
        return []


def problems_of_rise(buckets: Sequence[Bucket]) -> list[Problem]:
    """Levels of a share or count must not fall as it rises: else a low could stand above its high."""
    points = sorted({0.0, *(point for point in _points(buckets) if isinstance(point, float) and point >= 0)})
    levels = [(point, _first(buckets, point)) for point in points]
    for (lower, first), (upper, second) in pairwise(levels):
        if first and second and second.level < first.level:
            problem = f"level {second.level} at {upper:g} is below level {first.level} at {lower:g}"
            return [Problem(second.where, problem, "let the levels rise with the value")]
    return []


def _problems_of_reach(buckets: Sequence[Bucket]) -> list[Problem]:
    """Tries the value at, between and beyond all the numbers that the conditions name."""
    points = _points(buckets)
    if not points:
        return []
    firsts = [(point, _first(buckets, point)) for point in points]
    numbers = all(isinstance(point, float) for point in points)
    gaps = [point for point, bucket in firsts if bucket is None]
    reached = {bucket.name for _, bucket in firsts if bucket}
    problems = []
    if gaps and numbers:
        fix = "let a condition take it in, or end with a bucket without a condition"
        problems.append(Problem(buckets[-1].where, f"no bucket for {gaps[0]:g}", fix))
    for bucket in buckets:
        if bucket.name not in reached and (bucket.when is not None or numbers):
            fix = "an earlier bucket takes all its values: put the narrower one first, or take one away"
            problems.append(Problem(bucket.where, f"bucket {bucket.name} is never reached", fix))
    return problems


def _points(buckets: Sequence[Bucket]) -> list[Any]:
    """Values worth trying: each constant, and for numbers also between and beyond them."""
    trees = [expression.parse(bucket.when) for bucket in buckets if bucket.when]
    literals = [_constant(literal) for tree in trees for literal in tree.find_all(exp.Literal, exp.Neg)]
    texts = sorted({value for value in literals if isinstance(value, str)})
    numbers = sorted({value for value in literals if isinstance(value, float)})
    if texts or not numbers:
        return list(texts)
    between = [(left + right) / 2 for left, right in pairwise(numbers)]
    return sorted([numbers[0] - 1, *numbers, *between, numbers[-1] + 1])


def _first(buckets: Sequence[Bucket], value: Any) -> Bucket | None:
    """The first bucket whose condition holds for a value."""
    return next((b for b in buckets if b.when is None or _holds(expression.parse(b.when), value)), None)


def _holds(tree: exp.Expr, value: Any) -> bool:
    """Whether a condition on the value alone holds. Raises OpenConditionError for any other condition."""
    if isinstance(tree, exp.Paren):
        return _holds(tree.this, value)
    if isinstance(tree, (exp.And, exp.Or)):
        sides = [_holds(tree.left, value), _holds(tree.right, value)]
        return all(sides) if isinstance(tree, exp.And) else any(sides)
    if isinstance(tree, exp.Not):
        return not _holds(tree.this, value)
    if isinstance(tree, exp.Between):
        return bool(
            _operand(tree.args["low"], value) <= _operand(tree.this, value) <= _operand(tree.args["high"], value)
        )
    if isinstance(tree, exp.In) and tree.expressions:
        return _operand(tree.this, value) in [_operand(item, value) for item in tree.expressions]
    if type(tree) in COMPARISONS:
        return COMPARISONS[type(tree)](_operand(tree.this, value), _operand(tree.expression, value))
    raise OpenConditionError


def _operand(tree: exp.Expr, value: Any) -> Any:
    """The value itself or a constant."""
    if isinstance(tree, exp.Column) and tree.name.lower() == expression.VALUE:
        return value
    constant = _constant(tree)
    if constant is None or isinstance(constant, str) != isinstance(value, str):
        raise OpenConditionError
    return constant


def _constant(tree: exp.Expr) -> float | str | None:
    """A literal's value; None for anything else."""
    if isinstance(tree, exp.Neg) and isinstance(tree.this, exp.Literal) and not tree.this.is_string:
        return -float(tree.this.this)
    if isinstance(tree, exp.Literal):
        return str(tree.this) if tree.is_string else float(tree.this)
    return None

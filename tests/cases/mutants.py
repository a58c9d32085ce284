"""Mutants: shipped files with one thing changed, which some case must notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import sqlglot
from sqlglot import exp

from stocktake.cases.case import Case, read_cases
from stocktake.cases.run import differences, duckdb, trial_of
from stocktake.cases.trials import lifted_step, rows_by_trial, trial_tables
from stocktake.engines import Step
from stocktake.errors import Problem
from stocktake.metrics import Catalogue
from stocktake.metrics.cases import Types
from stocktake.metrics.cases import read_cases as read_metric_cases
from stocktake.metrics.metric_cases import metric_problems
from stocktake.metrics.spec import Metric
from stocktake.standards import Standard, Standards

FLIPS: dict[type[exp.Binary], tuple[type[exp.Binary], ...]] = {
    exp.LT: (exp.LTE, exp.GTE),
    exp.LTE: (exp.LT, exp.GT),
    exp.GT: (exp.GTE, exp.LTE),
    exp.GTE: (exp.GT, exp.LT),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
}
"""Comparison → its neighbour and its negation."""


@dataclass(frozen=True)
class Mutant:
    """A query in which one comparison is flipped. says: what it was and is, in its surroundings."""

    says: str
    sql: str


def mutants_of(standard: Standard) -> Iterator[Mutant]:
    """Every comparison of a definition or table flipped, one at a time."""
    for each in flipped(standard.sql):
        yield replace(each, says=f"{standard.name}: {each.says}")


def flipped(sql: str) -> Iterator[Mutant]:
    """Every comparison of a query or an expression flipped, one at a time."""
    query = sqlglot.parse_one(sql, dialect="duckdb")
    places = [number for number, node in enumerate(query.walk()) if type(node) in FLIPS]
    for place in places:
        for flip in FLIPS[type(_node(query, place))]:
            mutant = query.copy()
            node = _node(mutant, place)
            was = node.sql("duckdb")
            turned = flip(this=node.this.copy(), expression=node.expression.copy())
            if node is mutant:
                mutant = turned
            else:
                node.replace(turned)
            yield Mutant(f"{was} → {turned.sql('duckdb')} in {_around(turned)}", mutant.sql("duckdb"))


def _node(query: exp.Expr, place: int) -> exp.Binary:
    """The node that a walk meets at a place."""
    node = next(node for number, node in enumerate(query.walk()) if number == place)
    assert isinstance(node, exp.Binary)
    return node


def _around(node: exp.Expr) -> str:
    """The clause or column that a node is in."""
    above: exp.Expr = node
    while above.parent and not isinstance(above.parent, exp.Select):
        above = above.parent
    return above.sql("duckdb")[:160]


def survivors(standard: Standard, standards: Standards) -> list[str]:
    """The mutants of a definition or table that all of its cases let pass."""
    cases, problems = read_cases(standard, standards)
    assert problems == []
    mutants = list(mutants_of(standard))
    before = standards.needed_for(standard.name)[:-1]
    steps = [lifted_step(each.step) for each in before]
    types = standard.step.types
    steps += [lifted_step(Step(f"standard.mutant_{number}", each.sql, types)) for number, each in enumerate(mutants)]
    tables = trial_tables((*before, standard), [trial_of(case) for case in cases], standards.layer)
    results = duckdb().run_tables(steps, tables)
    return [
        each.says
        for number, each in enumerate(mutants)
        if _passes(cases, rows_by_trial(results[f"standard.mutant_{number}"], len(cases)))
    ]


def _passes(cases: Sequence[Case], rows: Sequence[list[dict[str, object]]]) -> bool:
    return not any(differences(case, found) for case, found in zip(cases, rows, strict=True))


def surviving_metrics(metric: Metric, catalogue: Catalogue, folder: Path, types: Types) -> list[str]:
    """What can be changed in a metric so that all of its cases still hold: a bucket deleted, a comparison flipped."""
    problems: list[Problem] = []
    cases = read_metric_cases(catalogue, [folder], problems)[metric.name]
    assert problems == []
    mutants = [*_without_buckets(metric), *_with_flips(metric)]
    return [says for says, mutant in mutants if not metric_problems([(mutant, cases)], types, duckdb())]


def _without_buckets(metric: Metric) -> Iterator[tuple[str, Metric]]:
    for bucket in metric.buckets:
        others = tuple(each for each in metric.buckets if each is not bucket)
        yield f"{metric.name} without {bucket.name}", replace(metric, buckets=others)


def _with_flips(metric: Metric) -> Iterator[tuple[str, Metric]]:
    """Of its population, its value, and each bucket's condition."""
    for field in ("where", "value"):
        for each in flipped(getattr(metric, field) or "TRUE"):
            yield f"{metric.name}, {field}: {each.says}", replace(metric, **{field: each.sql})
    for place, bucket in enumerate(metric.buckets):
        for each in flipped(bucket.when or "TRUE"):
            changed = (*metric.buckets[:place], replace(bucket, when=each.sql), *metric.buckets[place + 1 :])
            yield f"{metric.name}, {bucket.name}: {each.says}", replace(metric, buckets=changed)

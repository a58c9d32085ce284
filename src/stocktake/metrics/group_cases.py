"""Runs the cases of groups: given the children of one model, the group's interval or outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stocktake.engines import Engine, Step
from stocktake.errors import Problem
from stocktake.metrics.compile import column
from stocktake.metrics.document import Located, plain
from stocktake.metrics.node_rows import layer_sql
from stocktake.metrics.score import LAYER
from stocktake.metrics.settle import ENDS, outcome_columns
from stocktake.metrics.spec import COUNTS, NOT_APPLICABLE, UNKNOWN, Catalogue, Group, Metric

CHILDREN = ("0", "1", "2", "3", "4", UNKNOWN, NOT_APPLICABLE)


def group_problems(
    catalogue: Catalogue, groups: Sequence[tuple[Group, Sequence[Located]]], engine: Engine
) -> list[Problem]:
    """What the cases of some groups find, all run at once."""
    import pyarrow as pa

    problems: list[Problem] = []
    steps, tried = [], []
    for group, cases in groups:
        good = [case for case in cases if not _problems_of_form(catalogue, group, case, problems)]
        rows = [_row_sql(catalogue, group, plain(case.value["children"]), number) for number, case in enumerate(good)]
        if rows:
            sql = layer_sql(_alone(catalogue, group), [group], f"({' UNION ALL '.join(rows)}) AS told", "case_no")
            steps.append(Step(f"{LAYER}.case_{group.name}", sql))
            tried.append((group, good))
    results = engine.run_tables(steps, {f"{LAYER}.nothing": pa.table({"case_no": [0]})}) if steps else {}
    for group, cases in tried:
        found = sorted(results[f"{LAYER}.case_{group.name}"].to_pylist(), key=lambda row: int(row["case_no"]))
        for case, row in zip(cases, found, strict=True):
            problems += _problems_of_case(group, case, row)
    return problems


def _alone(catalogue: Catalogue, group: Group) -> Catalogue:
    """The group with its children alone, each as if it were a metric."""
    names = catalogue.children(group.name)
    grain = next(iter(catalogue.metrics.values())).grain
    return Catalogue({name: Metric(name, "", grain, (), parents=(group.name,)) for name in names}, {group.name: group})


def _problems_of_form(catalogue: Catalogue, group: Group, case: Located, problems: list[Problem]) -> bool:
    """Whether a case names what is no child, or gives a child what it can't have."""
    before = len(problems)
    children = catalogue.children(group.name)
    for name, value in case.value["children"].value.items():
        if name not in children:
            fix = f"use one of: {', '.join(children)}"
            problems.append(Problem(value.where, f"{name} is no child of {group.name}", fix))
        if str(value.value) not in CHILDREN:
            problems.append(
                Problem(value.where, f"{name} can't be {value.value}", f"use one of: {', '.join(CHILDREN)}")
            )
    return len(problems) > before


def _row_sql(catalogue: Catalogue, group: Group, told: Mapping[str, Any], number: int) -> str:
    """One SELECT with the children's intervals and counts, as in the row of a model."""
    columns = [f"{number} AS case_no"]
    for name in catalogue.children(group.name):
        value = str(told.get(name, NOT_APPLICABLE))
        ends = {UNKNOWN: ("0", "NULL", "4"), NOT_APPLICABLE: ("NULL",) * 3}.get(value, (value,) * 3)
        columns += [f"CAST({end} AS DOUBLE) AS {column(name, part)}" for part, end in zip(ENDS, ends, strict=True)]
        columns += [f"{1 if value == count else 0} AS {column(name, count)}" for count in COUNTS]
    metrics = _alone(catalogue, group).metrics.values()
    outcomes = [line for metric in metrics for line in outcome_columns(metric)]
    return f"SELECT {', '.join(['*', *outcomes])} FROM (SELECT {', '.join(columns)}) AS child"


def _problems_of_case(group: Group, case: Located, row: Mapping[str, Any]) -> list[Problem]:
    """What a case expects otherwise than it came."""
    problems = []
    got = [row[column(group.name, end)] for end in ENDS]
    if "interval" in case.value and not _equal(plain(case.value["interval"]), got):
        told = f"the interval is {got}, not {plain(case.value['interval'])}"
        problems.append(Problem(case.value["interval"].where, told, "mend the group or the case"))
    outcome = row[column(group.name, "outcome")]
    if "outcome" in case.value and case.value["outcome"].value != outcome:
        told = f"the outcome is {outcome}, not {case.value['outcome'].value}"
        problems.append(Problem(case.value["outcome"].where, told, "mend the group or the case"))
    return problems


def _equal(wanted: Any, got: Sequence[float | None]) -> bool:
    """Whether two intervals are alike, to 6 places."""
    if not isinstance(wanted, list) or len(wanted) != len(got):
        return False
    same = [(left is None) == (right is None) for left, right in zip(wanted, got, strict=True)]
    ends = [(left, right) for left, right in zip(wanted, got, strict=True) if left is not None and right is not None]
    return all(same) and all(abs(left - right) < 1e-6 for left, right in ends)

"""Runs the cases of metrics: each row must have its outcome, and losing a value of it must gain nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stocktake.engines import Engine, Step
from stocktake.errors import Problem
from stocktake.metrics.compile import column, reasons_of, score_sql
from stocktake.metrics.document import Located, plain
from stocktake.metrics.score import LAYER
from stocktake.metrics.spec import NOT_APPLICABLE, UNKNOWN, Metric
from stocktake.schema.spec import ARROW_TYPES, SQL_TYPES

if TYPE_CHECKING:
    import pyarrow as pa

AS_OF = datetime(2026, 1, 1)  # noqa: DTZ001 - UTC without zone, as in the lake
NUMBER = "case_id"
SCORED = f"{LAYER}.scored_cases"
JUDGED = ("outcome", "reason", "low")
"""What of a score is held against the case, and against the score of the row that lost a value."""

Scored = dict[str, Any]
Types = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Given:
    """A row that is tried: that of a case, or the same without one value. lost: the column of that value."""

    case: Located
    values: Mapping[str, Any]
    lost: str | None = None


def metric_problems(metrics: Sequence[tuple[Metric, Sequence[Located]]], types: Types, engine: Engine) -> list[Problem]:
    """What the cases of some metrics find, all run at once."""
    problems: list[Problem] = []
    selects: list[str] = []
    tables: dict[str, pa.Table] = {}
    tried: list[tuple[Metric, list[Given]]] = []
    for metric, cases in metrics:
        given = [each for case in cases for each in _given(metric, case, types, problems)]
        problems += _problems_of_cover(metric, cases)
        if not given:
            problems += _problems_of_unknown(metric, cases, [])
        else:
            tried.append((metric, given))
            declared = types.get(metric.grain.table, {})
            tables[f"{LAYER}.given_{metric.name}"] = _table(metric, given, declared)
            selects.append(_select(metric, declared))
    steps = [Step(SCORED, "\nUNION ALL ".join(selects))] if selects else []
    results = engine.run_tables(steps, tables)[SCORED].to_pylist() if steps else []
    for metric, given in tried:
        own = [row for row in results if row["metric"] == metric.name]
        rows = [_named(metric, row) for row in sorted(own, key=lambda row: int(row[NUMBER]))]
        problems += _problems_of_rows(metric, given, rows)
        problems += _problems_of_unknown(metric, [each.case for each in given], rows)
    return problems


def _given(metric: Metric, case: Located, types: Types, problems: list[Problem]) -> list[Given]:
    """A case's row, and that row without each of its values in turn."""
    columns = reasons_of(metric)
    known = types.get(metric.grain.table) or columns
    row = case.value["row"]
    for name, value in row.value.items():
        if name not in known:
            fix = f"use one of: {', '.join(known)}"
            problems.append(Problem(value.where, f"table {metric.grain.table} has no column {name}", fix))
    values = {name: plain(row.value[name]) if name in row.value else None for name in columns}
    losses = [Given(case, {**values, name: None}, name) for name in columns if values[name] is not None]
    return [Given(case, values), *losses]


def _table(metric: Metric, given: Sequence[Given], types: Mapping[str, str]) -> pa.Table:
    """The rows to try, as a table of what their values look like; of the declared type where there is no value."""
    import pyarrow as pa

    kinds = {SQL_TYPES[name]: kind for name, kind in ARROW_TYPES.items()}
    columns = {name: pa.array([_utc(each.values[name]) for each in given]) for name in reasons_of(metric)}
    for name, values in columns.items():
        if pa.types.is_null(values.type):
            columns[name] = values.cast(kinds.get(types.get(name, ""), pa.string()))
    return pa.table({NUMBER: pa.array(range(len(given)), pa.int64()), **columns})


def _utc(value: Any) -> Any:
    """A time of YAML as it stands in the lake."""
    return value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) and value.tzinfo else value


def _select(metric: Metric, types: Mapping[str, str]) -> str:
    """What comes of the rows that are tried, with the types of the metric's table: JUDGED, of one metric."""
    name, columns = metric.name, reasons_of(metric)
    typed = [f"CAST({each} AS {types[each]}) AS {each}" if each in types else each for each in columns]
    source = f"(SELECT {', '.join([NUMBER, *typed])} FROM {LAYER}.given_{name}) AS given"
    scored = score_sql([metric], [NUMBER, *columns], source, AS_OF)
    told = [f"{column(name, part)} AS {part}" for part in JUDGED]
    return f"SELECT '{name}' AS metric, {', '.join([NUMBER, *told])} FROM (\n{scored}\n) AS scored"


def _named(metric: Metric, row: Scored) -> Scored:
    """A row of the results as a metric's score calls its columns."""
    return {NUMBER: row[NUMBER], **{column(metric.name, part): row[part] for part in JUDGED}}


def _problems_of_cover(metric: Metric, cases: Sequence[Located]) -> list[Problem]:
    """Outcomes that no case shows: each bucket, and not applicable where the metric says for what it asks."""
    wanted = [(bucket.name, bucket.where) for bucket in metric.buckets]
    wanted += [(NOT_APPLICABLE, metric.lines["where"])] if metric.where else []
    shown = _shown(cases)
    return [_not_shown(metric, name, where) for name, where in wanted if name not in shown]


def _problems_of_unknown(metric: Metric, cases: Sequence[Located], rows: Sequence[Scored]) -> list[Problem]:
    """No case that is unknown, but of a metric to which absence is a state and that no loss makes unknown."""
    outcomes = {row[column(metric.name, "outcome")] for row in rows}
    if UNKNOWN in _shown(cases) or (metric.absence_is_state and rows and UNKNOWN not in outcomes):
        return []
    return [_not_shown(metric, UNKNOWN, metric.lines["metric"])]


def _shown(cases: Sequence[Located]) -> set[Any]:
    return {case.value["outcome"].value for case in cases if "outcome" in case.value}


def _not_shown(metric: Metric, name: str, where: str) -> Problem:
    return Problem(where, f"no case shows the outcome {name}", f"add one to {metric.name}.cases.yaml")


def _problems_of_rows(metric: Metric, given: Sequence[Given], rows: Sequence[Scored]) -> list[Problem]:
    """Rows that came out otherwise than their case says, or that gained by a loss."""
    problems = []
    own: Scored = {}
    for each, row in zip(given, rows, strict=True):
        if each.lost is None:
            own = row
            problems += _problems_of_case(metric, each.case, row)
        elif not _may_become(metric, own, row):
            before, after = (scored[column(metric.name, "outcome")] for scored in (own, row))
            fix = "let the SQL give NULL where it is NULL, or write `absence: is a state`"
            told = f"without {each.lost}, {before} turns to {after}"
            problems.append(Problem(each.case.where, f"losing a value may only make it unknown: {told}", fix))
    return problems


def _problems_of_case(metric: Metric, case: Located, row: Scored) -> list[Problem]:
    """What a case expects otherwise than it came."""
    problems = []
    for part in ("outcome", "reason"):
        got = row[column(metric.name, part)]
        if part in case.value and case.value[part].value != got:
            told = f"the {part} is {got}, not {case.value[part].value}"
            says = case.value["says"].value if "says" in case.value else ""
            problems.append(Problem(case.value[part].where, f"{told} ({says})", "mend the metric or the case"))
    return problems


def _may_become(metric: Metric, before: Scored, after: Scored) -> bool:
    """Whether a score may follow the loss of a value: the same, unknown, or where absence is a state no higher."""
    outcome, low = column(metric.name, "outcome"), column(metric.name, "low")
    if after[outcome] in (before[outcome], UNKNOWN):
        return True
    return metric.absence_is_state and None not in (before[low], after[low]) and bool(after[low] <= before[low])

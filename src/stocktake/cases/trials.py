"""Trials: small sets of rows that some queries are tried on, all of them at once, each as if it were alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyarrow as pa

from stocktake.cases.case import Row, table_of
from stocktake.cases.keyed import keyed
from stocktake.cases.monotone import Given
from stocktake.engines import Engine, Step
from stocktake.errors import EngineError
from stocktake.standards import Standard, moment_table

if TYPE_CHECKING:
    from sqlglot import exp

Layer = Mapping[str, pa.Schema]
Tables = dict[str, pa.Table]
TrialRows = dict[str, list[list[Row]]]

NUMBER = "trial_number"
TRIALS = "standard.trial_numbers"
RUN = "standard.run"


@dataclass(frozen=True, slots=True)
class Trial:
    """Rows of the graph, by full name of their table, at a moment. as_of: UTC without zone."""

    given: Given
    as_of: datetime
    known_at: int


def try_each(steps: Sequence[Standard], trials: Sequence[Trial], layer: Layer, engine: Engine) -> list[list[Row]]:
    """The rows of the last step in each trial, one after the other, on any engine. Raises EngineError."""
    read = _read(steps, layer)
    found = []
    for trial in trials:
        tables = {name: table_of(trial.given.get(name, []), layer[name]) for name in read}
        tables[RUN] = moment_table(trial.as_of, trial.known_at)
        results = engine.run_tables([step.step for step in steps], tables)
        found.append(list(results[steps[-1].step.name].to_pylist()))
    return found


def try_all(steps: Sequence[Standard], trials: Sequence[Trial], layer: Layer, engine: Engine) -> list[list[Row]]:
    """The same, all at once, on an engine that knows DuckDB's lateral joins; one by one where it refuses."""
    if not trials:
        return []
    last = steps[-1].step.name
    try:
        results = engine.run_tables([lifted_step(step.step) for step in steps], trial_tables(steps, trials, layer))
    except EngineError:
        return try_each(steps, trials, layer, engine)  # one of them is at fault, or the query can't be asked so
    return rows_by_trial(results[last], len(trials))


def try_keyed(steps: Sequence[Standard], trials: Sequence[Trial], layer: Layer, engine: Engine) -> TrialRows:
    """The rows of each step in each trial, by the step's name: all at once, on any engine.

    Raises EngineError, and NotKeyedError where a query can't be asked so.
    """
    if not trials:
        return {step.name: [] for step in steps}
    results = engine.run_tables([_keyed_step(step.step) for step in steps], trial_tables(steps, trials, layer))
    return {step.name: rows_by_trial(results[step.step.name], len(trials)) for step in steps}


def _keyed_step(step: Step) -> Step:
    """A step over tables of numbered rows, in SQL that every engine knows."""
    import sqlglot
    from sqlglot import exp

    query = sqlglot.parse_one(step.sql, dialect="duckdb")
    assert isinstance(query, exp.Query)  # the loader of its file has seen to it
    sql = keyed(query, NUMBER, TRIALS)
    return Step(step.name, sql, {**step.types, NUMBER: "BIGINT"} if step.types else {})


def trial_tables(steps: Sequence[Standard], trials: Sequence[Trial], layer: Layer) -> Tables:
    """The tables that some steps read, with the rows of all trials, each with the number of its trial."""
    tables = {TRIALS: pa.table({NUMBER: pa.array(range(len(trials)), pa.int64())})}
    for name in _read(steps, layer):
        rows = [(number, row) for number, trial in enumerate(trials) for row in trial.given.get(name, [])]
        table = table_of([row for _, row in rows], layer[name])
        tables[name] = _numbered(table, [number for number, _ in rows])
    moments = pa.concat_tables(moment_table(each.as_of, each.known_at) for each in trials)
    return {**tables, RUN: _numbered(moments, range(len(trials)))}


def rows_by_trial(table: pa.Table, count: int) -> list[list[Row]]:
    """The rows of a lifted step's table, by the trial that they are of."""
    found: list[list[Row]] = [[] for _ in range(count)]
    for row in table.to_pylist():
        found[row.pop(NUMBER)].append(row)
    return found


def lifted_step(step: Step) -> Step:
    """A step over tables of numbered rows, which answers for each trial as the step itself would for its rows alone."""
    import sqlglot

    sql = lifted(sqlglot.parse_one(step.sql, dialect="duckdb"))
    return Step(step.name, sql, {NUMBER: "BIGINT", **step.types} if step.types else {})


def lifted(query: exp.Expr) -> str:
    """The query asked once per trial, of that trial's rows alone: each table is cut down to them."""
    from sqlglot import exp

    query = query.copy()
    for table in list(query.find_all(exp.Table)):
        if table.db:
            cut = (
                f"SELECT * EXCLUDE ({NUMBER}) FROM {table.db}.{table.name} AS rows WHERE rows.{NUMBER} = trial.{NUMBER}"
            )
            table.replace(exp.maybe_parse(cut, into=exp.Select, dialect="duckdb").subquery(table.alias_or_name))
    return f"SELECT trial.{NUMBER}, asked.* FROM {TRIALS} AS trial, LATERAL ({query.sql('duckdb')}) AS asked"


def _numbered(table: pa.Table, numbers: Sequence[int]) -> pa.Table:
    return table.append_column(NUMBER, pa.array(numbers, pa.int64()))


def _read(steps: Sequence[Standard], layer: Layer) -> list[str]:
    """The tables of the graph that some steps read."""
    return sorted({name for step in steps for name in step.reads if name in layer and name != RUN})

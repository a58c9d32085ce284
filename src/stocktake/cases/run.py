"""Running the cases of definitions and tables, on any engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from stocktake.cases.case import Case, Row, Verdict, cases_path, read_cases, table_of
from stocktake.cases.monotone import Given, losses
from stocktake.cases.monotone import flips as find_flips
from stocktake.cases.rows import holds, nearest, pair, told
from stocktake.errors import EngineError, Problem
from stocktake.standards import Standard, Standards, moment_table

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.engines import Engine
    from stocktake.schema import Schema

Tables = dict[str, "pa.Table"]


def check_standards(standards: Standards, schema: Schema, *, engine: Engine | None = None) -> Iterator[Verdict]:
    """Run the cases of every definition and table that stands in a file."""
    for standard in standards.steps:
        if standard.file:
            yield from run_cases(standard, standards, schema, engine=engine)


def run_cases(
    standard: Standard, standards: Standards, schema: Schema, *, engine: Engine | None = None
) -> Iterator[Verdict]:
    """Run the cases of one definition or table; a file without cases gives one verdict that says so."""
    cases, problems = read_cases(standard, standards)
    if problems:
        yield Verdict(f"{cases_path(standard.file)}:1", f"the cases of {standard.name}", tuple(problems))
    runner = Runner(standard, standards, schema, engine or _duckdb())
    for case in cases:
        yield Verdict(case.where, case.says, tuple(runner.check(case)))


class Runner:
    """Runs the cases of one definition or table."""

    def __init__(self, standard: Standard, standards: Standards, schema: Schema, engine: Engine) -> None:
        self.standard = standard
        self.standards = standards
        self.schema = schema
        self.engine = engine
        self.steps = standards.needed_for(standard.name)

    def check(self, case: Case) -> list[Problem]:
        """What of a case does not hold: rows that differ, and values whose loss changes more than to unknown."""
        given = self._tables(case, case.given)
        try:
            results = self.engine.run_tables([step.step for step in self.steps], given)
        except EngineError as error:
            return [replace(each, where=case.where) for each in error.problems]
        rows = self._rows(results)
        return [*_differences(case, rows), *self._flips(case, {**given, **results}, rows)]

    def _flips(self, case: Case, known: Tables, before: list[Row]) -> list[Problem]:
        """A problem for each value of a case whose loss changes a result otherwise than to unknown."""
        problems: list[Problem] = []
        for loss in losses(case.given, self.schema, self.steps, self.standard.absence):
            after = self._rerun(known, {name: rows for name, rows in loss.given.items() if rows != case.given[name]})
            for change in find_flips(before, after):
                whose = loss.row.get("id") or loss.row.get("from_id")
                problem = f"without {loss.table}.{loss.column} of {whose}, {change}"
                fix = (
                    "let it become NULL where a value is unknown, count it into two columns _low and _high, "
                    f"or add `-- absence: {loss.column}` to {self.standard.name}.sql if absence is a state"
                )
                problems.append(Problem(case.where, problem, fix))
        return problems

    def _rerun(self, known: Tables, changed: Given) -> list[Row]:
        """The rows when some tables of the graph change: only what rests on those is run again."""
        stale = set(changed)
        again: list[Standard] = []
        for step in self.steps:
            if stale & set(step.reads):
                again.append(step)
                stale.add(f"standard.{step.name}")
        read = {name for step in again for name in step.reads} - {f"standard.{step.name}" for step in again}
        tables = {name: known[name] for name in read if name not in changed}
        tables |= {name: table_of(rows, self.standards.layer[name]) for name, rows in changed.items() if name in read}
        return self._rows(self.engine.run_tables([step.step for step in again], tables))

    def _tables(self, case: Case, given: Given) -> Tables:
        """The tables that the steps read, with the rows that are given."""
        layer = self.standards.layer
        read = {name for step in self.steps for name in step.reads if name in layer}
        tables = {name: table_of(given.get(name, []), layer[name]) for name in read}
        return {**tables, "standard.run": moment_table(case.as_of, case.known_at)}

    def _rows(self, results: Tables) -> list[Row]:
        return list(results[f"standard.{self.standard.name}"].to_pylist())


def _differences(case: Case, rows: list[Row]) -> list[Problem]:
    """What is expected and does not come, and what comes and is not expected."""
    answers = pair(case.expect, rows, holds)
    left = [row for number, row in enumerate(rows) if number not in answers]
    problems = []
    for expected, answer in zip(case.expect, answers, strict=True):
        if answer is None:
            near = nearest(expected, left)
            got = told({name: near.get(name) for name in expected}) if near else "no further row"
            problems.append(Problem(case.where, f"expected {told(expected)}, got {got}", "mend the SQL or the case"))
    if len(rows) != len(case.expect):
        problem = f"{len(rows)} rows came, {len(case.expect)} were expected; left: {', '.join(map(told, left[:5]))}"
        problems.append(Problem(case.where, problem, "mend the SQL, or list every row that must come"))
    return problems


def _duckdb() -> Engine:
    from stocktake.engines.duckdb import DuckDb

    # Cases are tiny: one thread starts faster than several.
    return DuckDb(threads=1)

"""Running the cases of definitions and tables, on any engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from stocktake.cases.case import Case, Row, Verdict, cases_path, read_cases
from stocktake.cases.keyed import NotKeyedError
from stocktake.cases.monotone import Loss, losses
from stocktake.cases.monotone import flips as find_flips
from stocktake.cases.rows import holds, nearest, pair, told
from stocktake.cases.trials import Trial, try_all, try_each, try_keyed
from stocktake.errors import EngineError, Problem
from stocktake.standards import Standard, Standards

if TYPE_CHECKING:
    from stocktake.engines import Engine
    from stocktake.schema import Schema


def check_standards(standards: Standards, schema: Schema, *, engine: Engine | None = None) -> Iterator[Verdict]:
    """Run the cases of every definition and table that stands in a file."""
    for standard in standards.steps:
        if standard.file:
            yield from run_cases(standard, standards, schema, engine=engine)


def run_cases(
    standard: Standard, standards: Standards, schema: Schema, *, engine: Engine | None = None
) -> Iterator[Verdict]:
    """Run the cases of one definition or table; a file without cases gives one verdict that says so.

    engine: another than DuckDB in this process; it is given the cases alone. Here every loss of a value is tried too.
    """
    if engine:
        yield from run_cases_on([standard], standards, engine)
        return
    cases, problems = read_cases(standard, standards)
    if problems:
        yield _unread(standard, problems)
    steps = standards.needed_for(standard.name)
    lost = [list(losses(case.given, schema, steps, standard.absence)) for case in cases]
    trials = [trial_of(case, each) for case, tried in zip(cases, lost, strict=True) for each in (None, *tried)]
    try:
        found = try_all(steps, trials, standards.layer, duckdb())
    except EngineError:
        yield from _refused(standard, standards, cases, duckdb())
        return
    for case, tried in zip(cases, lost, strict=True):
        (before, *after), found = found[: len(tried) + 1], found[len(tried) + 1 :]
        told_ = [*differences(case, before), *_flips(standard, case, before, list(zip(tried, after, strict=True)))]
        yield Verdict(case.where, case.says, tuple(told_))


def run_cases_on(wanted: Sequence[Standard], standards: Standards, engine: Engine) -> Iterator[Verdict]:
    """Run the cases of some definitions and tables on an engine, all of them at once; one by one where it refuses."""
    read = [(standard, *read_cases(standard, standards)) for standard in wanted]
    yield from (_unread(standard, problems) for standard, _, problems in read if problems)
    cases = [(standard, case) for standard, found, _ in read for case in found]
    needed = {each.name for standard, _ in cases for each in standards.needed_for(standard.name)}
    steps = [each for each in standards.steps if each.name in needed]
    try:
        rows = try_keyed(steps, [trial_of(case) for _, case in cases], standards.layer, engine)
    except (EngineError, NotKeyedError):
        for standard, found, _ in read:
            yield from _refused(standard, standards, found, engine)
        return
    for number, (standard, case) in enumerate(cases):
        yield Verdict(case.where, case.says, tuple(differences(case, rows[standard.name][number])))


def _unread(standard: Standard, problems: Sequence[Problem]) -> Verdict:
    """The verdict on a file of cases that can't be read."""
    return Verdict(f"{cases_path(standard.file)}:1", f"the cases of {standard.name}", tuple(problems))


def trial_of(case: Case, loss: Loss | None = None) -> Trial:
    """The trial of a case, or of the same without one value."""
    return Trial(loss.given if loss else case.given, case.as_of, case.known_at)


def _refused(standard: Standard, standards: Standards, cases: Sequence[Case], engine: Engine) -> Iterator[Verdict]:
    """Each case by itself, to tell which of them an engine refuses."""
    for case in cases:
        try:
            (rows,) = try_each(standards.needed_for(standard.name), [trial_of(case)], standards.layer, engine)
            problems = differences(case, rows)
        except EngineError as error:
            problems = [replace(each, where=case.where) for each in error.problems]
        yield Verdict(case.where, case.says, tuple(problems))


def _flips(standard: Standard, case: Case, before: list[Row], tried: Sequence[tuple[Loss, list[Row]]]) -> list[Problem]:
    """A problem for each value of a case whose loss changes a result otherwise than to unknown."""
    problems: list[Problem] = []
    for loss, after in tried:
        for change in find_flips(before, after):
            whose = loss.row.get("id") or loss.row.get("from_id")
            problem = f"without {loss.table}.{loss.column} of {whose}, {change}"
            fix = (
                "let it become NULL where a value is unknown, count it into two columns _low and _high, "
                f"or add `-- absence: {loss.column}` to {standard.name}.sql if absence is a state"
            )
            problems.append(Problem(case.where, problem, fix))
    return problems


def differences(case: Case, rows: list[Row]) -> list[Problem]:
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


def duckdb() -> Engine:
    """The engine of cases."""
    from stocktake.engines.duckdb import DuckDb

    # Cases are tiny: one thread starts faster than several.
    return DuckDb(threads=1)

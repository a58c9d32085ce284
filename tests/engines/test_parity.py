"""Every shipped definition, table, metric and roll-up gives the same rows on every engine as on DuckDB."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import pyarrow as pa
import pytest
from tests.demo.estate import Estate, acme, root  # noqa: F401
from tests.engines.alike import assert_alike

from stocktake.cases.run import run_cases_on
from stocktake.engines import Engine, Step
from stocktake.engines.duckdb import DuckDb
from stocktake.estate import Size
from stocktake.metrics import Waiver, waive
from stocktake.metrics.cases import case_problems
from stocktake.metrics.roll_up import steps as roll_up_steps
from stocktake.metrics.score import score_steps
from stocktake.pipeline import session
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import Measured, catalogue_of, open_project
from stocktake.project import Project
from stocktake.standards import Standards, conform, moment_table

ENGINES = ["spark", "presto", "trino"]


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine but DuckDB, a real one."""
    found: Engine = request.getfixturevalue(request.param)
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """Every step from the graph of two companies to the last roll-up, with the tables that they begin with."""

    project: Project
    standards: Standards
    steps: list[Step]
    tables: Mapping[str, pa.Table]
    expected: Mapping[str, pa.Table]


@pytest.fixture(scope="module")
def line(acme: Estate, tmp_path_factory: pytest.TempPathFactory) -> Line:  # noqa: F811
    """The recorded company and a made-up one in one graph, some of it waived, as DuckDB measures it."""
    made = open_project(make_demo(tmp_path_factory.mktemp("made") / "it", "synthetic", Size(models=12, days=60)))
    session.collect(made)
    whole, other = acme.measured, session.current(made)
    tables = {name: pa.concat_tables([table, _graph(other)[name]]) for name, table in _graph(whole).items()}
    tables["standard.run"] = moment_table(whole.as_of, whole.known_at)
    catalogue = waive(catalogue_of(whole.project, whole.standards), [_waiver(whole)], whole.as_of)
    columns = {each.name: list(each.columns) for each in whole.standards.steps}
    steps = [each.step for each in whole.standards.steps]
    steps += [*score_steps(catalogue, columns, whole.as_of), *roll_up_steps(catalogue)]
    return Line(whole.project, whole.standards, steps, tables, DuckDb().run_tables(steps, tables))


def _graph(measured: Measured) -> dict[str, pa.Table]:
    return conform(measured.standards, measured.snapshot)


def _waiver(measured: Measured) -> Waiver:
    """So that some rows are exempt."""
    ends = measured.as_of + timedelta(days=1)
    return Waiver("a_while", ("retraining_age",), "a trial", "somebody", ends, scope="share < 0.5")


def test_every_case_of_a_definition_or_table_holds(engine: Engine, line: Line) -> None:
    """All of them at once, each as if it were alone."""
    chosen = [each for each in line.standards.steps if each.file]

    verdicts = list(run_cases_on(chosen, line.standards, engine))

    assert len(verdicts) > 2 * len(chosen)
    assert [str(problem) for verdict in verdicts for problem in verdict.problems] == []


def test_every_case_of_a_metric_or_group_holds(engine: Engine, line: Line) -> None:
    """Each outcome, and each loss of a value."""
    types = {each.name: {name: column.type for name, column in each.columns.items()} for each in line.standards.steps}

    problems = case_problems(catalogue_of(line.project, line.standards), line.project.folders("metrics"), types, engine)

    assert [str(problem) for problem in problems] == []


def test_two_companies_have_the_same_numbers(engine: Engine, line: Line) -> None:
    """All tables, the scores of all rows with their outcomes, and the roll-ups with all intervals and counts."""
    found = engine.run_tables(line.steps, line.tables)

    assert len(line.expected) > 50
    for name, table in line.expected.items():
        assert_alike(name, found[name], table)


def test_the_two_companies_have_all_that_can_differ(line: Line) -> None:
    """Rows in every table that is compared, some of them unknown and some exempt."""
    assert [name for name, table in line.expected.items() if not table.num_rows] == []
    outcomes = set(line.expected["standard.servings_score"]["retraining_age__outcome"].to_pylist())
    assert {"unknown", "exempt"} < outcomes

"""Which engine a project's steps run on: one for all of them, or each step's own."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from stocktake.engines.duckdb import DuckDb
from stocktake.engines.lift import NOW
from stocktake.engines.routing import Decision, Routing
from stocktake.engines.settings import DEFAULT
from stocktake.errors import Problem, StandardsError
from stocktake.metrics.roll_up import steps as roll_up_steps
from stocktake.metrics.score import score_steps

if TYPE_CHECKING:
    from datetime import datetime

    from stocktake.engines import Engine, Step
    from stocktake.metrics import Catalogue
    from stocktake.project import Project
    from stocktake.standards import Standards
    from stocktake.store import Store


def engine_of(project: Project, standards: Standards) -> Engine:
    """What runs a project's steps: DuckDB in this process, where neither the project nor a file asks for another.

    Raises StandardsError where a file asks for an engine that there is not.
    """
    asked = [each for each in standards.steps if each.engine]
    if not project.engines.routes and not asked:
        return duckdb_of(project)
    return _routing(project, standards)


def duckdb_of(project: Project) -> DuckDb:
    """DuckDB with the options that the project gives it."""
    opened = project.engines.find(DEFAULT).open(os.environ)
    return opened if isinstance(opened, DuckDb) else DuckDb()


def _routing(project: Project, standards: Standards) -> Routing:
    known = project.engines.known()
    fix = f"use one of: {', '.join(known)}, or add it to engines: of the project's settings"
    wrong = [
        Problem(each.where, f"there is no engine {each.engine}", fix)
        for each in standards.steps
        if each.engine and each.engine not in known
    ]
    if wrong:
        raise StandardsError(problems=tuple(wrong))
    asked = [*(each.engine for each in project.engines.routes), *(each.engine for each in standards.steps)]
    for name in dict.fromkeys(name for name in asked if name):
        project.engines.find(name).open(os.environ)  # what is wrong with its options is told before anything is done
    return Routing(project.engines, os.environ, project.engines.lake or project.state / "lake")


def elsewhere(engine: Engine) -> list[dict[str, Any]]:
    """The steps that ran on another engine than DuckDB, or on a second one: step, engine, why, after."""
    decisions = engine.decisions if isinstance(engine, Routing) else []
    return [asdict(each) for each in decisions if each.engine != DEFAULT or each.after]


def plan(project: Project, store: Store, as_of: datetime | None = None) -> list[Decision]:
    """Where each step of a run would go, and why, by what the log holds now; nothing runs but the snapshot."""
    from stocktake.pipeline.line import catalogue_of, standards_of
    from stocktake.pipeline.recalling import snapshot_of

    standards = standards_of(project)
    _, snapshot = snapshot_of(project, store, as_of=as_of)
    rows = {f"graph.{name}": table.num_rows for name, table in snapshot.items()}
    steps = [*(each.step for each in standards.steps), *_metric_steps(catalogue_of(project, standards), standards)]
    return _routing(project, standards).decide(steps, rows)


def _metric_steps(catalogue: Catalogue, standards: Standards) -> list[Step]:
    """The steps of the scores and of the roll-up, in their order."""
    columns = {each.name: list(each.columns) for each in standards.steps}
    return [*score_steps(catalogue, columns, NOW), *roll_up_steps(catalogue)]

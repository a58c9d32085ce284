"""Commands that move the line: read the sources, measure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face, problem_document
from stocktake.cli.page import Lines, Table

if TYPE_CHECKING:
    from stocktake.collect.run import Outcome

Names = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Which sources; all by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "run")(run)
    command(app, "collect")(collect)
    command(app, "measure")(measure)


def run(face: Face, sources: Names = None, as_of: AsOf = None) -> int:
    """Read the sources, measure, and print the report: `collect`, `measure` and `show` in one."""
    from stocktake.cli.pages.report import report_page
    from stocktake.pipeline import session
    from stocktake.pipeline.report import report

    project = face.project()
    outcomes = session.collect(project, sources)
    document = report(session.measure_and_keep(project, as_of=moment(as_of)))
    face.answer({**document, "sources": documents(outcomes)}, report_page(document))
    return tell_problems(face, outcomes)


def collect(face: Face, sources: Names = None) -> int:
    """Read the sources into the log, each in its tool's own words. 1: something could not be read."""
    from stocktake.pipeline import session

    outcomes = session.collect(face.project(), sources)
    rows = [
        (each.source, "complete" if each.complete else "not complete", each.seen, each.new, each.changed, each.vanished)
        for each in outcomes
    ]
    columns = ("source", "reading", "seen", "new", "changed", "vanished")
    face.answer({"sources": documents(outcomes)}, [Table(columns, rows)])
    return tell_problems(face, outcomes)


def measure(face: Face, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Measure what the log holds, and save the result as a run."""
    from stocktake.pipeline.report import run_of
    from stocktake.pipeline.session import measure_and_keep

    told = run_of(measure_and_keep(face.project(), as_of=moment(as_of), known_at=known_at))
    line = f"run {told['id']}, as of {told['as_of']:%Y-%m-%d %H:%M} UTC, known at {told['known_at']}"
    face.answer({"run": told}, [Lines([line])])
    face.say("Next: `stocktake show`.")


def tell_problems(face: Face, outcomes: Sequence[Outcome]) -> int:
    """Say what could not be read, and what to do about it; gives the exit code."""
    problems = [problem for each in outcomes for problem in each.problems]
    for problem in problems:
        face.say(str(problem))
    return 1 if problems or not all(each.complete for each in outcomes) else 0


def documents(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Outcomes as JSON takes them."""
    return [
        {
            "source": each.source, "complete": each.complete, "seen": each.seen, "new": each.new,
            "changed": each.changed, "vanished": each.vanished, "seconds": each.seconds,
            "problems": [problem_document(problem) for problem in each.problems],
        }
        for each in outcomes
    ]  # fmt: skip

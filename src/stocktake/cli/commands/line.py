"""Commands that move the line: read the sources, measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face, problem_document
from stocktake.cli.page import Block, Lines, Table
from stocktake.errors import ProjectError

if TYPE_CHECKING:
    from stocktake.collect.run import Outcome
    from stocktake.project import Project

Names = Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]…", help="Which sources; all by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "run")(run)
    command(app, "collect")(collect)
    command(app, "measure")(measure)


def run(
    face: Face,
    sources: Names = None,
    as_of: AsOf = None,
    profile: Annotated[bool, typer.Option("--profile", help="Also tell where the time went, stage by stage.")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="Only tell on which engine each step would run, and why.")
    ] = False,
) -> int:
    """Collect, measure and show in one."""
    if plan:
        return _plan(face, as_of)
    from stocktake.cli.pages.report import report_page
    from stocktake.cli.timings import profile_part
    from stocktake.pipeline import session
    from stocktake.pipeline.report import report
    from stocktake.stages import Timings, listening, stage

    timings = Timings()
    with listening(timings):
        project = face.project()
        outcomes = session.collect(project, sources)
        measured = session.measure_and_keep(project, as_of=moment(as_of))
        with stage("report"):
            document = report(measured)
    told = {**document, "sources": documents(outcomes)}
    page = list(report_page(document))
    if profile:
        told["profile"] = [each.document() for each in timings.found]
        page += profile_part(timings.found)
    face.answer(told, page)
    return tell_problems(face, outcomes)


def _plan(face: Face, as_of: str | None) -> int:
    """Where each step would run: nothing is read, and nothing is saved."""
    from stocktake.pipeline.session import plan_engines

    decisions = plan_engines(face.project(), moment(as_of))
    rows = [(each.step, each.engine, each.why) for each in decisions]
    told = [{"step": each.step, "engine": each.engine, "why": each.why} for each in decisions]
    face.answer({"steps": told}, [Table(("step", "engine", "why"), rows)])
    return 0


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


@dataclass(frozen=True, slots=True)
class Span:
    """The moments of a series, as options."""

    first: Annotated[str | None, typer.Option("--from", metavar="TIME", help="Measure a series from here on.")] = None
    last: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="Its end; else the project's moment, or now.")
    ] = None
    every: Annotated[str, typer.Option(metavar="STEP", help="Its step, such as 6h, 1d or 1w.")] = "1d"


def measure(face: Face, span: Span, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """Measure what the log holds, and save it as a run. With --from, a whole series of moments as one."""
    from stocktake.pipeline.report import run_of
    from stocktake.pipeline.session import measure_and_keep

    project = face.project()
    if span.first or span.last:
        face.answer(*_series(project, span, as_of, known_at))
        face.say("Next: `stocktake show NODE --trend`, `stocktake compare DAY DAY`.")
        return
    told = run_of(measure_and_keep(project, as_of=moment(as_of), known_at=known_at))
    line = f"run {told['id']}, as of {told['as_of']:%Y-%m-%d %H:%M} UTC, known at {told['known_at']}"
    face.answer({"run": told}, [Lines([line])])
    face.say("Next: `stocktake show`.")


def _series(
    project: Project, span: Span, as_of: str | None, known_at: int | None
) -> tuple[dict[str, Any], list[Block]]:
    """A series measured and saved: what is told of it, as a document and as a page."""
    from stocktake.pipeline.session import measure_and_keep_series

    if span.first is None or as_of:
        fix = "write --from TIME [--to TIME] [--every 1d], or --as-of TIME alone"
        raise ProjectError("measure", "a series needs --from, and has its end by --to", fix)
    run, moments = measure_and_keep_series(project, (span.first, span.last, span.every), known_at)
    told = {"id": run.id, "as_of": run.as_of, "known_at": run.known_at}
    ends = f"{moments[0]:%Y-%m-%d} to {moments[-1]:%Y-%m-%d}"
    line = f"run {run.id}, {len(moments)} moments, {ends}, known at {run.known_at}"
    return {"run": told, "moments": moments}, [Lines([line])]


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

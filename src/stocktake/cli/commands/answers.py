"""Commands that answer from a run: the report, counts, coverage, explanations, exports."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face
from stocktake.cli.waiting import clear
from stocktake.parts import written

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured


TOP = "overall"
"""The node whose trend is shown where none is named."""


@dataclass(frozen=True, slots=True)
class Begin:
    """Where to begin with a node, and how it came to stand there."""

    worst: Annotated[int, typer.Option(metavar="N", min=0, help="Of NODE, the N models that stand lowest.")] = 0
    fixes: Annotated[int, typer.Option(metavar="N", min=0, help="Of NODE, the N fixes that gain most.")] = 0
    slice: Annotated[
        str, typer.Option("--slice", metavar="SLICE", help="Fixes for these models, such as owner=growth; else all.")
    ] = "everything"
    trend: Annotated[bool, typer.Option("--trend", help="The course of NODE over the moments that were saved.")] = False
    last: Annotated[str | None, typer.Option(metavar="SPAN", help="How far back a trend goes, as 90d.")] = None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "show")(show)
    command(app, "compare")(compare)
    command(app, "counts")(counts)
    command(app, "coverage")(coverage)
    command(app, "export")(export)


def _measured(face: Face, as_of: str | None, known_at: int | None) -> Measured:
    from stocktake.pipeline.session import current

    return current(face.project(), as_of=moment(as_of), known_at=known_at)


def show(
    face: Face,
    begin: Begin,
    node: Annotated[str | None, typer.Argument(help="A metric or group: its numbers per slice and model.")] = None,
    by: Annotated[
        str | None,
        typer.Option(metavar="SLICE", help="Per slice: owner, team, purpose, or another column of the table models."),
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """The report, or what there is to say of one metric or group.

    How many models there are, which are active, who owns them, how well they are managed, and what is unknown.
    """
    if begin.trend or begin.last:
        _show_trend(face, node, begin.last)
        return
    from stocktake.cli.pages.node import node_page, slice_page
    from stocktake.cli.pages.report import report_page
    from stocktake.pipeline.fixing import begin_with
    from stocktake.pipeline.report import node_report, report
    from stocktake.pipeline.slicing import by_slice

    measured = _measured(face, as_of, known_at)
    if by:
        measured, by = by_slice(measured, by)
    document = report(measured)
    if node:
        document = node_report(document, node, by)
        document |= begin_with(measured, document, worst=begin.worst, fixes=begin.fixes, slice_=begin.slice)
        face.answer(document, node_page(document))
    else:
        face.answer(document, slice_page(document, by) if by else report_page(document))


def _show_trend(face: Face, node: str | None, last: str | None) -> None:
    """What was saved of a node, over time."""
    from stocktake.cli.pages.trend import trend_page
    from stocktake.pipeline.session import log
    from stocktake.pipeline.trending import trend
    from stocktake.project import read_duration

    project = face.project()
    with log(project) as store:
        document = trend(project, store, node or TOP, read_duration(last, "--last") if last else None)
    face.answer(document, trend_page(document))


def compare(
    face: Face,
    before: Annotated[str, typer.Argument(help="A run's id, a day of which a run was saved, or any time.")],
    after: Annotated[str, typer.Argument(help="The same, for the later side.")] = "latest",
    node: Annotated[
        str | None, typer.Option(metavar="NODE", help="One metric or group: per slice, and who moved.")
    ] = None,
) -> None:
    """What changed between two moments, and why. By population, behaviour and definition, and which models moved."""
    from stocktake.cli.pages.compare import compare_page
    from stocktake.pipeline import comparing
    from stocktake.pipeline.session import log

    project = face.project()
    with log(project) as store:
        document = comparing.compare(project, store, before, after)
    if node:
        document = comparing.of_node(document, node)
    face.answer(document, compare_page(document, node))


def counts(face: Face, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """How many models and other artifacts there are. Models by each way to count, and how these numbers bridge."""
    from stocktake.cli.pages.counts import counts_page
    from stocktake.pipeline.counting import count
    from stocktake.pipeline.report import run_of

    measured = _measured(face, as_of, known_at)
    document = {"run": run_of(measured), **count(measured)}
    face.answer(document, counts_page(document))


def coverage(face: Face, as_of: AsOf = None, known_at: KnownAt = None) -> None:
    """What the numbers rest on, and what is missing, by name."""
    from stocktake.cli.pages.coverage import coverage_page
    from stocktake.pipeline.covering import cover, unreached
    from stocktake.pipeline.report import run_of

    measured = _measured(face, as_of, known_at)
    document = {"run": run_of(measured), **cover(measured), "unreached": unreached(measured)}
    face.answer(document, coverage_page(document))


def export(
    face: Face,
    table: Annotated[str, typer.Argument(help="A table, definition, metric, group, `scores.TABLE` or `graph.TABLE`.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="FILE", help="Else to stdout.")] = None,
    form: Annotated[str | None, typer.Option("--format", help="csv, json, parquet; else by the ending.")] = None,
    as_of: AsOf = None,
) -> None:
    """Any table or node of a run, as CSV, JSON or Parquet."""
    from stocktake.pipeline.exporting import find_table, format_of
    from stocktake.results import export as write

    chosen = format_of(out, "json" if face.as_json and not form else form)
    found = find_table(_measured(face, as_of, None), table)
    if out is None:
        clear()
        write(found, chosen, sys.stdout.buffer)
        return
    with written(out) as stream:
        write(found, chosen, stream)
    face.say(f"{found.num_rows} rows in {out}")

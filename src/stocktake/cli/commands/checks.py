"""Commands that check: the files and cases of a project, and whether this installation works."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face, problem_document
from stocktake.cli.page import Block, Heading, Lines, Table


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "check")(check)
    command(app, "doctor")(doctor)


def check(
    face: Face,
    every: Annotated[bool, typer.Option("--all", help="Also run the cases of the files that ship.")] = False,
    engine: Annotated[
        str | None, typer.Option(metavar="NAME", help="Run the cases on this engine, one of the project's or a kind.")
    ] = None,
) -> int:
    """Check every file of the project, and run its cases. 1: something is wrong."""
    from stocktake.cases.project import check_project

    project = face.project()
    on = project.engines.find(engine).open(os.environ) if engine else None
    checked = check_project(project, every=every, engine=on)
    rows = [(part.name, part.files, part.cases, len(part.problems)) for part in checked]
    problems = list(dict.fromkeys(problem for part in checked for problem in part.problems))  # some hinder several
    parts = [
        {
            "name": part.name,
            "files": part.files,
            "cases": part.cases,
            "problems": list(map(problem_document, part.problems)),
            "notes": list(part.notes),
        }
        for part in checked
    ]
    page: list[Block] = [Table(("part", "files", "cases", "problems"), rows)]
    if problems:
        page += [Heading("Problems"), Lines([str(each) for each in problems])]
    if notes := [note for part in checked for note in part.notes]:
        page += [Heading("Metrics that no source of this project can answer"), Lines(notes)]
    face.answer({"parts": parts}, page)
    return 1 if problems else 0


def doctor(face: Face) -> int:
    """Whether machine, log, sources and engines are well. 1: something is not."""
    from stocktake.pipeline.doctoring import examine

    findings = examine(face.folder)
    told = [{"what": each.what, "is_well": each.is_well, "told": each.told, "fix": each.fix} for each in findings]
    rows = [("well" if each.is_well else "NOT WELL", each.what, each.told, each.fix) for each in findings]
    face.answer({"findings": told}, [Table(("", "what", "told", "what to do"), rows)])
    return 0 if all(each.is_well for each in findings) else 1

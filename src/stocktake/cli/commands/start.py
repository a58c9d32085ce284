"""Commands to begin with: a new project, the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face
from stocktake.cli.page import Lines


def register(app: typer.Typer) -> None:
    """Add the commands."""
    command(app, "init")(init)
    command(app, "demo")(demo)


def init(
    face: Face, folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made if it is not there.")] = Path()
) -> None:
    """Make a new project: a folder of small files, each of which says what it is for."""
    from stocktake.pipeline.starting import make_project

    made = make_project(face.folder or folder)
    document = {"project": str(face.folder or folder), "files": [str(path) for path in made]}
    face.answer(document, [Lines([f"made {path}" for path in made])])
    face.say("Next: say in sources/ what to read, then `stocktake run`.")


def demo(
    face: Face,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the project is made.")] = Path("stocktake-demo"),
    estate: Annotated[str, typer.Option(help="Which recorded company: acme.")] = "acme",
) -> int:
    """Make a project of answers that real tools gave once, run it, print its report. Needs no service or network."""
    from stocktake.cli.commands.line import tell_problems
    from stocktake.cli.pages.report import report_page
    from stocktake.pipeline.demo import make_demo
    from stocktake.pipeline.line import open_project
    from stocktake.pipeline.report import report
    from stocktake.pipeline.session import collect, measure_and_keep

    made = make_demo(face.folder or folder, estate)
    face.say(f"A project in {made}: ten tools of one company, recorded once.")
    project = open_project(made)
    outcomes = collect(project)
    document = report(measure_and_keep(project))
    face.answer(document, report_page(document))
    face.say("\n".join(NEXT).format(folder=made))
    return tell_problems(face, outcomes)


NEXT = (
    "",
    "Try next:",
    "  cd {folder}",
    "  stocktake counts                       # how many models, and how the ways to count them bridge",
    "  stocktake coverage                     # what is not connected, by name, and why",
    "  stocktake get acme_churn/2             # one binary: who says what of it, and what it is linked to",
    '  stocktake edit confirm 1 --why "..."   # take the first suggestion, then ask again',
    "  stocktake explain retraining_age       # from a score back to the records that it rests on",
)

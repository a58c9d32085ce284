"""Commands to begin with: a new project, the demonstration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
    """Make a new project: a folder of small files."""
    from stocktake.pipeline.starting import make_project

    made = make_project(face.folder or folder)
    document = {"project": str(face.folder or folder), "files": [str(path) for path in made]}
    face.answer(document, [Lines([f"made {path}" for path in made])])
    face.say("Next: say in sources/ what to read, then `stocktake run`.")


def demo(  # noqa: PLR0913, PLR0917 - each is an option of the command
    face: Face,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where the project is made.")] = Path("stocktake-demo"),
    estate: Annotated[str, typer.Option(help="Which company: synthetic (made up) or acme (recorded).")] = "synthetic",
    models: Annotated[
        int | None, typer.Option(min=1, help="Of the made-up company: how many models. Default: 300.")
    ] = None,
    days: Annotated[int | None, typer.Option(min=60, help="How far back its history goes. Default: 730.")] = None,
    seed: Annotated[int | None, typer.Option(help="Another seed, another company. Default: 1.")] = None,
    scale: Annotated[int | None, typer.Option(min=1, help="So many times as many models.")] = None,
) -> int:
    """Make a project that needs no service, and print its report.

    `synthetic` is a company that is made up from a seed, with the mess of real life at stated rates; `truth/` in its
    folder says what is really there. `acme` is a small company: what ten real tools answered once.
    """
    from stocktake.cli.commands.line import tell_problems
    from stocktake.cli.pages.report import report_page
    from stocktake.estate import Size
    from stocktake.pipeline.demo import make_demo
    from stocktake.pipeline.line import open_project
    from stocktake.pipeline.report import report
    from stocktake.pipeline.session import collect, measure_and_keep

    told = {"models": models, "days": days, "seed": seed, "scale": scale}
    given = {name: value for name, value in told.items() if value is not None}
    made = make_demo(face.folder or folder, estate, Size(**given) if given else None)
    face.say(MADE[estate].format(folder=made))
    project = open_project(made)
    outcomes = collect(project)
    document = report(measure_and_keep(project))
    face.answer(document, report_page(document))
    face.say("\n".join(NEXT[estate]).format(folder=made, model=_scored(document)))
    return tell_problems(face, outcomes)


def _scored(document: dict[str, Any]) -> str:
    """A model of a report whose score is known, by a name that no other has, else by its id."""
    models = document["models"]
    found = next((each for each in models if each["nodes"][SCORE]["point"] is not None), models[0])
    is_alone = sum(each["name"] == found["name"] for each in models) == 1
    return str(found["name"] if is_alone else found["model_id"])


SCORE = "retraining_age"
MADE = {
    "acme": "A project in {folder}: ten tools of one company, recorded once.",
    "synthetic": "A project in {folder}: eight tools of a made-up company, and the truth beside them.",
}
BEGIN = (
    "",
    "Try next:",
    "  cd {folder}",
    "  stocktake counts                       # how many models, and how the ways to count them bridge",
    "  stocktake coverage                     # what is not connected, by name, and why",
)
NEXT = {
    "acme": (
        *BEGIN,
        "  stocktake get acme_churn/2             # one binary: who says what of it, and what it is linked to",
        '  stocktake edit confirm 1 --why "..."   # take the first suggestion, then ask again',
        "  stocktake explain retraining_age --model {model}",
        "                                         # from its score back to the records that it rests on",
    ),
    "synthetic": (
        *BEGIN,
        "  stocktake show retraining_age          # one metric: every model, every owner",
        "  stocktake explain retraining_age --model {model}",
        "                                         # from its score back to the records that it rests on",
        "  head truth/*                           # what is really there, and what mess was planted",
    ),
}

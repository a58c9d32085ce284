"""The program: its commands in the order in which a newcomer meets them, and how errors end it."""

from __future__ import annotations

from collections.abc import Sequence
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Annotated

import typer

from stocktake.cli.command import JsonOption, VerboseOption
from stocktake.cli.commands import (
    answers,
    artifacts,
    catalogue,
    checks,
    edits,
    explain,
    line,
    plan,
    start,
    stores,
    words,
)
from stocktake.cli.face import print_problems
from stocktake.errors import Problem, StocktakeError

OK, WRONG = 0, 2

app = typer.Typer(
    name="stocktake",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(on: bool) -> None:
    if on:
        from stocktake import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback(
    epilog="Exit codes: 0 done; 1 done, with problems; 2 wrongly called, not found, or a wrong project; "
    "3 the plan changes something. Answers go to stdout, talk to stderr."
)
def root(
    project: Annotated[
        Path | None,
        typer.Option("--project", metavar="DIR", envvar="STOCKTAKE_PROJECT", help="The project's folder; else here."),
    ] = None,
    as_json: JsonOption = False,
    verbose: VerboseOption = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", callback=_version)] = False,
) -> None:
    """Take stock of your machine-learning models: how many, which are active, who owns them, how well managed."""


for commands in (start, line, answers, artifacts, explain, edits, plan, catalogue, words, checks, stores):
    commands.register(app)


def run(arguments: Sequence[str]) -> int:
    """Run the words of a command line; gives the exit code. An error is printed with its remedy."""
    as_json = "--json" in arguments
    try:
        app(list(arguments), prog_name="stocktake")
        return OK
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else OK
    except StocktakeError as error:
        print_problems(error.problems, as_json=as_json)
        return WRONG
    except OSError as error:
        print_problems([_of_system(error)], as_json=as_json)
        return WRONG


def _of_system(error: OSError) -> Problem:
    fix = "check that the path exists and that you may use it"
    if error.errno in (ENOSPC, EDQUOT):
        fix = "make room on the disk, then run this again"
    return Problem(str(error.filename or ""), error.strerror or str(error), fix)

"""The command that shows what the tools' words mean."""

from __future__ import annotations

from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "vocabulary")(vocabulary)


def vocabulary(
    face: Face,
    every: Annotated[bool, typer.Option("--all", help="Also of tools that no source is read with.")] = False,
) -> int:
    """What each tool's labels mean, and which nobody knows. 1: some are unknown."""
    from stocktake.cli.pages.words import words_page
    from stocktake.pipeline.session import log
    from stocktake.pipeline.words import words

    project = face.project()
    with log(project) as store:
        document = words(project, store, every=every)
    face.answer(document, words_page(document))
    return 1 if document["unmapped"] else 0

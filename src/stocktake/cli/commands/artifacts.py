"""The command that shows one artifact."""

from __future__ import annotations

from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face

HELP = "`namespace:value`, the beginning of an id, or a name."


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "get")(get)


def get(
    face: Face,
    words: Annotated[str, typer.Argument(metavar="ARTIFACT", help=HELP)],
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """All that is known of one artifact. Fields and who says so, conflicts, identifiers, links, history."""
    from stocktake.cli.pages.artifact import artifact_page
    from stocktake.pipeline.session import look_up

    found = look_up(face.project(), words, as_of=moment(as_of), known_at=known_at)
    face.answer({"artifacts": found}, [block for each in found for block in artifact_page(each)])

"""The command that walks a number back to the records that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, KnownAt, moment
from stocktake.cli.face import Face
from stocktake.cli.page import Lines

FOLDED = "  …"
DEEPER = "Down to the records: `--model NAME` of one model, `--depth N` levels deep, `--json` all of it."
NAME = "A metric or group; a definition; TABLE.COLUMN of a row; counts.kinds.KIND, counts.models.WAY."


@dataclass(frozen=True, slots=True)
class Of:
    """Of which model, slice or row the number is."""

    model: Annotated[str | None, typer.Option(help="One model: its name, or the beginning of its id; else all.")] = None
    slice: Annotated[
        str | None, typer.Option("--slice", metavar="SLICE", help="Such as owner=growth, or everything.")
    ] = None
    row: Annotated[
        str | None, typer.Option(help="One row of a definition or table, by the beginning of its first column.")
    ] = None


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "explain")(explain)


def explain(
    face: Face,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help=NAME)],
    of: Of,
    depth: Annotated[
        int | None, typer.Option(min=0, help="How many levels below the number are shown; else what fits on a page.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Walk a number back to the records that it rests on. Each file, rule and roll-up on the way is named."""
    from stocktake.cli.explaining import opened
    from stocktake.cli.pages.explanation import tree_lines
    from stocktake.explain import explain as walk_back
    from stocktake.explain import focus
    from stocktake.metrics.slices import EVERYTHING
    from stocktake.pipeline.seeking import find_model

    by = (of.slice or EVERYTHING).partition("=")[0]
    sliced = None if by == EVERYTHING else by
    with opened(face.project(), as_of=moment(as_of), known_at=known_at, by=sliced) as (measured, context):
        model_id = find_model(measured, of.model) if of.model else None
        if model_id:
            focus(context, model_id)
        tree = walk_back(context, number, model_id, slice_=of.slice or EVERYTHING, row=of.row)
        if face.as_json:
            face.answer(tree.document(depth), [])
        else:
            lines = tree_lines(tree, depth)
            face.answer({}, [Lines(lines)])
            if any(line.endswith(FOLDED) for line in lines):
                face.say(DEEPER)

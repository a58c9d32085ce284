"""The command that walks a number back to the records that it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.commands.options import AsOf, moment
from stocktake.cli.face import Face
from stocktake.cli.page import Lines

if TYPE_CHECKING:
    from stocktake.explain import Context
    from stocktake.graph.snapshot import Graph
    from stocktake.pipeline.line import Measured
    from stocktake.store import Store


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "explain")(explain)


def explain(
    face: Face,
    node: Annotated[str, typer.Argument(help="A metric or group, such as retraining_age.")],
    model: Annotated[
        str | None, typer.Option(help="One model: its name, or the beginning of its id; else all.")
    ] = None,
    as_of: AsOf = None,
) -> None:
    """Walk a score back to the records that it rests on, naming each file, rule and roll-up on the way."""
    from stocktake.cli.pages.explanation import tree_lines
    from stocktake.explain import explain as walk_back
    from stocktake.pipeline.seeking import find_model
    from stocktake.pipeline.session import opened

    with opened(face.project(), as_of=moment(as_of)) as (measured, graph, store):
        model_id = find_model(measured, model) if model else None
        tree = walk_back(_context(measured, graph, store), node, model_id)
        face.answer(tree.document(), [Lines(list(tree_lines(tree)))])


def _context(measured: Measured, graph: Graph, store: Store) -> Context:
    """What an explanation reads."""
    from stocktake.explain import Context

    project = measured.project
    return Context(
        standards=measured.standards,
        catalogue=measured.catalogue,
        tables=measured.tables,
        scores=measured.scores,
        rollups=measured.rollups,
        graph=graph,
        store=store,
        vocabularies=project.vocabularies,
        vocabulary_of={each.name: project.vocabulary_of(each) for each in project.sources},
    )

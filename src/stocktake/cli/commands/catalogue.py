"""The command that shows a saved run to everybody who queries the organisation's SQL engine."""

from __future__ import annotations

from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face
from stocktake.cli.page import Table


def register(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "catalogue")(catalogue)


def catalogue(
    face: Face,
    engine: Annotated[str, typer.Argument(metavar="ENGINE", help="A PrestoDB or Trino of the project's engines.")],
    run: Annotated[str, typer.Option(metavar="RUN", help="A run's id, or the day of its moment.")] = "latest",
    schema: Annotated[str, typer.Option(metavar="NAME", help="The schema that people query.")] = "stocktake",
) -> None:
    """Let everybody query a run's tables, on PrestoDB or Trino. All of them change at once."""
    from stocktake.pipeline.cataloguing import show_in_catalogue
    from stocktake.pipeline.session import log

    project = face.project()
    with log(project) as store:
        shown = show_in_catalogue(project, store, engine, schema, run=run)
    document = {"run": shown.run, "before": shown.before, "schema": shown.schema, "tables": list(shown.tables)}
    face.answer(document, [Table(("table", "shows run"), [(f"{schema}.{name}", shown.run) for name in shown.tables])])

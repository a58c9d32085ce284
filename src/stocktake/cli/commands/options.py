"""Options that several commands take."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

AsOf = Annotated[
    str | None,
    typer.Option(
        "--as-of",
        metavar="TIME",
        help="The moment that is looked at, UTC; else the project's, else that of a run that still holds, else now.",
    ),
]
KnownAt = Annotated[
    int | None,
    typer.Option("--known-at", metavar="SEQ", min=0, help="What the log knew at this entry; else its newest."),
]


def moment(words: str | None) -> datetime | None:
    """A time that a person wrote. Raises GraphError."""
    from stocktake.pipeline.editing import moment as read

    return read(words) if words else None

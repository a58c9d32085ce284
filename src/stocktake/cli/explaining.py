"""What an explanation reads, put together: the project's numbers of a moment, its graph, and its log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from stocktake.explain import Context
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.recalling import recall
from stocktake.pipeline.session import log
from stocktake.pipeline.slicing import by_slice

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured
    from stocktake.project import Project
    from stocktake.store import Store


@contextmanager
def opened(
    project: Project, *, as_of: datetime | None = None, known_at: int | None = None, by: str | None = None
) -> Iterator[tuple[Measured, Context]]:
    """The numbers of a moment, over the slices of `by` too, and all that explains them, while the log is open."""
    with log(project) as store:
        measured = recall(project, store, as_of=as_of, known_at=known_at)
        measured = by_slice(measured, by)[0] if by else measured
        context = context_of(measured, store)
        try:
            yield measured, context
        finally:
            context.close()


def context_of(measured: Measured, store: Store) -> Context:
    """What an explanation of one measuring reads."""
    return Context(
        project=measured.project,
        as_of=measured.as_of,
        standards=measured.standards,
        catalogue=measured.catalogue,
        snapshot=measured.snapshot,
        tables=measured.tables,
        scores=measured.scores,
        rollups=measured.rollups,
        given=graph_input(measured.project, store, measured.known_at),
        store=store,
    )

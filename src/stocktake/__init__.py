"""Stocktake takes stock of machine-learning models: one graph, agreed definitions, maturity metrics, explained."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from stocktake.pipeline.typed import OpenGraph

__all__ = ["__version__", "open"]
__version__ = "0.1.0"


def open(project: Path | str | None = None, *, as_of: datetime | None = None, known_at: int | None = None) -> OpenGraph:
    """The metadata graph of a project, to be read, traversed and corrected by the classes of its kinds.

    project: its folder, default the current one. as_of: UTC, the moment that it is looked at, default the project's,
    else now. known_at: log sequence; what was learned later is left out, default nothing.
    Use it in a `with`, or close it. Raises ProjectError where there is no project.
    """
    from stocktake.pipeline.typed import open_graph

    return open_graph(project, as_of=as_of, known_at=known_at)

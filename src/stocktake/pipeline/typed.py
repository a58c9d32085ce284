"""A project's graph for other programs: opened at a moment, read by the classes of its kinds, corrected."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from stocktake.errors import GraphError
from stocktake.graph.edits import Edit
from stocktake.graph.snapshot import Graph
from stocktake.graph.typed import TypedGraph
from stocktake.graph.typed_view import utc
from stocktake.pipeline.deciding import Decided, Reason, append
from stocktake.pipeline.editing import check_split
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.session import log
from stocktake.pipeline.typed_edit import Edits
from stocktake.project import Project, open_project


class OpenGraph(TypedGraph):
    """The graph of a project as it stood at (as_of, known_at).

    It stays as it was opened: what is appended later, by its own edits too, is seen by what `refreshed` gives.
    """

    def __init__(self, project: Project, *, as_of: datetime | None = None, known_at: int | None = None) -> None:
        """as_of: UTC, default the project's, else now. known_at: log sequence, default the newest entry."""
        self.project = project
        moment: datetime = utc(as_of or project.as_of or datetime.now(UTC))
        with log(project) as store:
            self.known_at = store.newest_seq() if known_at is None else known_at
            graph = Graph(graph_input(project, store, self.known_at))
            graph.freeze(moment)
        super().__init__(graph, moment)

    def edit(self, *, who: str, why: str, at: datetime | None = None, until: datetime | None = None) -> Edits:
        """What a person corrects, each one more record: `graph.edit(who=…, why=…).set(binary, purpose="churn")`.

        who, why: needed, and kept with it. at, until: UTC, since and until when it holds; at: default now.
        """
        for name, told in (("who", who), ("why", why)):
            if not told.strip():
                raise GraphError("edit", f"it does not say {name}", f"give {name}=…: it is kept with the edit")
        times = {name: utc(moment) for name, moment in (("at", at), ("until", until)) if moment}
        return Edits(self.view, self.identifier_of, self._append, Reason(why, who), times)

    def refreshed(self) -> OpenGraph:
        """The same moment with all that the log holds now."""
        return OpenGraph(self.project, as_of=self.as_of)

    def _append(self, reason: Reason, edits: list[Edit]) -> Decided:
        """Append edits by the way that the command line takes."""
        with log(self.project) as store:
            if any(each.action == "split" for each in edits):
                check_split(graph_input(self.project, store), edits)
            return append(self.project, store, reason, edits)


def open_graph(
    project: Path | str | None = None, *, as_of: datetime | None = None, known_at: int | None = None
) -> OpenGraph:
    """The graph of the project in a folder. Raises ProjectError where there is none."""
    return OpenGraph(open_project(Path(project) if project is not None else None), as_of=as_of, known_at=known_at)

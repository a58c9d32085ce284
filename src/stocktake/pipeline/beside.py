"""The published project and the changed one, measured over one log at one moment, neither in the other's way."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.parts import part
from stocktake.pipeline.line import Measured, graph_of, measure_graph
from stocktake.pipeline.publishing import find_publication, read_files, read_published
from stocktake.pipeline.saving import project_files

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.publications import Publication

GRAPH_SORTS = ("kinds", "vocabulary", "connectors", "sources", "stocktake.yaml")
"""The files that the graph follows from; all others are read after it."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Two measurings of one moment. publication: what the first is by; None: by what ships."""

    publication: Publication | None
    published: Measured
    changed: Measured


def measure_beside(
    project: Project,
    store: Store,
    *,
    against: int | None = None,
    as_of: datetime | None = None,
    known_at: int | None = None,
) -> Beside:
    """Measure the log by the published files and by the project's own, at one (as_of, known_at).

    against: the number of a publication, by default the latest; before the first, what ships. Nothing is saved: what
    has to be decoded again is decoded in a folder that goes away, beside what there is.
    """
    publication = find_publication(store, against)
    moment = as_of or project.as_of or datetime.now(UTC)
    known = store.newest_seq() if known_at is None else known_at
    read_files(project)
    with part(project.derived) as folder:
        published = read_published(project, store, publication, folder / "published")
        return Beside(publication, *_measure(published, project, store, folder, (moment, known)))


def _measure(
    published: Project, changed: Project, store: Store, folder: Path, at: tuple[datetime, int]
) -> tuple[Measured, Measured]:
    """Both at (as_of, known_at): over one graph, where both read the log alike."""
    moment, known_at = at
    if _graph_files(published) == _graph_files(changed):
        with graph_of(changed, store, known_at) as graph:
            return measure_graph(published, graph, moment), measure_graph(changed, graph, moment)
    decoded = changed.derived / store.log_id / "segments"
    measured = []
    for name, project in (("was", published), ("now", changed)):
        apart = replace(project, scratch=folder / name)
        _link_all(decoded, apart.derived / store.log_id / "segments")
        with graph_of(apart, store, known_at) as graph:
            measured.append(measure_graph(apart, graph, moment))
    return measured[0], measured[1]


def _graph_files(project: Project) -> dict[str, bytes]:
    """The files that the graph follows from."""
    files = project_files(project)
    return {name: content for name, content in files.items() if _sort(name) in GRAPH_SORTS}


def _sort(name: str) -> str:
    """The sort of a file by its path: `vocabulary` of `library/vocabulary/mlflow.yaml`."""
    return name.removeprefix("library/").partition("/")[0]


def _link_all(decoded: Path, target: Path) -> None:
    """Let all that is decoded already be found in another folder too.

    Decoded files never change, so a second name for each costs nothing, and taking it away leaves the first.
    """
    if decoded.is_dir():
        shutil.copytree(decoded, target, copy_function=_link, ignore=shutil.ignore_patterns(".*"))


def _link(source: str, target: str) -> str:
    """A second name for a file; a copy where the disk has no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target

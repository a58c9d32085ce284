"""The published project and the changed one, measured over one log at one moment, neither in the other's way."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.parts import part
from stocktake.pipeline.files import graph_files, project_files
from stocktake.pipeline.line import Measured, graph_of, measure_graph, measure_snapshot
from stocktake.pipeline.publishing import find_publication, read_files, read_published
from stocktake.pipeline.recalling import snapshot_of
from stocktake.pipeline.segments import PERSON

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.publications import Publication


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
    known = store.newest_seq() if known_at is None else known_at
    read_files(project)
    with part(project.derived) as folder:
        published = read_published(project, store, publication, folder / "published")
        return Beside(publication, *_measure(published, project, store, folder, (as_of, known)))


def _measure(
    published: Project, changed: Project, store: Store, folder: Path, at: tuple[datetime | None, int]
) -> tuple[Measured, Measured]:
    """Both at (as_of, known_at): over one snapshot, where both read the log alike."""
    as_of, known_at = at
    if graph_files(project_files(published)) == graph_files(project_files(changed)):
        found, snapshot = snapshot_of(changed, store, as_of=as_of, known_at=known_at)
        edits = store.records_of(PERSON, known_at)
        was, now = (measure_snapshot(each, snapshot, found, known_at, edits) for each in (published, changed))
        return was, now
    moment = as_of or changed.as_of or datetime.now(UTC)
    decoded = changed.derived / store.log_id / "segments"
    measured = []
    for name, project in (("was", published), ("now", changed)):
        apart = replace(project, scratch=folder / name)
        _link_all(decoded, apart.derived / store.log_id / "segments")
        with graph_of(apart, store, known_at) as graph:
            measured.append(measure_graph(apart, graph, moment))
    return measured[0], measured[1]


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

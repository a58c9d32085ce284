"""A measuring kept for ever: its tables, scores and roll-ups, with the files that it was made by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.pipeline.line import Measured
from stocktake.project import FILE, Project
from stocktake.results import Finished, save
from stocktake.stages import stage

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.store import Store

SORTS = ("kinds", "vocabulary", "connectors", "definitions", "tables", "metrics", "waivers", "targets")
ENDINGS = (".py", ".sql", ".yaml")


def keep(measured: Measured, store: Store, started_at: datetime) -> Measured:
    """Save a measuring as a run; the same with the run's id. Raises ResultsError when it can't be written."""
    project = measured.project
    finished = Finished(measured.as_of, measured.known_at, started_at, project_files(project), _tables(measured))
    project.results.mkdir(parents=True, exist_ok=True)
    with stage("save") as told:
        run = save(store, project.results, finished)
        told["run"] = run.id
    return replace(measured, run_id=run.id)


def project_files(project: Project) -> dict[str, bytes]:
    """Every file that numbers follow from, by path: the project's own, and those that ship, under `library/`."""
    return {name: path.read_bytes() for name, path in _files(project)}


def _files(project: Project) -> Iterator[tuple[str, Path]]:
    """Their names and places."""
    yield FILE, project.root / FILE
    for sort in (*SORTS, "sources"):
        for path in _of(project.root / sort):
            yield path.relative_to(project.root).as_posix(), path
    for sort in SORTS:
        for path in _of(project.library / sort):
            yield f"library/{path.relative_to(project.library).as_posix()}", path


def _of(folder: Path) -> list[Path]:
    """The files of one folder, cases left out: they change no number."""
    found = [path for path in sorted(folder.glob("*")) if path.is_file() and path.suffix in ENDINGS]
    return [path for path in found if not path.name.endswith(".cases.yaml")]


def _tables(measured: Measured) -> dict[str, pa.Table]:
    """What is kept, by the names that results are read back by."""
    rollups = measured.rollups
    found = {f"tables/{name}": table for name, table in measured.tables.items()}
    found |= {f"scores/{name}": table for name, table in measured.scores.tables.items()}
    found |= {f"rollups/{name}_pairs": table for name, table in rollups.pairs.items()}
    found |= {"rollups/models": rollups.models, "rollups/populations": rollups.populations}
    found |= {"finds/suggestions": measured.finds.suggestions, "finds/places": measured.finds.places}
    found |= {"rollups/slices": rollups.slices, "rollups/members": rollups.members}
    if measured.without is not None:
        found |= {"without_waivers/models": measured.without.models}
        found |= {"without_waivers/populations": measured.without.populations}
    return found | ({"rollups/exposure": rollups.exposure} if rollups.exposure is not None else {})

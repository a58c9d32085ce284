"""The files of a project that numbers follow from, which are kept with each run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from stocktake.project import FILE, Project

SORTS = ("kinds", "vocabulary", "connectors", "definitions", "tables", "metrics", "waivers", "targets")
ENDINGS = (".py", ".sql", ".yaml")
OF_THE_GRAPH = ("kinds", "vocabulary", "connectors", "sources", FILE)
"""The files that the graph follows from; all others are read after it."""
LIBRARY = "library/"


def project_files(project: Project) -> dict[str, bytes]:
    """Every file that numbers follow from, by path: the project's own, and those that ship, under `library/`."""
    return {name: path.read_bytes() for name, path in _files(project)}


def graph_files(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Those of a project's files that the graph follows from."""
    return {name: told for name, told in files.items() if name.removeprefix(LIBRARY).partition("/")[0] in OF_THE_GRAPH}


def _files(project: Project) -> Iterator[tuple[str, Path]]:
    """Their names and places."""
    yield FILE, project.root / FILE
    for sort in (*SORTS, "sources"):
        for path in _of(project.root / sort):
            yield path.relative_to(project.root).as_posix(), path
    for sort in SORTS:
        for path in _of(project.library / sort):
            yield f"{LIBRARY}{path.relative_to(project.library).as_posix()}", path


def _of(folder: Path) -> list[Path]:
    """The files of one folder, cases left out: they change no number."""
    found = [path for path in sorted(folder.glob("*")) if path.is_file() and path.suffix in ENDINGS]
    return [path for path in found if not path.name.endswith(".cases.yaml")]

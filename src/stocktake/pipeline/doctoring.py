"""Whether a machine, an installation and a project's store are as they must be."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from stocktake.errors import StocktakeError
from stocktake.project import Project, open_project

PYTHON = (3, 11)
NAME = re.compile(r"[A-Za-z0-9._-]+")
LEAST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined. fix: what to do where it is not well."""

    what: str
    is_well: bool
    told: str
    fix: str = ""


def examine(folder: Path | None) -> list[Finding]:
    """Everything that was examined, in the order in which one would mend it."""
    findings = [_python(), *_libraries()]
    try:
        project = open_project(folder)
    except StocktakeError as error:
        return [
            *findings,
            *(Finding(each.where or "project", False, each.problem, each.fix) for each in error.problems),
        ]
    return [*findings, *_project(project)]


def _python() -> Finding:
    is_well = sys.version_info[:2] >= PYTHON
    return Finding(
        "Python", is_well, f"{platform.python_version()} on {platform.system()}", "" if is_well else "use 3.11 or later"
    )


def _libraries() -> Iterator[Finding]:
    """Each library that an installation needs: its version, or that it is missing."""
    for line in requires("stocktake") or ():
        requirement, _, condition = line.partition(";")
        name = NAME.match(requirement.strip())
        if name is None or "extra ==" in condition:
            continue
        try:
            yield Finding(name[0], True, version(name[0]))
        except PackageNotFoundError:
            yield Finding(name[0], False, "not installed", f"pip install '{requirement.strip()}'")


def _project(project: Project) -> Iterator[Finding]:
    """The project's folder, its log and its sources' paths."""
    yield Finding("project", True, f"{project.name}, {len(project.sources)} sources, in {project.root}")
    free = shutil.disk_usage(project.root).free
    yield Finding("disk", free > LEAST_BYTES, f"{free // 1_000_000} MB free", "" if free > LEAST_BYTES else "make room")
    yield _store(project)
    for source in project.sources:
        path = source.settings.get("path")
        if isinstance(path, str) and not (project.root / path).exists():
            fix = "set `path:` to what is there, relative to the project"
            yield Finding(f"source {source.name}", False, f"no such path: {path}", fix)


def _store(project: Project) -> Finding:
    """Whether the log can be opened, and is whole as far as its database can tell."""
    from stocktake.store import Store, is_server

    try:
        address = project.store_address
        if not is_server(address) and not Path(address).exists():
            return Finding("log", True, "none yet: `stocktake collect` makes it")
        with Store.open(address) as store:
            told = store.integrity()
            is_well = told == "ok"
            fix = "" if is_well else "restore it from a backup"
            return Finding("log", is_well, f"{store.newest_seq()} entries in {store.where}, integrity {told}", fix)
    except StocktakeError as error:
        return Finding("log", False, error.problems[0].problem, error.problems[0].fix)

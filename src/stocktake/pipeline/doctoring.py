"""Whether a machine, an installation and a project's store are as they must be."""

from __future__ import annotations

import os
import platform
import re
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from urllib.parse import urlsplit

from stocktake.collect.connectors import load_connector
from stocktake.collect.sources import PUSH, fill
from stocktake.engines.hive import HiveEngine
from stocktake.engines.settings import EngineSettings
from stocktake.engines.spark import Spark
from stocktake.errors import Problem, StocktakeError
from stocktake.nouns import Source
from stocktake.project import Project, open_project

PYTHON = (3, 11)
NAME = re.compile(r"[A-Za-z0-9._-]+")
LEAST_BYTES = 500_000_000
PORTS = {"http": 80, "https": 443}
PATIENCE = 3.0  # seconds for a server to answer


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
        return [*findings, *_of_files(error.problems)]
    return [*findings, *_of_files(project.exposed), *_project(project)]


def _of_files(problems: Iterable[Problem]) -> Iterator[Finding]:
    """What is wrong with a project's files."""
    yield from (Finding(each.where or "project", False, each.problem, each.fix) for each in problems)


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
    """The project's folder, disks, log and lake, what was left unfinished, what each source needs, and each engine."""
    yield Finding("project", True, f"{project.name}, {len(project.sources)} sources, in {project.root}")
    yield from _disks(project)
    yield from _store(project)
    yield from _lake(project)
    for source in project.sources:
        yield from _source(project, source)
    for engine in project.engines.named():
        yield from _engine(engine)


def _disks(project: Project) -> Iterator[Finding]:
    """The room on the disk of the project, and on that of what is spilled, where it is another."""
    places = {"project": project.root, "temporary files": Path(tempfile.gettempdir())}
    by_disk: dict[int, list[str]] = {}
    for name, place in places.items():
        by_disk.setdefault(place.stat().st_dev, []).append(name)
    for names in by_disk.values():
        free = shutil.disk_usage(places[names[0]]).free
        is_well = free > LEAST_BYTES
        told = f"{free // 1_000_000:,} MB free for {' and '.join(names)}"
        yield Finding("disk", is_well, told, "" if is_well else "make room on the disk")


def _store(project: Project) -> Iterator[Finding]:
    """Whether the log can be opened, and is whole as far as its database can tell; runs that were never committed."""
    from stocktake.results import unfinished
    from stocktake.store import Store, is_server

    try:
        address = project.store_address
        if not is_server(address) and not Path(address).exists():
            yield Finding("log", True, "none yet: `stocktake collect` makes it")
            return
        with Store.open(address) as store:
            told = store.integrity()
            is_well = told == "ok"
            fix = "" if is_well else "restore it from a backup: stocktake store restore"
            entries = f"{store.newest_seq():,} entries in {store.where}, {store.version}, integrity {told}"
            yield Finding("log", is_well, entries, fix)
            left = unfinished(store, project.results)
            if left:
                told = (
                    f"{len(left)} were not finished, or are of another log: {', '.join(path.name for path in left[:3])}"
                )
                yield Finding("runs", True, told, "take these folders away, unless a command is running just now")
    except StocktakeError as error:
        yield Finding("log", False, error.problems[0].problem, error.problems[0].fix)


def _lake(project: Project) -> Iterator[Finding]:
    """Whether the lake's store answers, where it is not a folder."""
    bucket = project.engines.bucket
    if bucket is None:
        return
    try:
        bucket.check()
        yield Finding("lake", True, f"{bucket.address}, its store answers")
    except StocktakeError as error:
        yield Finding("lake", False, error.problems[0].problem, error.problems[0].fix)


def _source(project: Project, source: Source) -> Iterator[Finding]:
    """Whether a source has all that collecting needs: its connector, its variables, its path, a server that answers."""
    what = f"source {source.name}"
    if source.connector == PUSH:
        yield Finding(what, True, "sends its records itself")
        return
    try:
        filled, _ = fill(source, os.environ, project.root)
        load_connector(filled, project.folders("connectors"))
    except StocktakeError as error:
        yield from (Finding(what, False, each.problem, each.fix) for each in error.problems)
        return
    path, url = filled.settings.get("path"), filled.settings.get("url")
    if isinstance(path, str) and not Path(path).exists():
        fix = "set `path:` to what is there, relative to the project"
        yield Finding(what, False, f"no such path: {source.settings['path']}", fix)
    elif isinstance(url, str) and (problem := _unreachable(url)):
        yield Finding(what, False, problem, "check that the server is up and that `url:` is right")
    else:
        yield Finding(what, True, f"{source.connector}, {'its server answers' if url else 'its path is there'}")


def _unreachable(url: str) -> str | None:
    """Why nobody listens at a URL; None: somebody does, or the URL names no server."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    try:
        with socket.create_connection((parts.hostname, parts.port or PORTS[parts.scheme]), PATIENCE):
            return None
    except (OSError, ValueError) as error:
        return f"no answer from {parts.hostname}: {error}"


def _engine(settings: EngineSettings) -> Iterator[Finding]:
    """Whether an engine has all that it needs, and answers."""
    what = f"engine {settings.name}"
    try:
        engine = settings.open(os.environ)
        if isinstance(engine, HiveEngine) and (problem := _unreachable(engine.access.address)):
            yield Finding(what, False, problem, "start it, or let `address` lead to one that runs")
            return
        yield Finding(what, True, engine.greet() if isinstance(engine, HiveEngine | Spark) else "in this process")
    except StocktakeError as error:
        yield from (Finding(what, False, f"{each.where}: {each.problem}", each.fix) for each in error.problems)

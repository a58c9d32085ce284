"""One project folder, read into one value."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import stocktake.library
from stocktake.collect.written import written_secrets
from stocktake.engines.settings import EngineRules, read_rules
from stocktake.environment import fill
from stocktake.errors import Problem, ProjectError
from stocktake.nouns import Source, read_moment
from stocktake.schema import Schema, load_schema
from stocktake.schema.marked import Marked
from stocktake.store import is_server

if TYPE_CHECKING:
    from stocktake.vocabulary import Vocabularies

FILE = "stocktake.yaml"
LIBRARY = Path(stocktake.library.__file__).parent
STATE = ".stocktake"
KNOWN = {"project", "store", "as_of", "stale_after", "max_join", "instances", "engines", "routes", "lake"}
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
DURATION = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([smhdw])\s*")


@dataclass(frozen=True)
class Project:
    """What a project folder says.

    store: the address of the log's database; None for a file of the project's own. as_of: UTC, the moment that runs
    describe unless they are told another. stale_after: how long after its last complete pull a source counts. engines:
    which engine runs what.
    settings: all else of `stocktake.yaml`, which vocabularies may ask for. library: what ships, as a folder. scratch:
    where what derives from the log is kept, instead of the project's own folder for it. exposed: the secrets that stand
    in its files, as problems that stop nothing.
    """

    root: Path
    name: str
    store: str | None = None
    as_of: datetime | None = None
    stale_after: timedelta = timedelta(days=3)
    max_join: int = 50
    instances: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
    engines: EngineRules = field(default_factory=EngineRules)
    library: Path = LIBRARY
    scratch: Path | None = None
    exposed: tuple[Problem, ...] = ()

    @property
    def state(self) -> Path:
        """Where the project keeps its store and all that is derived from it."""
        return self.root / STATE

    @property
    def store_address(self) -> str:
        """Where the log is: `store:` with `${NAME}` filled in from the environment, else a file of the project.

        A path is below the project. Raises ProjectError for a variable that is not set.
        """
        return str(self.state / "store.sqlite") if self.store is None else filled(self.store, self.root)

    @property
    def derived(self) -> Path:
        """What can be made again from the log at any time."""
        return self.scratch or self.state / "derived"

    @property
    def results(self) -> Path:
        """The saved results of runs."""
        return self.state / "results"

    def folders(self, kind: str) -> list[Path]:
        """The folders of one sort of file (`kinds`, `metrics` …): what ships, then the project's own where it is."""
        return [self.library / kind, *([self.root / kind] if (self.root / kind).is_dir() else [])]

    @cached_property
    def schema(self) -> Schema:
        """Every kind, the project's own included."""
        return load_schema(self.folders("kinds"))

    @cached_property
    def vocabularies(self) -> Vocabularies:
        """Every vocabulary, the project's own included."""
        from stocktake.vocabulary import load_vocabularies

        return load_vocabularies(self.folders("vocabulary"), self.schema)

    def source(self, name: str) -> Source:
        """One source. Raises ProjectError with the names that there are."""
        for each in self.sources:
            if each.name == name:
                return each
        known = ", ".join(each.name for each in self.sources) or "none: add sources/NAME.yaml"
        raise ProjectError(str(self.root / "sources"), f"no source {name!r}", f"use one of: {known}")

    def vocabulary_of(self, source: Source) -> str:
        """The name of the vocabulary that a source's words are read with: its own setting, else its connector's."""
        from stocktake.collect.connectors import find_connectors, vocabulary_name

        told = source.settings.get("vocabulary")
        path = None if told else find_connectors(self.folders("connectors")).get(source.connector)
        return str(told or (vocabulary_name(path) if path else source.connector))

    def stale_after_of(self, source: Source) -> timedelta:
        """How long after its last complete pull a source counts."""
        told = source.settings.get("stale_after")
        return self.stale_after if told is None else read_duration(told, source.where)

    def expect_every_of(self, source: Source) -> timedelta | None:
        """How often a source that pushes promises to say something, if it does."""
        told = source.settings.get("expect_every")
        return None if told is None else read_duration(told, source.where)


def find_root(path: Path | str | None = None) -> Path:
    """The project folder: the given one, else STOCKTAKE_PROJECT, else the current folder or the nearest above it."""
    told = path or os.environ.get("STOCKTAKE_PROJECT")
    start = Path(told).expanduser() if told else Path.cwd()
    candidates = [start] if told else [start, *start.resolve().parents]
    for folder in candidates:
        if (folder / FILE).is_file():
            return folder.resolve()
    fix = "run `stocktake init` there, name another with --project DIR, or try `stocktake demo`"
    raise ProjectError(str(start), f"no project here: there is no {FILE}", fix)


def filled(address: str, root: Path) -> str:
    """The address of a store with what it leaves to the machine filled in; a path below root. Raises ProjectError."""
    missing: list[Problem] = []
    told = fill(address, os.environ, lambda _, *what: missing.append(Problem(address, *what)))
    if missing:
        raise ProjectError(problems=tuple(missing))
    return told if is_server(told) else str(root / Path(told).expanduser())


def open_project(path: Path | str | None = None, *, library: Path = LIBRARY) -> Project:
    """Read a project. Raises ProjectError with every problem of its settings and sources, by file and line.

    library: what ships with it; another folder to read a project as it once was.
    """
    root = find_root(path)
    problems: list[Problem] = []
    exposed: list[Problem] = []
    file = _read(root / FILE, problems, exposed)
    told = file.data if isinstance(file.data, dict) else {}
    if not file.problems and not isinstance(told.get("project"), str):
        problems.append(Problem(file.where("project"), "the project has no name", "begin with `project: NAME`"))
    settings = {key: value for key, value in told.items() if key not in KNOWN}
    problems += [
        Problem(file.where(str(key)), f"{key} says nothing here", f"write it as {near[0]}")
        for key in settings
        if (near := get_close_matches(str(key), KNOWN, 1, 0.8))  # other names are a vocabulary's to ask for
    ]
    settings |= settings.pop("settings", None) or {}
    project = Project(
        root=root,
        name=str(told.get("project", root.name)),
        store=_text(told.get("store"), file.where("store"), problems),
        as_of=_moment(told.get("as_of"), file.where("as_of"), problems),
        stale_after=_checked_duration(told.get("stale_after", "3d"), file.where("stale_after"), problems),
        max_join=_positive(told.get("max_join", 50), file.where("max_join"), problems),
        instances={str(k): str(v) for k, v in (told.get("instances") or {}).items()},
        settings=settings,
        sources=_sources(root / "sources", problems, exposed),
        engines=read_rules(file, root, problems),
        library=library,
    )
    if problems:
        raise ProjectError(problems=tuple(problems))
    return replace(project, exposed=tuple(exposed))


def _text(value: Any, where: str, problems: list[Problem]) -> str | None:
    if value is None or (isinstance(value, str) and value):
        return value
    problems.append(Problem(where, f"{value!r} is no address", "write postgresql://user:${PASSWORD}@host/database"))
    return None


def _read(path: Path, problems: list[Problem], exposed: list[Problem]) -> Marked:
    file = Marked(path)
    problems += file.problems
    exposed += written_secrets(file)
    return file


def _sources(folder: Path, problems: list[Problem], exposed: list[Problem]) -> tuple[Source, ...]:
    """The sources of a folder, one file each."""
    found = []
    for path in sorted(folder.glob("*.yaml")):
        file = _read(path, problems, exposed)
        told = file.data
        if not isinstance(told, dict) or not isinstance(told.get("connector"), str):
            missing = Problem(file.where("connector"), "the source names no connector", "write `connector: NAME`")
            problems += [] if file.problems else [missing]
            continue
        name = str(told.get("source", path.stem))
        if name.startswith("person/"):
            problems.append(Problem(file.where("source"), f"{name}: a source can't be a person", "use another name"))
        for key in ("stale_after", "expect_every"):
            if key in told:
                _checked_duration(told[key], file.where(key), problems)
        if "recorded_at" in told:
            _moment(told["recorded_at"], file.where("recorded_at"), problems)
        settings = {key: value for key, value in told.items() if key not in ("connector", "source")}
        found.append(Source(name, told["connector"], settings, str(path)))
    return tuple(found)


def _moment(value: Any, where: str, problems: list[Problem]) -> datetime | None:
    if value is None:
        return None
    try:
        return read_moment(value)
    except ValueError:
        problems.append(Problem(where, f"{value!r} is no moment", "write it as 2026-11-23T18:00:00Z"))
        return None


def read_duration(value: Any, where: str) -> timedelta:
    """A duration such as `3d`, `12h`, `90s`. Raises ProjectError."""
    match = DURATION.fullmatch(str(value))
    if not match:
        raise ProjectError(where, f"{value!r} is no duration", "write a number with s, m, h, d or w, as 3d")
    return timedelta(seconds=float(match[1]) * UNITS[match[2]])


def _checked_duration(value: Any, where: str, problems: list[Problem]) -> timedelta:
    try:
        return read_duration(value, where)
    except ProjectError as error:
        problems.extend(error.problems)
        return timedelta(days=3)


def _positive(value: Any, where: str, problems: list[Problem]) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    problems.append(Problem(where, f"{value!r} is no number above 0", "write a whole number, as 50"))
    return 50

"""The engines that a project names, and its rules on which step runs where, as its settings say them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.engines.options import Options
from stocktake.engines.protocol import Engine
from stocktake.environment import fill
from stocktake.errors import EngineError, Problem, one_of
from stocktake.schema.marked import Marked

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket

DEFAULT = "duckdb"
"""The engine of every step that nothing is said of."""
ROUTE_KEYS = ("engine", "steps", "above")
SHARED_KEYS = ("kind", "on_memory")


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """One engine of a project.

    kind: the module of `engines/` that it is made by. on_memory: the engine to which a step goes that needs more memory
    than this one gives; none: it fails. options: what its kind takes. where: `file:line`; places: of each option.
    bucket: by which it is handed tables, if the lake is in one.
    """

    name: str
    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)
    on_memory: str | None = None
    where: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    bucket: Bucket | None = None

    def open(self, environment: Mapping[str, str]) -> Engine:
        """The engine, with what its options leave to the machine filled in; it is reached when it first runs.

        Raises EngineError for what can't be filled in, and for options that its kind does not take.
        """
        options, missing = self._filled(environment)
        if missing:
            raise EngineError(problems=tuple(missing))
        made: Engine = self._module.from_settings(options)
        return made

    def problems(self, environment: Mapping[str, str]) -> list[Problem]:
        """What is wrong with its options; where some are secrets that are not here, the others as far as that goes."""
        options, missing = self._filled(environment)
        if missing:
            return options.problems(self._module.OPTIONS)
        try:
            self._module.from_settings(options)
        except EngineError as error:
            return list(error.problems)
        return []

    @property
    def _module(self) -> Any:
        return import_module(f"stocktake.engines.{self.kind}")

    def _filled(self, environment: Mapping[str, str]) -> tuple[Options, list[Problem]]:
        """The options as the machine fills them in, and what it can't."""
        missing: list[Problem] = []
        told = {}
        for name, value in self.options.items():
            where = self.places.get(name, self.where)
            told[name] = fill(value, environment, lambda _, *what, at=where: missing.append(Problem(at, *what)))
        return Options(told, self.where or self.name, self.places, self.bucket), missing


@dataclass(frozen=True, slots=True)
class Route:
    """One rule: the engine of the steps that it fits. steps: names with `*`, all where none; above: rows."""

    engine: str
    steps: tuple[str, ...] = ()
    above: int | None = None
    where: str = ""

    def fits(self, name: str, rows: int) -> str | None:
        """Why a step goes this way; None where it does not. name: bare. rows: of the largest table it rests on."""
        pattern = next((each for each in self.steps if fnmatchcase(name, each)), None)
        if (self.steps and pattern is None) or (self.above is not None and rows <= self.above):
            return None
        told = [f"it is one of `{pattern}`"] if pattern and pattern != name else [f"it is {name}"] if pattern else []
        told += [f"it rests on {rows:,} rows, more than {self.above:,}"] if self.above is not None else []
        return f"{' and '.join(told) or 'it is any step'} ({self.where})"


@dataclass(frozen=True, slots=True)
class EngineRules:
    """All that a project says of engines. lake: the folder that its engines share; None: one of the project's own.

    bucket: by which they are handed tables instead.
    """

    engines: Mapping[str, EngineSettings] = field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    lake: Path | None = None
    bucket: Bucket | None = None

    def find(self, name: str) -> EngineSettings:
        """The engine of a name; a kind that needs no options may be named without being set up. Raises EngineError."""
        if name in self.engines:
            return self.engines[name]
        if name in kinds():
            return EngineSettings(name, name, bucket=self.bucket)
        raise EngineError(name, "there is no such engine", f"{one_of(self.known(), name)}, or add it to engines")

    def named(self) -> list[EngineSettings]:
        """The engines that the project sets up, and those that its routes alone name."""
        routed = {each.engine: replace(self.find(each.engine), where=each.where) for each in self.routes}
        return list({**routed, **self.engines}.values())

    def known(self) -> list[str]:
        """The names that a step may ask for."""
        return sorted({*self.engines, *kinds()})


def kinds() -> list[str]:
    """The kinds of engines that there are: the modules of this folder that make one from settings."""
    return sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if "\ndef from_settings(" in path.read_text()
    )


def read_rules(file: Marked, root: Path, problems: list[Problem]) -> EngineRules:
    """What `engines:`, `routes:` and `lake:` of a project's settings say; what is wrong with them is added."""
    told = file.data if isinstance(file.data, dict) else {}
    if not told.keys() & {"engines", "routes", "lake"}:
        return EngineRules()
    engines = told.get("engines") or {}
    routes = told.get("routes") or []
    if not isinstance(engines, dict) or not all(isinstance(each, dict) for each in engines.values()):
        problems.append(Problem(file.where("engines"), "engines is no mapping", "write `name: {kind: …}` for each"))
        engines = {}
    if not isinstance(routes, list) or not all(isinstance(each, dict) for each in routes):
        problems.append(Problem(file.where("routes"), "routes is no list of rules", "write `- engine: NAME` for each"))
        routes = []
    known = sorted({*engines, *kinds()})
    lake, bucket = _lake(file, told.get("lake"), root, problems)
    rules = EngineRules(
        {str(name): replace(_engine(file, str(name), each), bucket=bucket) for name, each in engines.items()},
        tuple(_route(file, number, each) for number, each in enumerate(routes)),
        lake,
        bucket,
    )
    problems += [*_problems_of_engines(rules, known), *_problems_of_routes(file, routes, known)]
    return rules


def _lake(file: Marked, told: Any, root: Path, problems: list[Problem]) -> tuple[Path | None, Bucket | None]:
    """The folder that `lake:` names, or the bucket; neither where it names nothing."""
    if not told:
        return None, None
    if not isinstance(told, Mapping) and "://" not in str(told):
        return root / Path(str(told)).expanduser(), None
    from stocktake.engines.bucket import read_bucket

    try:
        return None, read_bucket(told, file.where("lake"))
    except EngineError as error:
        problems += error.problems
        return None, None


def _engine(file: Marked, name: str, told: Mapping[str, Any]) -> EngineSettings:
    options = {str(key): value for key, value in told.items() if key not in SHARED_KEYS}
    other = told.get("on_memory")
    places = {each: file.where("engines", name, each) for each in options}
    where = file.where("engines", name)
    return EngineSettings(name, str(told.get("kind", name)), options, str(other) if other else None, where, places)


def _route(file: Marked, number: int, told: Mapping[str, Any]) -> Route:
    steps = told.get("steps") or []
    names = tuple(map(str, steps)) if isinstance(steps, list) else (str(steps),)
    above = told.get("above")
    return Route(
        str(told.get("engine", DEFAULT)), names, above if isinstance(above, int) else None, file.where("routes", number)
    )


def _problems_of_engines(rules: EngineRules, known: list[str]) -> Iterator[Problem]:
    for each in rules.engines.values():
        if each.kind not in kinds():
            yield Problem(each.where, f"there is no kind of engine {each.kind}", f"use one of: {', '.join(kinds())}")
        if each.on_memory is not None and each.on_memory not in known:
            yield Problem(each.where, f"there is no engine {each.on_memory}", f"use one of: {', '.join(known)}")


def _problems_of_routes(file: Marked, routes: list[dict[str, Any]], known: list[str]) -> Iterator[Problem]:
    for number, told in enumerate(routes):
        for key in told:
            if key not in ROUTE_KEYS:
                fix = f"use one of: {', '.join(ROUTE_KEYS)}"
                yield Problem(file.where("routes", number, str(key)), f"a route has no key {key}", fix)
        if told.get("engine") not in known:
            fix = f"use one of: {', '.join(known)}"
            yield Problem(file.where("routes", number), f"there is no engine {told.get('engine')}", fix)
        above = told.get("above")
        if above is not None and (isinstance(above, bool) or not isinstance(above, int) or above < 0):
            fix = "write a whole number, as 1000000"
            yield Problem(file.where("routes", number, "above"), f"{above!r} is no number of rows", fix)

"""The files of `sources/`: which tools to read, and how."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from stocktake.collect.secret_names import promises
from stocktake.errors import Problem, ProjectError
from stocktake.nouns import Source

PUSH = "push"  # the connector of a source that sends its records itself
VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
PATHS = ("path",)


def load_sources(folder: Path) -> tuple[Source, ...]:
    """Every source of a folder, `${NAME}` as written. Raises ProjectError with every problem, each with its line."""
    problems: list[Problem] = []
    sources = []
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        source = _read(path, problems)
        if source:
            sources.append(source)
    if problems:
        raise ProjectError(problems=tuple(problems))
    return tuple(sources)


def _read(path: Path, problems: list[Problem]) -> Source | None:
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.append(Problem(f"{path}:{line}", f"not YAML: {getattr(error, 'problem', error)}", "mend the YAML"))
        return None
    if not isinstance(told, dict) or not isinstance(told.get("connector"), str):
        fix = "say `connector: mlflow`, or another file name of connectors/"
        problems.append(Problem(f"{path}:1", "it names no connector", fix))
        return None
    settings = {str(name): value for name, value in told.items() if name != "connector"}
    return Source(path.stem, told["connector"], settings, str(path))


def fill(source: Source, environment: Mapping[str, str], root: Path) -> tuple[Source, tuple[str, ...]]:
    """The source as its connector needs it, and the secrets in it.

    `${NAME}` becomes the environment's value, a relative `path` one below root. Only collection does this, and what it
    gives is kept nowhere. Raises ProjectError for each variable that is not set.
    """
    missing: list[Problem] = []
    settings = _filled(source.settings, environment, source.where, missing)
    if missing:
        raise ProjectError(problems=tuple(dict.fromkeys(missing)))
    for name in PATHS:
        if isinstance(settings.get(name), str):
            settings[name] = str(root / Path(settings[name]).expanduser())
    return replace(source, settings=settings), tuple(_secrets(settings))


def _filled(value: Any, environment: Mapping[str, str], where: str, missing: list[Problem]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(each, environment, where, missing) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(each, environment, where, missing) for each in value]
    if not isinstance(value, str):
        return value
    for name in VARIABLE.findall(value):
        if name not in environment:
            fix = f"set it before you collect: export {name}=…"
            missing.append(Problem(where, f"the environment variable {name} is not set", fix))
    return VARIABLE.sub(lambda match: environment.get(match[1], ""), value)


def _secrets(value: Any, name: str = "") -> Iterator[str]:
    """The texts that stand under a name which promises a secret."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _secrets(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, name)
    elif isinstance(value, str) and promises(name):
        yield value

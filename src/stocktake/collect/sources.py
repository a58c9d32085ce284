"""A source as its connector needs it: secrets from the environment, paths below the project."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stocktake.collect.secret_names import promises
from stocktake.errors import Problem, ProjectError
from stocktake.nouns import Source

PUSH = "push"  # the connector of a source that sends its records itself
VARIABLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
PATHS = ("path",)


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
            missing.append(Problem(_line(where, name), f"the environment variable {name} is not set", fix))
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


def _line(where: str, name: str) -> str:
    """The place in the source's file where a variable is first named."""
    path = Path(where)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    number = next((number for number, line in enumerate(lines, 1) if f"${{{name}}}" in line), None)
    return f"{where}:{number}" if number else where

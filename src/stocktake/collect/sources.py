"""A source as its connector needs it: secrets from the environment, paths below the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from stocktake.collect.secret_names import promises
from stocktake.environment import fill as fill_in
from stocktake.errors import Problem, ProjectError
from stocktake.nouns import Source

PUSH = "push"  # the connector of a source that sends its records itself
PATHS = ("path",)


def fill(source: Source, environment: Mapping[str, str], root: Path) -> tuple[Source, tuple[str, ...]]:
    """The source as its connector needs it, and the secrets in it.

    `${NAME}` becomes the environment's value, `${file:PATH}` a file's text, a relative `path` one below root. Only
    collection does this, and what it gives is kept nowhere. Raises ProjectError for each that can't be filled in.
    """
    missing: list[Problem] = []
    settings = fill_in(
        dict(source.settings),
        environment,
        lambda mark, *told: missing.append(Problem(_line(source.where, mark), *told)),
    )
    if missing:
        raise ProjectError(problems=tuple(dict.fromkeys(missing)))
    for name in PATHS:
        if isinstance(settings.get(name), str):
            settings[name] = str(root / Path(settings[name]).expanduser())
    return replace(source, settings=settings), tuple(_secrets(settings))


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


def _line(where: str, mark: str) -> str:
    """The place in the source's file where a mark first stands."""
    path = Path(where)
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    number = next((number for number, line in enumerate(lines, 1) if mark in line), None)
    return f"{where}:{number}" if number else where

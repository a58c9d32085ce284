"""YAML with the line of every value, so that a problem can name its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from stocktake.errors import Problem
from stocktake.nouns import read_moment
from stocktake.schema.marked import Marked


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a YAML file and where it stands, `file:line`. value: a scalar, a list of these or a dict of these."""

    value: Any
    where: str


def read_document(path: Path, problems: list[Problem]) -> Located | None:
    """The mapping that a YAML file holds, each value with its line; None, and a problem, when it holds none."""
    file = Marked(path)
    if file.problems:
        problems += file.problems
        return None
    if not isinstance(file.data, dict):
        problems.append(Problem(f"{path}:1", "the file holds no mapping", "write `key: value` lines"))
        return None
    return _locate(file, file.data, ())


def _locate(file: Marked, value: Any, place: tuple[str | int, ...]) -> Located:
    """A value with its own line and those of all that it holds."""
    where = file.where(*place)
    if isinstance(value, dict):
        return Located({str(key): _locate(file, each, (*place, str(key))) for key, each in value.items()}, where)
    if isinstance(value, list):
        return Located([_locate(file, each, (*place, at)) for at, each in enumerate(value)], where)
    return Located(value, where)


def plain(told: Located) -> Any:
    """A located value as ordinary Python."""
    if isinstance(told.value, dict):
        return {key: plain(value) for key, value in told.value.items()}
    if isinstance(told.value, list):
        return [plain(value) for value in told.value]
    return told.value


def overlay(base: Located, over: Located) -> Located:
    """What `over` says, else what `base` says; `buckets` are replaced whole, as their order counts."""
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    merged = dict(base.value)
    for key, value in over.value.items():
        merged[key] = overlay(merged[key], value) if key in merged and key != "buckets" else value
    return Located(merged, over.where)


@dataclass(slots=True)
class Reader:
    """Takes the keys of one mapping, and notes every problem with its line."""

    told: Located
    problems: list[Problem]
    lines: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.lines = {key: value.where for key, value in self.told.value.items()}

    def problem(self, key: str, problem: str, fix: str) -> None:
        """Note a problem at the line of a key, or of the mapping where the key is missing."""
        self.problems.append(Problem(self.lines.get(key, self.told.where), problem, fix))

    def only(self, keys: Iterable[str]) -> None:
        """Refuse keys that are none of these."""
        valid = tuple(keys)
        for key in self.told.value:
            if key not in valid:
                self.problem(key, f"unknown key {key}", f"use one of: {', '.join(valid)}")

    def text(self, key: str, *, required: str = "") -> str | None:
        """A text; numbers and flags are read as they are written in SQL. required: what to write when it is missing."""
        found = self.told.value.get(key)
        value = found.value if found else None
        if isinstance(value, (dict, list)):
            self.problem(key, f"{key} must be a text", f"write one line after `{key}:`")
            return None
        if value is None or value == "":
            if required:
                self.problem(key, f"{key} is missing", required)
            return None
        return str(value).lower() if isinstance(value, bool) else str(value).strip()

    def moment(self, key: str, *, required: str = "") -> datetime | None:
        """A moment, UTC; a day is its beginning. required: what to write when it is missing."""
        text = self.text(key, required=required)
        try:
            return read_moment(self.told.value[key].value) if text else None
        except ValueError:
            self.problem(key, f"{text} is no moment", "write it as 2027-01-31 or 2027-01-31T18:00:00Z")
            return None

    def texts(self, key: str) -> list[Located]:
        """A list of texts, or one text."""
        found = self.told.value.get(key)
        if found is None or found.value is None:
            return []
        items = found.value if isinstance(found.value, list) else [found]
        bad = [item for item in items if not isinstance(item.value, str)]
        if bad:
            self.problem(key, f"{key} must be a list of names", f"write `{key}: [name, name]`")
        return [item for item in items if isinstance(item.value, str)]

    def mapping(self, key: str) -> Mapping[str, Located]:
        """A mapping; empty when it is missing."""
        found = self.told.value.get(key)
        if found is None or found.value is None:
            return {}
        if not isinstance(found.value, dict):
            self.problem(key, f"{key} must be a mapping", f"write `{key}:` and below it, two spaces in, `name: value`")
            return {}
        mapping: dict[str, Located] = found.value
        return mapping

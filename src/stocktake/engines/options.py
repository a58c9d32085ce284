"""The options of an engine, as a project's settings give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stocktake.errors import EngineError, Problem

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket

SORTS = {
    str: ("one value", "write one, without brackets"),
    int: ("a whole number", "write it as 4"),
    dict: ("a mapping", "write it as {name: value}"),
}
"""What an option may be, and how it is written."""


@dataclass(frozen=True, slots=True)
class Options:
    """What is told of one engine. where: `file:line` of all of it; places: of each option.

    bucket: by which it is handed tables, if the lake is in one.
    """

    told: Mapping[str, Any] = field(default_factory=dict, repr=False)
    where: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    bucket: Bucket | None = None

    def place(self, name: str) -> str:
        """Where an option stands."""
        return self.places.get(name, self.where)

    def problems(self, known: Mapping[str, type], needed: Sequence[str] = ()) -> list[Problem]:
        """What is wrong with them. known: all that the engine takes, and of which sort each is; needed: what it needs.

        No value is told: it may be a secret.
        """
        fix = f"use some of: {', '.join(known)}"
        missing = [name for name in needed if not self.told.get(name)]
        found = [Problem(self.where, f"the engine has no {name}", f"add `{name}: …`") for name in missing]
        for name, value in self.told.items():
            if name not in known:
                found.append(Problem(self.place(name), f"this kind of engine takes no {name}", fix))
            elif value is not None and not _is(value, known[name]):
                sort, how = SORTS[known[name]]
                found.append(Problem(self.place(name), f"{name} is not {sort}", how))
        return found

    def check(self, known: Mapping[str, type], needed: Sequence[str] = ()) -> dict[str, Any]:
        """All that is told, empty ones left out. Raises EngineError with what is wrong."""
        if problems := self.problems(known, needed):
            raise EngineError(problems=tuple(problems))
        return {name: _as(value, known[name]) for name, value in self.told.items() if value not in (None, "")}


def _is(value: Any, sort: type) -> bool:
    """Whether a value can be read as one of a sort: YAML reads `user: 7` as a number, an environment gives texts."""
    if sort is int:
        return str(value).isdecimal()
    if sort is dict:
        return isinstance(value, Mapping) and not any(isinstance(each, Mapping | list) for each in value.values())
    return not isinstance(value, Mapping | list)


def _as(value: Any, sort: type) -> Any:
    """The value as its sort."""
    if sort is dict:
        return {str(name): _text(each) for name, each in value.items()}
    return int(value) if sort is int else _text(value)


def _text(value: Any) -> str:
    """A plain value as servers write it: `true`, not `True`."""
    return str(value).lower() if isinstance(value, bool) else str(value)

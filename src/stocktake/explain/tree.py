"""The tree of an explanation: steps from a number down to records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an explanation.

    what: `population`, `node`, `part`, `score`, `column`, `field`, `link`, `existence`, `record` or `missing`. name: of
    which. told: what is said of it (an interval, an outcome, a value). rule: the file and line, method or SQL that made
    it from its children. A record has none.
    """

    what: str
    name: str
    told: dict[str, Any] = field(default_factory=dict)
    rule: str | None = None
    children: tuple[Step, ...] = ()

    def document(self) -> dict[str, Any]:
        """The tree as JSON takes it."""
        told = {key: _plain(value) for key, value in self.told.items()}
        document: dict[str, Any] = {"what": self.what, "name": self.name, **told}
        if self.rule:
            document["rule"] = self.rule
        if self.what != "record":
            document["children"] = [child.document() for child in self.children]
        return document


def leaves(step: Step) -> Iterator[Step]:
    """The records that a step rests on; one that supports it in several ways comes several times."""
    if step.what == "record":
        yield step
    for child in step.children:
        yield from leaves(child)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat() + ("" if value.tzinfo else "Z")
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool | dict) or value is None else str(value)

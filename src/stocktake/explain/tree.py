"""The tree of an explanation: steps from a number down to records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

OF_MANY = ("member", "exposure")
"""Steps of which a number over many models has very many: they are counted only once somebody has looked into them."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step of an explanation.

    what: `population`, `exposure`, `member`, `node`, `pair`, `part`, `score`, `column`, `field`, `link`, `artifact`,
    `identity`, `identifier`, `missing` or `record`. name: of which. told: what is said of it (an interval, an outcome,
    a value). rule: the file and line that made it from its children, and how. below: its children, or how to find them
    once they are asked for. A record has none.
    """

    what: str
    name: str
    told: Mapping[str, Any] = field(default_factory=dict)
    rule: str | None = None
    below: Iterable[Step] | Callable[[], Iterable[Step]] = ()

    @cached_property
    def children(self) -> tuple[Step, ...]:
        """The steps that it rests on, each once."""
        below = self.below() if callable(self.below) else self.below
        return tuple(dict.fromkeys(below))

    @property
    def is_open(self) -> bool:
        """Whether its children were looked for already."""
        return not callable(self.below) or "children" in self.__dict__

    def document(self, depth: int | None = None) -> dict[str, Any]:
        """The tree as JSON takes it. depth: levels below this one that are shown; None is all.

        A step whose children are left out says how many in `folded`, and how many records stand below it; of a model in
        a population, which nobody has looked into yet, no number is told (null).
        """
        told = {key: _plain(value) for key, value in self.told.items()}
        document: dict[str, Any] = {"what": self.what, "name": self.name, **told}
        if self.rule:
            document["rule"] = self.rule
        if depth == 0 and self.what != "record":
            document["folded"] = count(self)
        elif self.what != "record":
            document["children"] = [child.document(None if depth is None else depth - 1) for child in self.children]
        return document


def leaves(step: Step) -> Iterator[Step]:
    """The records that a step rests on; one that supports it in several ways comes several times."""
    if step.what == "record":
        yield step
    for child in step.children:
        yield from leaves(child)


def seqs(step: Step) -> frozenset[int]:
    """The places in the log of the records that a step rests on."""
    return frozenset(int(leaf.told["seq"]) for leaf in leaves(step))


def count(step: Step, left: Collection[str] = OF_MANY) -> dict[str, int] | None:
    """How many steps and distinct records stand below a step; None where that takes to look into what is left.

    left: what steps nobody looks into only to count.
    """
    waiting, seen, records = [step], {step}, set()
    while waiting:
        each = waiting.pop()
        if each.what in left and not each.is_open:
            return None
        if each.what == "record":
            records.add(each.told["seq"])
        waiting += [child for child in each.children if child not in seen]
        seen.update(each.children)
    return {"steps": len(step.children), "records": len(records)}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).isoformat()
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)

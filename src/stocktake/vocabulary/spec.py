"""What a vocabulary file says, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Says = Literal["state", "summary", "event"]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A namespace of identifiers; a lower rank is stronger. max_join: above so many claimants it joins nothing."""

    name: str
    rank: int
    says: str
    max_join: int | None = None
    normalise: str | None = None


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How a claim's link is read from a record."""

    edge: str
    to: dict[str, str]
    for_each: str | None = None
    when: str | None = None
    kind: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    from_at: str | None = None
    until_at: str | None = None
    where: str = ""


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """How a claim is read from a record. kind: a kind, `open` or `none`."""

    kind: str
    default: str = "none"
    part: str | None = None
    for_each: str | None = None
    when: str | None = None
    passive: bool = False
    fields: dict[str, str] = field(default_factory=dict)
    same_as: dict[str, str] = field(default_factory=dict)
    declared: tuple[str, ...] = ()
    looks_like: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    links: tuple[LinkRule, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class LabelRule:
    """What one label of a tool means."""

    name: str
    says: Says
    about: str
    let: dict[str, str]
    claims: tuple[ClaimRule, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What one tool's words mean. ranks: per field, how well this tool knows it; lower is better, 100 by default."""

    name: str
    says: str
    namespaces: dict[str, Namespace]
    functions: dict[str, str]
    labels: dict[str, LabelRule]
    ranks: dict[str, int]
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """All vocabularies of a project. shared: the one that every other builds on."""

    by_name: dict[str, Vocabulary]

    @property
    def shared(self) -> Vocabulary | None:
        """The vocabulary `common`, if there is one."""
        return self.by_name.get("common")

    @property
    def namespaces(self) -> dict[str, Namespace]:
        """Every namespace of every vocabulary."""
        return {name: ns for vocabulary in self.by_name.values() for name, ns in vocabulary.namespaces.items()}

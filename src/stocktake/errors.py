"""Errors say where, what, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


def one_of(known: Iterable[str], told: str) -> str:
    """The remedy for a name that there is not: the one that is much like it, and all that there are."""
    from difflib import get_close_matches

    listed = list(known)
    near = get_close_matches(told, listed, 1)
    return f"{f'did you mean {near[0]}? ' if near else ''}use one of: {', '.join(listed) or 'none'}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it is, what it is, how to mend it."""

    where: str
    problem: str
    fix: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}\n  fix: {self.fix}"


class StocktakeError(Exception):
    """The base of every error that a user can mend.

    Holds one or more problems: a loader that finds several reports them all at once.
    """

    def __init__(
        self, where: str = "", problem: str = "", fix: str = "", *, problems: tuple[Problem, ...] = ()
    ) -> None:
        self.problems = problems or (Problem(where, problem, fix),)
        super().__init__("\n".join(str(each) for each in self.problems))


class SchemaError(StocktakeError):
    """A kind, field or edge is declared wrongly, or is not declared at all."""


class ProjectError(StocktakeError):
    """The project folder or one of its settings is wrong."""


class StoreError(StocktakeError):
    """The store can't be opened, read or written."""


class CollectError(StocktakeError):
    """A source can't be read."""


class VocabularyError(StocktakeError):
    """A vocabulary file is wrong."""


class GraphError(StocktakeError):
    """The graph can't answer, or an edit can't be made."""


class StandardsError(StocktakeError):
    """A definition or table file is wrong."""


class EngineError(StocktakeError):
    """An SQL engine refused or failed."""


class EngineMemoryError(EngineError):
    """An engine ran out of memory: one that has more, or that spills, may manage the same step."""


class MetricError(StocktakeError):
    """A metric or group file is wrong."""


class ResultsError(StocktakeError):
    """A saved result can't be found or read."""


class ExplainError(StocktakeError):
    """A number can't be explained."""

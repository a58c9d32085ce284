"""What goes into the log: lines, and the pull that they are part of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from stocktake.errors import Problem
from stocktake.nouns import storable

SEEN = 0
VANISHED = 1


class Line(NamedTuple):
    """One line of the log.

    observed_at: microseconds since 1970, UTC. body: canonical JSON, scrubbed; None with `body_id` (one that the log
    has already) or where op is VANISHED.
    """

    label: str
    key: str
    observed_at: int
    body: bytes | None
    op: int = SEEN
    body_id: int | None = None


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines in columns, as a load has millions of them. digests: sha256 of each body, None without one."""

    labels: Sequence[str]
    keys: Sequence[str]
    observed_at: Sequence[int]
    bodies: Sequence[bytes | None]
    ops: Sequence[int]
    body_ids: Sequence[int | None]
    digests: Sequence[bytes | None]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> Self:
        """Some lines as columns."""
        label, key, observed_at, bodies, op, body_id = list(zip(*lines, strict=True)) or [()] * 6
        labels, keys = ([storable(each) for each in texts] for texts in (label, key))
        digests = [None if body is None else hashlib.sha256(body).digest() for body in bodies]
        return cls(labels, keys, observed_at, bodies, op, body_id, digests)

    def __len__(self) -> int:
        return len(self.keys)

    def __add__(self, other: Self) -> Self:
        told = ([*getattr(self, each), *getattr(other, each)] for each in self.__slots__)
        return type(self)(*told)

    def at(self, places: Sequence[int]) -> Self:
        """The lines at some places, which are in order."""
        if len(places) == len(self):
            return self
        columns = (getattr(self, each) for each in self.__slots__)
        return type(self)(*([column[place] for place in places] for column in columns))


@dataclass(frozen=True, slots=True)
class PullEntry:
    """One pull, or one part of a pull, as it enters the log. Times in microseconds since 1970, UTC.

    scope: '' is the whole source. labels: those that it covers. complete: every item came and there was no problem.
    base_id: the earlier complete pull that this is a delta to. part_of: the first part of a pull in several.
    """

    scope: str
    labels: tuple[str, ...]
    from_at: int
    to_at: int
    complete: bool
    base_id: int | None = None
    part_of: int | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Appended:
    """Where an append landed. first_seq > last_seq: there were no lines. pull_id: None where they were pushed.

    body_ids: that of each line, None where it vanished. was_purged: a body came that had been erased, and stays so.
    """

    first_seq: int
    last_seq: int
    pull_id: int | None
    body_ids: Sequence[int | None] = ()
    was_purged: bool = False

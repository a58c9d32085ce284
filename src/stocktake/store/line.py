"""What goes into the log: lines, and the pull that they are part of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stocktake.errors import Problem

SEEN = 0
VANISHED = 1


class Line(NamedTuple):
    """One line of the log. A tuple, as a load has millions of them.

    observed_at: microseconds since 1970, UTC. body: canonical JSON, scrubbed; None with `body_id` (one that the log
    has already) or where op is VANISHED. digest: sha256 of the body, where it is known already.
    """

    label: str
    key: str
    observed_at: int
    body: bytes | None
    op: int = SEEN
    body_id: int | None = None
    digest: bytes | None = None


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

"""One pull on its way into the log: batches as parts, then the entry that closes it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from stocktake.collect.bodies import decode, encode
from stocktake.collect.scrub import Scrubber
from stocktake.collect.view import View, thing_ids
from stocktake.errors import Problem
from stocktake.nouns import Seen, storable, to_micros
from stocktake.store import SEEN, VANISHED, Line, Lines, PullEntry, Store


@dataclass(slots=True)
class Batch:
    """Things seen, in columns. observed_at: only an event's own, µs."""

    labels: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    observed_at: list[int | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, seen: Seen) -> None:
        """Take in one thing, its body made canonical at once. Raises ValueError where that can't be."""
        told = seen.body
        body = encode(decode(told) if isinstance(told, bytes) else told)
        self.labels.append(storable(seen.label))
        self.keys.append(storable(seen.key))
        self.observed_at.append(None if seen.observed_at is None else to_micros(seen.observed_at))
        self.bodies.append(body)
        self.size += len(body)


class Pull:
    """A pull that is under way.

    covered: labels of which a complete pull sees everything. recorded_at: µs, where the source's answers were recorded
    then; else each batch has its own time.
    """

    def __init__(
        self,
        store: Store,
        source: str,
        *,
        scope: str,
        covered: Sequence[str],
        recorded_at: int | None,
        scrubber: Scrubber,
    ) -> None:
        self.store = store
        self.source = source
        self.scope = scope
        self.covered = tuple(covered)
        self.recorded_at = recorded_at
        self.scrubber = scrubber
        chain = store.chain(source, scope)
        self.view = View(chain)
        self.base_to_at = chain.to_at if chain else None
        self.began_at = self._now()
        self.part_of: int | None = None
        self.seen = 0
        self.vanished = 0

    def add_part(self, batch: Batch) -> None:
        """Commit what of a batch is new or changed, as a part that by itself says nothing of what vanished."""
        from_at, to_at = self.began_at if self.part_of is None else self._now(), self._now()
        lines = self._lines(batch, to_at)
        if lines:
            entry = self._entry(from_at, to_at, complete=False)
            appended = self.store.append(self.source, lines, entry)
            self.part_of = self.part_of or appended.pull_id

    def close(self, batch: Batch, problems: Sequence[Problem]) -> int | None:
        """Commit the last batch and what follows from all: what vanished, or what was seen as it was before.

        Gives the pull's id; of one that read the same recording again, without any change, that of the pull before.
        """
        to_at = self._now()
        lines = self._lines(batch, to_at)
        if problems:
            # It retires nothing, so it can't be a delta: what it saw unchanged is listed in so many words.
            restated = self.view.unchanged()
        else:
            # Told in two ways at one time: both are listed, so that their order makes no difference.
            restated = self.view.contradicted()
            gone = self.view.vanished(self.covered)
            self.vanished = len(gone)
            lines += Lines.of(Line(row["label"], row["key"], to_at, None, VANISHED) for row in gone)
        lines += Lines.of(Line(row["label"], row["key"], to_at, None, body_id=row["body_id"]) for row in restated)
        if not lines and not problems and self.part_of is None and to_at == self.base_to_at:
            return self.view.base_id
        entry = self._entry(self.began_at, to_at, complete=not problems, problems=tuple(problems))
        return self.store.append(self.source, lines, entry).pull_id

    @property
    def changed(self) -> int:
        """How many things came with another body than before."""
        return int(self.view.changed.sum())

    def _now(self) -> int:
        return self.recorded_at if self.recorded_at is not None else time.time_ns() // 1_000

    def _entry(self, from_at: int, to_at: int, *, complete: bool, problems: tuple[Problem, ...] = ()) -> PullEntry:
        told: dict[str, Any] = {"base_id": self.view.base_id, "part_of": self.part_of, "problems": problems}
        return PullEntry(self.scope, self.covered, from_at, to_at, complete, **told)

    def _lines(self, batch: Batch, to_at: int) -> Lines:
        """The lines of what the log does not hold yet, scrubbed."""
        count = len(batch.bodies)
        if not count:
            return Lines.of([])
        self._scrub(batch)
        self.seen += count
        digests = [hashlib.sha256(body).digest() for body in batch.bodies]
        hashes = np.frombuffer(b"".join(digests), dtype=">i8").reshape(-1, 4)[:, 0].astype(np.int64)
        places = self.view.note(thing_ids(batch.labels, batch.keys, batch.observed_at, hashes.tolist()), hashes)
        times = [to_at if event_at is None else event_at for event_at in batch.observed_at]
        lines = Lines(batch.labels, batch.keys, times, batch.bodies, [SEEN] * count, [None] * count, digests)
        return lines.at(places)

    def _scrub(self, batch: Batch) -> None:
        for place in self.scrubber.suspects(batch.bodies):
            batch.bodies[place] = encode(self.scrubber.value(decode(batch.bodies[place])))
        for place in self.scrubber.suspects([key.encode("utf-8", "replace") for key in batch.keys]):
            batch.keys[place] = self.scrubber.text(batch.keys[place])

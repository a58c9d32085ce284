"""Writing a log for tests: what sources logically said, encoded as parts and deltas in one of many ways."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from stocktake.graph.edits import LABEL, Edit
from stocktake.nouns import canonical, short_hash, to_micros
from stocktake.store import Line, PullEntry, Store

VANISHED = 1


@dataclass(frozen=True, slots=True)
class Push:
    """A record that a source pushed."""

    source: str
    label: str
    key: str
    at: datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """One pull: all (label, key, body) that it saw. batches: in how many parts; spread: each with a time of its own.

    base: 'latest' (as the runner does), 'any' earlier complete pull, or 'none'. killed: its last entry never came.
    """

    source: str
    scope: str
    labels: tuple[str, ...]
    from_at: datetime
    to_at: datetime
    complete: bool
    seen: tuple[tuple[str, str, dict[str, Any]], ...]
    batches: int = 1
    spread: bool = False
    base: str = "latest"
    killed: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's edit."""

    who: str
    edit: Edit


Entry = Push | Reading | Decision


@dataclass(frozen=True, slots=True)
class LoggedLine:
    """A line as the log holds it. pull: None where it was pushed."""

    seq: int
    source: str
    label: str
    key: str
    at: datetime
    body: dict[str, Any] | None
    op: int
    pull: int | None


@dataclass(frozen=True, slots=True)
class LoggedPull:
    """A pull's entry as the log holds it."""

    id: int
    source: str
    scope: str
    labels: tuple[str, ...]
    from_at: datetime
    to_at: datetime
    complete: bool
    base: int | None
    part_of: int | None


View = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Log:
    """A store, and what was appended to it."""

    store: Store
    choose: random.Random = field(default_factory=lambda: random.Random(0))
    lines: list[LoggedLine] = field(default_factory=list)
    pulls: list[LoggedPull] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    views: dict[int, View] = field(default_factory=dict)

    def add(self, entry: Entry) -> int:
        """Append an entry; gives the log's newest seq after it."""
        if isinstance(entry, Push):
            self._append(entry.source, [(entry.label, entry.key, entry.at, entry.body, 0)], None)
        elif isinstance(entry, Decision):
            body = canonical(entry.edit)
            self._append_bytes(entry, body)
        else:
            self._pull(entry)
        self.marks.append(self.store.newest_seq())
        return self.marks[-1]

    def add_batch(self, entries: list[Push]) -> None:
        """Append pushed records of one source at once."""
        told = [(each.label, each.key, each.at, each.body, 0) for each in entries]
        self._append(entries[0].source, told, None)
        self.marks.append(self.store.newest_seq())

    def _pull(self, reading: Reading) -> None:
        base = self._base(reading)
        view = self.views.get(base, {}) if base else {}
        told = [(label, key, body) for label, key, body in reading.seen if view.get((label, key)) != body]
        parts = [told[start :: reading.batches] for start in range(reading.batches)]
        first: int | None = None
        step = (reading.to_at - reading.from_at) / max(reading.batches, 1)
        for number, part in enumerate(parts[:-1]):
            at = reading.from_at + step * (number + 1) if reading.spread else reading.to_at
            lines = [(label, key, at, body, 0) for label, key, body in part]
            pull = self._append(reading.source, lines, (reading, at, False, base, first))
            first = first or pull
        if reading.killed:
            return
        lines = [(label, key, reading.to_at, body, 0) for label, key, body in parts[-1]]
        seen = {(label, key) for label, key, _ in reading.seen}
        if reading.complete:
            gone = [pair for pair in view if pair[0] in reading.labels and pair not in seen]
            lines += [(label, key, reading.to_at, None, VANISHED) for label, key in gone]
        else:
            same = [(label, key, body) for label, key, body in reading.seen if view.get((label, key)) == body]
            lines += [(label, key, reading.to_at, body, 0) for label, key, body in same]
        number = self._append(reading.source, lines, (reading, reading.to_at, reading.complete, base, first))
        if reading.complete:
            kept = {pair: body for pair, body in view.items() if pair in seen or pair[0] not in reading.labels}
            self.views[number] = kept | {(label, key): body for label, key, body in reading.seen}

    def _base(self, reading: Reading) -> int | None:
        complete = [p.id for p in self.pulls if p.complete and (p.source, p.scope) == (reading.source, reading.scope)]
        if reading.base == "none" or not complete:
            return None
        return complete[-1] if reading.base == "latest" else self.choose.choice(complete)

    def _append(self, source: str, told: list[Any], pull: Any) -> int:
        lines = [
            Line(label, key, to_micros(at), None if body is None else canonical(body), op)
            for label, key, at, body, op in told
        ]
        entry = None
        if pull:
            reading, to_at, complete, base, first = pull
            entry = PullEntry(
                reading.scope, reading.labels, to_micros(reading.from_at), to_micros(to_at), complete, base, first
            )
        landed = self.store.append(source, lines, entry)
        self.lines += [
            LoggedLine(seq, source, label, key, at, body, op, landed.pull_id)
            for seq, (label, key, at, body, op) in enumerate(told, landed.first_seq)
        ]
        if pull:
            self.pulls.append(
                LoggedPull(
                    landed.pull_id or 0,
                    source,
                    reading.scope,
                    reading.labels,
                    reading.from_at,
                    to_at,
                    complete,
                    base,
                    first,
                )
            )
        return landed.pull_id or 0

    def _append_bytes(self, entry: Decision, body: bytes) -> None:
        import msgspec

        key = f"{entry.edit.action}-{short_hash(body.decode())}"
        source = f"person/{entry.who}"
        landed = self.store.append(source, [Line(LABEL, key, to_micros(entry.edit.decided_at), body)])
        told = msgspec.json.decode(body)
        line = LoggedLine(landed.first_seq, source, LABEL, key, entry.edit.decided_at, told, 0, None)
        self.lines.append(line)

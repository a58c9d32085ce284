"""Decoding what is collected while more of it comes: the second core works, and the first read finds it done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from stocktake.errors import StocktakeError
from stocktake.pipeline.decoding import Decoding
from stocktake.pipeline.segments import all_told, drop_older, folder_of
from stocktake.store import Appended, Lines, Store
from stocktake.store.read import lines_table

if TYPE_CHECKING:
    from stocktake.project import Project

BATCH = 40_000  # lines: fewer than where nothing else waits, as the last batch is decoded when all has been collected


@contextmanager
def following(project: Project, store: Store) -> Iterator[None]:
    """Decode in the background what the store appends within this context, where it is much.

    What is left, or fails, is decoded at the next read, which then says what is wrong: collecting goes on.
    """
    follower = _Follower(project, store)
    store.listener = follower.take
    try:
        yield
    finally:
        store.listener = None
        follower.finish()


class _Follower:
    """What one source appended and is not yet given to a decoder: whole appends, one after the other in the log."""

    def __init__(self, project: Project, store: Store) -> None:
        self.project = project
        self.store = store
        self.source = ""
        self.held: list[pa.Table] = []
        self.first, self.last = 0, -1
        self.decoding: Decoding | None = None
        self.has_failed = False

    def take(self, source: str, lines: Lines, appended: Appended) -> None:
        """Take in one append; where not all bodies are at hand, it is left to the next read."""
        if source != self.source or appended.first_seq != self.last + 1:
            self.finish()
            self.source, self.first = source, appended.first_seq
        self.last = appended.last_seq if appended.pull_id is None else appended.pull_id
        if appended.was_purged or any(each is not None for each in lines.body_ids):
            self.finish()
        elif not self.has_failed:
            self.held.append(lines_table(source, lines, appended))
            if sum(each.num_rows for each in self.held) >= BATCH:
                self._attempt(self._decode)

    def finish(self) -> None:
        """Decode the rest, wait for all, and begin anew. A source of less than a batch is left to the next read."""
        if self.decoding:
            self._attempt(self._close)
        self.source, self.held, self.last, self.decoding = "", [], -1, None

    def _decode(self) -> None:
        if self.decoding is None:
            told = next(told for told in all_told(self.project, self.store) if self.source in told.names)
            folder = folder_of(self.project, self.store, told)
            self.decoding = Decoding(self.project, self.store, told, folder, workers=1)
        if self.held:
            self.decoding.add(pa.concat_tables(self.held), (self.first, self.last))
        self.held, self.first = [], self.last + 1

    def _close(self) -> None:
        self._decode()
        assert self.decoding
        self.decoding.close()
        drop_older(self.decoding.folder)

    def _attempt(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (StocktakeError, OSError, duckdb.Error):
            self.has_failed = True  # the next read does it again, and tells

"""Decoding in the background: batches of the log into segments, while more of it is read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.parts import part
from stocktake.pipeline.segment_manifest import write_manifest
from stocktake.vocabulary.decode import Decoder, SourceSettings

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.vocabulary import Vocabulary

WORKERS = 2
WAITING = 2  # batches that may wait, each with its bodies in memory


@dataclass(frozen=True, slots=True)
class Told:
    """The sources that one vocabulary reads, with the settings that its expressions may know."""

    vocabulary: Vocabulary | None
    sources: tuple[SourceSettings, ...]

    @property
    def names(self) -> list[str]:
        """The names of the sources."""
        return [each.source for each in self.sources]


class Decoding:
    """The decoding of batches of one vocabulary, by threads: DuckDB works outside of Python's lock.

    A segment appears whole or not at all, whenever the process ends. Raises what the decoder raises, at the latest when
    it is closed.
    """

    def __init__(self, project: Project, store: Store, told: Told, folder: Path, workers: int = WORKERS) -> None:
        self.project = project
        self.store = store
        self.told = told
        self.folder = folder
        self.workers = workers
        self.purges = len(store.purges())  # before anything of it is read
        self._pool = ThreadPoolExecutor(workers, "decoding")
        self._idle: deque[Decoder] = deque()
        self._going: deque[Future[None]] = deque()

    def add(self, lines: pa.Table, span: tuple[int, int]) -> None:
        """Decode the lines of a range of seq (both ends in it), soon; waits while too many batches do."""
        while len(self._going) >= self.workers + WAITING:
            self._going.popleft().result()
        self._going.append(self._pool.submit(self._decode, lines, span))

    def close(self) -> None:
        """Wait for all batches."""
        try:
            while self._going:
                self._going.popleft().result()
        finally:
            self._pool.shutdown(cancel_futures=True)

    def _decode(self, lines: pa.Table, span: tuple[int, int]) -> None:
        decoder = self._idle.pop() if self._idle else self._decoder()
        decoder.decode(lines, list(self.told.sources))
        self._write(decoder.write, span)
        self._idle.append(decoder)

    def add_nothing(self, span: tuple[int, int]) -> None:
        """Say of a range that it holds nothing of these sources."""
        self._write(lambda _: None, span)

    def _write(self, write: Callable[[Path], None], span: tuple[int, int]) -> None:
        with part(self.folder) as temporary:
            write(temporary)
            write_manifest(temporary, self.store, self.purges)
            _move(temporary, self.folder / f"{span[0]}-{span[1]}")

    def _decoder(self) -> Decoder:
        return Decoder(self.told.vocabulary, self.project.vocabularies, self.project.schema)


def _move(temporary: Path, target: Path) -> None:
    """Give a segment its name; where another process was faster, its equal stays."""
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():
            raise

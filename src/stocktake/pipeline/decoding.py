"""Decoding in the background: batches of the log into segments, while more of it is read."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

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


@dataclass(slots=True)
class Decoding:
    """The decoding of batches of one vocabulary, by threads: DuckDB works outside of Python's lock.

    A segment appears whole or not at all, whenever the process ends. Used as a context: leaving it waits for all
    batches. Raises what the decoder raises, at the latest then.
    """

    project: Project
    store: Store
    told: Told
    folder: Path
    workers: int = WORKERS
    _pool: ThreadPoolExecutor = field(init=False)
    _idle: deque[Decoder] = field(init=False, default_factory=deque)
    _going: deque[Future[None]] = field(init=False, default_factory=deque)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._pool = ThreadPoolExecutor(self.workers, "decoding")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._pool.shutdown(cancel_futures=kind is not None)
        if kind is None:
            for going in self._going:
                going.result()

    def add(self, lines: pa.Table, span: tuple[int, int]) -> None:
        """Decode the lines of a range of seq (both ends in it), soon; waits while too many batches do."""
        while len(self._going) >= self.workers + WAITING:
            self._going.popleft().result()
        self._going.append(self._pool.submit(self._decode, lines, span))

    def _decode(self, lines: pa.Table, span: tuple[int, int]) -> None:
        decoder = self._idle.pop() if self._idle else self._decoder()
        decoder.decode(lines, list(self.told.sources))
        self._write(decoder.write, span)
        self._idle.append(decoder)

    def add_nothing(self, span: tuple[int, int]) -> None:
        """Say of a range that it holds nothing of these sources."""
        self._write(lambda _: None, span)

    def _write(self, write: Callable[[Path], None], span: tuple[int, int]) -> None:
        temporary = Path(tempfile.mkdtemp(prefix=f".part-{os.getpid()}-", dir=self.folder))
        try:
            write(temporary)
            write_manifest(temporary, self.store)
            _move(temporary, self.folder / f"{span[0]}-{span[1]}")
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def _decoder(self) -> Decoder:
        return Decoder(self.told.vocabulary, self.project.vocabularies, self.project.schema)


def _move(temporary: Path, target: Path) -> None:
    """Give a segment its name; where another process was faster, its equal stays."""
    try:
        temporary.rename(target)
    except OSError:
        if not target.is_dir():
            raise

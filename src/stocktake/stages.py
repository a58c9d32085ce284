"""Stages of the line, timed: each is logged when it ends, by the standard library's logging, under `stocktake`.

A program that uses Stocktake as a library gets them as log records at INFO, with the fields of `Timing` as `timing`.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

LOG = logging.getLogger("stocktake")
_depth: ContextVar[int] = ContextVar("depth", default=0)
_watchers: list[Callable[[str], None]] = []


@dataclass(frozen=True, slots=True)
class Timing:
    """One stage that ended.

    began: on a clock of its own. depth: in how many others it was. cpu_seconds: of all threads meanwhile.
    peak_bytes: the most memory that the process had so far; None where the system does not tell. told: what it was
    about, such as `source`. error: what ended it.
    """

    stage: str
    began: float
    depth: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    error: str | None = None

    def document(self) -> dict[str, Any]:
        """As answers and logs tell of it."""
        numbers = {"seconds": round(self.seconds, 4), "cpu_seconds": round(self.cpu_seconds, 4)}
        more = {"peak_bytes": self.peak_bytes, "error": self.error}
        known = {name: value for name, value in more.items() if value is not None}
        return {"stage": self.stage, "depth": self.depth, **numbers, **known, **self.told}


@contextmanager
def stage(name: str, **told: Any) -> Iterator[dict[str, Any]]:
    """Time what is done within. Gives what is told of it, to which more may be added."""
    for watcher in _watchers:
        watcher(name)
    if not LOG.isEnabledFor(logging.INFO):
        yield told
        return
    depth = _depth.set(_depth.get() + 1)
    began, cpu_began, error = time.perf_counter(), time.process_time(), None
    try:
        yield told
    except BaseException as ended:
        error = f"{type(ended).__name__}: {ended}".splitlines()[0]
        raise
    finally:
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
        _depth.reset(depth)
        timing = Timing(name, began, _depth.get(), seconds, cpu_seconds, _peak(), told, error)
        LOG.log(logging.ERROR if error else logging.INFO, "%s", name, extra={"timing": timing})


class Timings(logging.Handler):
    """Keeps the timings of a while. found: in the order in which they ended."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.found: list[Timing] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        timing = getattr(record, "timing", None)
        if timing is not None:
            self.found.append(timing)


@contextmanager
def listening(handler: logging.Handler) -> Iterator[None]:
    """Let a handler hear of every stage within."""
    before = LOG.level
    LOG.setLevel(logging.INFO)
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        LOG.setLevel(before)


@contextmanager
def watching(watcher: Callable[[str], None]) -> Iterator[None]:
    """Let a watcher hear the name of every stage within as it begins; it may be called from another thread."""
    _watchers.append(watcher)
    try:
        yield
    finally:
        _watchers.remove(watcher)


def _peak() -> int | None:
    """The most memory, in bytes, that this process ever had."""
    if sys.platform == "win32":
        return None
    import resource

    told = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return told if sys.platform == "darwin" else told * 1024

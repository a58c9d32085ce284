"""What a person at a terminal sees while a command works: one line, which goes when something else is printed."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from stocktake.stages import watching

CLEAR = "\r\x1b[2K"
QUIET = {"read", "decode"}
"""Stages that show their own progress, or pass too quickly to be read."""
_is_shown = False


@contextmanager
def waiting() -> Iterator[None]:
    """Tell on stderr what a command is at, where that is a terminal."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield
        return
    began_at = time.monotonic()

    def tell(stage: str) -> None:
        global _is_shown  # noqa: PLW0603  # a process has one terminal
        clear()
        if stage not in QUIET:
            _is_shown = True
            sys.stderr.write(f"{stage} … ({time.monotonic() - began_at:.0f} s so far)")
            sys.stderr.flush()

    try:
        with watching(tell):
            tell("starting")
            yield
    finally:
        clear()


def clear() -> None:
    """Take the line away, if there is one."""
    global _is_shown  # noqa: PLW0603
    if _is_shown:
        _is_shown = False
        sys.stderr.write(CLEAR)
        sys.stderr.flush()

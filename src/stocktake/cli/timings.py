"""Timings of stages as people and programs read them: a line of talk for each, and the profile of a run."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

import msgspec

from stocktake.cli.page import Block, Heading, Table
from stocktake.stages import Timing, listening


class _AsText(logging.Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        timing: Timing = record.timing  # type: ignore[attr-defined]
        at = datetime.fromtimestamp(record.created, UTC)
        told = "".join(f" {name}={value}" for name, value in timing.told.items())
        failed = f" FAILED: {timing.error}" if timing.error else ""
        return f"{at:%H:%M:%S} {'  ' * timing.depth}{timing.stage}: {timing.seconds:.2f} s{told}{failed}"


class _AsJson(logging.Formatter):
    """One JSON document, on a line of its own."""

    def format(self, record: logging.LogRecord) -> str:
        timing: Timing = record.timing  # type: ignore[attr-defined]
        at = datetime.fromtimestamp(record.created, UTC)
        return msgspec.json.encode({"at": at, "level": record.levelname, **timing.document()}).decode()


@contextmanager
def telling(*, as_json: bool) -> Iterator[None]:
    """Tell on stderr of each stage as it ends: as a line of text, or of JSON."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(lambda record: hasattr(record, "timing"))
    handler.setFormatter(_AsJson() if as_json else _AsText())
    with listening(handler):
        yield


def profile_part(timings: Sequence[Timing]) -> Iterator[Block]:
    """Where the time went, stage by stage."""
    whole = sum(each.seconds for each in timings if each.depth == 0)
    rows = [
        (
            "  " * each.depth + each.stage,
            f"{each.seconds:.2f}",
            f"{each.seconds / whole:.0%}" if whole else "",
            f"{each.cpu_seconds:.2f}",
            f"{each.peak_bytes / 1e6:,.0f}" if each.peak_bytes else "",
            ", ".join(f"{name} {value}" for name, value in each.told.items()),
        )
        for each in sorted(timings, key=lambda each: each.began)
    ]
    yield Heading("Where the time went")
    yield Table(("stage", "seconds", "share", "CPU seconds", "peak MB", "of"), rows)

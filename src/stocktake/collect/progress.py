"""Progress of long pulls, on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0  # seconds before anything is shown: most pulls are over by then


class Ticker:
    """Shows how many things a source has told so far; says nothing where standard error is no terminal."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.began_at = time.monotonic()
        self.is_shown = sys.stderr.isatty()
        self._progress: Progress | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._progress is not None:
            self._progress.stop()

    def tell(self, seen: int) -> None:
        """Show the number of things seen, once the pull has taken long enough."""
        if not self.is_shown or time.monotonic() - self.began_at < PATIENCE:
            return
        if self._progress is None:
            self._progress = self._start()
        rate = seen / max(time.monotonic() - self.began_at, 0.001)
        self._progress.update(self._progress.task_ids[0], completed=seen, rate=f"{rate:,.0f}/s")

    def _start(self) -> Progress:
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,} seen"),
            TextColumn("{task.fields[rate]}"),
            TimeElapsedColumn(),
        )
        progress = Progress(*columns, console=Console(stderr=True), transient=True)
        progress.add_task(self.name, total=None, rate="")
        progress.start()
        return progress

"""Commands in processes of their own that can be killed: forked from one that has imported everything already.

A process of its own for each, from the start, would spend most of its life importing, and most kills would hit that.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

SMALL_BATCHES = {
    "stocktake.collect.run:BATCH_THINGS": 40,
    "stocktake.pipeline.following:BATCH": 80,
    "stocktake.pipeline.segments:BATCH": 150,
}
"""What makes a small log come in as many parts, and be decoded into as many segments, as a large one."""

PRELOADED = (
    "cli.app", "pipeline.session", "pipeline.publishing", "pipeline.report", "pipeline.storing", "collect.run",
    "store.postgresql", "store.sqlite", "store.read", "store.append", "store.runs", "store.publications",
    "graph.snapshot", "results",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. code: its exit code, negative: the signal that killed it. told: all that it printed."""

    code: int
    told: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Forks:
    """The process that forks; one command at a time."""

    process: subprocess.Popen[str]
    folder: Path

    def begin(self, *words: str, settings: Mapping[str, object] = SMALL_BATCHES) -> int:
        """Begin a command; gives its process id."""
        assert self.process.stdin
        assert self.process.stdout
        asked = {"words": words, "settings": settings, "out": str(self.folder / "told")}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self, began_at: float) -> Ended:
        """Wait for the command. Until then its process id is not given to another process, even if it is over."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        return Ended(code, (self.folder / "told").read_text("utf-8"), time.monotonic() - began_at)

    def run(self, *words: str, kill_after: float | None = None) -> Ended:
        """A command from begin to end, or to its kill after so many seconds, if it still runs then."""
        began_at = time.monotonic()
        pid = self.begin(*words)
        if kill_after is not None:
            time.sleep(kill_after)
            os.kill(pid, signal.SIGKILL)
        return self.end(began_at)


@contextmanager
def forking(folder: Path) -> Iterator[Forks]:
    """A process that forks commands, until the end of the context."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "STOCKTAKE_CACHE": str(folder / "cache")}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.crash.forks"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
        env=environment,
    ) as process:
        yield Forks(process, folder)
        assert process.stdin
        process.stdin.close()


def _serve() -> None:
    """Fork for each line of stdin; print the child's process id, and how it ended."""
    for name in PRELOADED:
        import_module(f"stocktake.{name}")
    while line := sys.stdin.readline():
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _child(asked["words"], asked["settings"], asked["out"])
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
        sys.stdin.readline()
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _child(words: Sequence[str], settings: Mapping[str, object], out: str) -> None:
    """Run one command, with all that it prints in a file, and leave."""
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    code = 99
    try:
        for place, value in settings.items():
            module, _, name = place.partition(":")
            assert hasattr(import_module(module), name), place
            setattr(import_module(module), name, value)
        code = import_module("stocktake.cli.app").run(words)
    except BaseException:  # noqa: BLE001 - told to the test, which has no other way to see it
        import traceback

        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    # Not at a terminal, and not stopped by what stops the test: its stdin is closed then.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _serve()

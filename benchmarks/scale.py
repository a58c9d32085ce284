"""What each engine takes to make every table, score and roll-up of a snapshot, as the snapshot grows.

    python -m benchmarks.scale [--binaries 100000 1000000 5000000] [--engines duckdb spark presto trino]

Each size is written as a lake (three servings for each binary), on which each engine runs every step, in a process of
its own; PrestoDB and Trino are real servers on this machine. Told are seconds, the peak of memory of all processes
together, and how much the cost grew per tenfold of rows, of all steps and of the one that grew most; the file of
results has each step's seconds.

To reach: DuckDB at 5M binaries in 240 s and 6 GB; no step's cost that grows faster than the rows by more than a fifth.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.big_lake import write_lake
from benchmarks.telling import Figures, tell
from stocktake.engines import Engine, Step
from stocktake.engines.duckdb import DuckDb
from stocktake.errors import EngineError
from stocktake.metrics import Catalogue, load
from stocktake.metrics.roll_up import steps
from stocktake.metrics.score import score_steps
from stocktake.project import LIBRARY
from stocktake.schema.load import load_schema
from stocktake.stages import Timings, listening
from stocktake.standards import Standards, load_files

AS_OF = datetime(2026, 11, 23, 18)  # noqa: DTZ001 - as times stand in the lake
SIZES = (100_000, 1_000_000, 5_000_000)
ENGINES = ("duckdb", "spark", "presto", "trino")
MOST_SECONDS, MOST_MB, MOST_GROWTH = 240, 6_000, 12
MEMORY = "5GB"
POLL = 0.2  # seconds
LEAST = 0.5
"""Seconds that a step must take for its growth to be told: below, it is mostly what every statement costs."""


def every_step(standards: Standards, catalogue: Catalogue) -> list[Step]:
    """All that a run does to a snapshot: definitions, tables, scores, roll-ups."""
    columns = {each.name: list(each.columns) for each in standards.steps}
    return [*(each.step for each in standards.steps), *score_steps(catalogue, columns, AS_OF), *steps(catalogue)]


@contextmanager
def engine_of(name: str, folder: Path) -> Iterator[Engine]:
    """An engine; of PrestoDB and Trino on a server that is started for it."""
    if name == "duckdb":
        yield DuckDb(memory_limit=MEMORY, temp_directory=folder / "spill")
    elif name == "spark":
        from stocktake.engines.spark import Spark

        yield Spark("local[*]", {"spark.driver.memory": "4g", "spark.local.dir": str(folder / "spill")})
    elif name == "presto":
        from tests.servers import presto_server

        from stocktake.engines.access import Access
        from stocktake.engines.presto import Presto

        with presto_server.running(folder / name) as address:
            yield Presto(Access(address))
    else:
        from tests.servers import trino_server

        from stocktake.engines.access import Access
        from stocktake.engines.trino import Trino

        with trino_server.running(folder / name) as address:
            yield Trino(Access(address, uri="local:///"))


def one(name: str, lake: Path) -> Figures:
    """Run every step on one engine; gives seconds, or the engine's own reason against it."""
    standards, catalogue = yardstick()
    with tempfile.TemporaryDirectory(prefix="stocktake-scale-") as folder, engine_of(name, Path(folder)) as engine:
        began_at, timings = time.perf_counter(), Timings()
        try:
            with listening(timings):
                engine.run_lake(every_step(standards, catalogue), lake)
        except EngineError as error:
            return {"failed": error.problems[0].problem}
        steps = {each.told["step"]: round(each.seconds, 3) for each in timings.found if each.stage == "step"}
        return {"seconds": time.perf_counter() - began_at, "steps": steps}


def yardstick() -> tuple[Standards, Catalogue]:
    """What ships."""
    standards = load_files([LIBRARY / "definitions"], [LIBRARY / "tables"], load_schema([LIBRARY / "kinds"]))
    return standards, load([LIBRARY / "metrics"], {each.name: list(each.columns) for each in standards.steps})


class Memory:
    """The most memory that this process's descendants took together, watched beside."""

    def __init__(self) -> None:
        self.peak_mb = 0
        self._over = threading.Event()

    def __enter__(self) -> Memory:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(POLL):
            self.peak_mb = max(self.peak_mb, sum(_resident(pid) for pid in _below(os.getpid())) // 2**20)


def _below(pid: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            told = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        parents.setdefault(int(told[1]), []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def compare(sizes: Sequence[int], engines: Sequence[str]) -> int:
    """Every engine on every size; gives the exit code."""
    standards, _ = yardstick()
    rows: list[Figures] = []
    for binaries in sizes:
        with tempfile.TemporaryDirectory(prefix="stocktake-lake-") as folder:
            Path(folder).chmod(0o755)
            lake = Path(folder) / "lake"
            write_lake(lake, standards, binaries, AS_OF)
            for name in engines:
                with Memory() as memory:
                    command = [sys.executable, "-m", "benchmarks.scale", "--one", name, str(lake)]
                    done = subprocess.run(command, check=True, capture_output=True, text=True)
                told = json.loads(done.stdout.splitlines()[-1])
                before = next((row for row in reversed(rows) if row["engine"] == name and "seconds" in row), None)
                further = {"peak_mb": memory.peak_mb, **_growth(before, binaries, told)}
                rows.append({"engine": name, "binaries": binaries, **told, **further})
    return tell("scale", rows, _reached(rows))


def _growth(before: Figures | None, binaries: int, told: Figures) -> Figures:
    """How many times as long per tenfold of rows: all steps together, and the step that grew most."""
    if before is None or "seconds" not in told:
        return {"per_tenfold": None}
    tenfolds = math.log10(binaries / before["binaries"])
    steps = {
        name: (seconds / before["steps"][name]) ** (1 / tenfolds)
        for name, seconds in told["steps"].items()
        if before["steps"].get(name, 0) >= LEAST
    }
    most = max(steps, key=lambda name: steps[name], default=None)
    whole = float((told["seconds"] / before["seconds"]) ** (1 / tenfolds))
    return {"per_tenfold": whole, "grew_most": most, "its_per_tenfold": steps[most] if most else None}


def _reached(rows: Sequence[Figures]) -> dict[str, bool]:
    reached = {}
    for row in rows:
        name, seconds = f"{row['engine']} at {row['binaries']:,}", row.get("seconds")
        if row["engine"] == "duckdb" and row["binaries"] == max(SIZES):
            reached[f"{name}: {seconds} s, to reach {MOST_SECONDS}"] = bool(seconds and seconds <= MOST_SECONDS)
            reached[f"{name}: {row['peak_mb']} MB, to reach {MOST_MB}"] = row["peak_mb"] <= MOST_MB
        if row["per_tenfold"]:
            goal = f"{name}: cost per tenfold {row['per_tenfold']:.1f}, to reach {MOST_GROWTH}"
            reached[goal] = row["per_tenfold"] <= MOST_GROWTH
        if row.get("grew_most"):
            goal = f"{name}: {row['grew_most']} per tenfold {row['its_per_tenfold']:.1f}, to reach {MOST_GROWTH}"
            reached[goal] = row["its_per_tenfold"] <= MOST_GROWTH
    return reached


def main() -> None:
    """Run the benchmark, or one engine of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=int, nargs="+", default=SIZES)
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "LAKE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], Path(options.one[1]))))
        return
    sys.exit(compare(options.binaries, options.engines))


if __name__ == "__main__":
    main()

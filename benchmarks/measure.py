"""From the log to published results: what each stage takes as the estate grows.

    python -m benchmarks.measure [--binaries 100000 1000000 3000000] [--memory 3GB]

Each binary has a run and answers in three servings, thirty to an endpoint. A stage runs in a process of its own, so
that its peak of memory is its own: the log filled, the log into segments, the segments into a snapshot, the snapshot
into the files of a saved run; before the last, the same files by hand-written DuckDB SQL (see `by_hand`), as a floor.
memory: the limit that the project gives DuckDB, which then spills to the disk; by hand it has its own.

To reach at 1M binaries: the snapshot in 30 s, results in three times what they take by hand, no stage above 4 GB; ten
times the data in at most eleven times the time for results, thirteen for segments and snapshot.
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.by_hand import write_by_hand
from benchmarks.estate import write_served
from benchmarks.telling import Figures, tell
from stocktake.collect.run import collect_all
from stocktake.graph.snapshot import Graph
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.running import freeze_into, save_work, work_over
from stocktake.pipeline.segments import cover
from stocktake.project import FILE, Project, open_project
from stocktake.store import Store

SIZES = (100_000, 1_000_000, 3_000_000)
AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
GOAL_SIZE, GOAL_SECONDS, GOAL_MB = 1_000_000, 30, 4_000
GOAL_BY_HAND = 3
GROWTH = {"segments": 13, "snapshot": 13, "results": 11}
"""How many times as long a stage may take per tenfold of data."""


def collect(project: Project, store: Store) -> None:
    """The log filled, and nothing decoded."""
    [outcome] = collect_all(store, project.sources, project.folders("connectors"), {}, project.root)
    assert outcome.complete, outcome.problems


def segments(project: Project, store: Store) -> None:
    """The log decoded."""
    cover(project, store)


def snapshot(project: Project, store: Store) -> None:
    """The graph made, frozen and written, a Parquet file per table."""
    graph = Graph(graph_input(project, store))
    freeze_into(project.root / "lake" / "all", project, graph, AS_OF)
    graph.close()


def by_hand(project: Project, store: Store) -> None:
    """The tables, scores and roll-ups of a run by hand-written SQL, from the files of the snapshot."""
    lake, written = project.root / "lake", project.root / "by_hand"
    write_by_hand(lake / "all" / "graph", written, (AS_OF, store.newest_seq()), lake / "spill")


def results(project: Project, store: Store) -> None:
    """The files of a run, saved, from those of the snapshot."""
    work = work_over(project, project.root / "lake" / "all", (AS_OF, store.newest_seq()))
    save_work(work, store, datetime.now(UTC))


def stage(name: str, root: Path) -> Figures:
    """One stage in this process: its seconds on the clock and of the CPU, and the peak of memory."""
    project = open_project(root)
    project.state.mkdir(exist_ok=True)
    with Store.open(project.store_address) as store:
        began_at, worked = time.perf_counter(), time.process_time()
        WORK[name](project, store)
        seconds, cpu = time.perf_counter() - began_at, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


WORK = {"collect": collect, "segments": segments, "snapshot": snapshot, "by hand": by_hand, "results": results}
"""In order: saving the results takes files of the snapshot away."""


def compare(sizes: Sequence[int], memory: str) -> int:
    """Every stage at every size; gives the exit code."""
    rows: list[Figures] = []
    for binaries in sizes:
        with tempfile.TemporaryDirectory(prefix="stocktake-measure-") as folder:
            root = Path(folder) / "project"
            write_served(root, binaries)
            with (root / FILE).open("a") as settings:
                settings.write(f"engines: {{duckdb: {{memory_limit: {memory}}}}}\n" if memory else "")
            for name in WORK:
                command = [sys.executable, "-m", "benchmarks.measure", "--stage", name, str(root)]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                told = json.loads(done.stdout.splitlines()[-1])
                before = next((row for row in reversed(rows) if row["stage"] == name), None)
                further = {"per_tenfold": _growth(before, binaries, told), "times_by_hand": _times(rows, name, told)}
                rows.append({"stage": name, "binaries": binaries, **told, **further})
    return tell("measure", rows, _reached(rows))


def _growth(before: Figures | None, binaries: int, told: Figures) -> float | None:
    """How many times as long per tenfold of data."""
    if before is None:
        return None
    return float((told["seconds"] / before["seconds"]) ** (1 / math.log10(binaries / before["binaries"])))


def _times(rows: Sequence[Figures], name: str, told: Figures) -> float | None:
    """How many times as long as by hand, which is the row before the results."""
    return float(told["seconds"] / rows[-1]["seconds"]) if name == "results" else None


def _reached(rows: Sequence[Figures]) -> dict[str, bool]:
    reached = {}
    for row in rows:
        name = f"{row['stage']} at {row['binaries']:,}"
        if row["binaries"] == GOAL_SIZE and row["stage"] in GROWTH:
            reached[f"{name}: {row['peak_mb']:,} MB, to reach {GOAL_MB:,}"] = row["peak_mb"] < GOAL_MB
        if row["binaries"] == GOAL_SIZE and row["stage"] == "snapshot":
            reached[f"{name}: {row['seconds']:.1f} s, to reach {GOAL_SECONDS}"] = row["seconds"] <= GOAL_SECONDS
        if row["binaries"] == GOAL_SIZE and row["times_by_hand"]:
            times = row["times_by_hand"]
            goal = f"{name}: {times:.2f} times the hand-written SQL, to reach {GOAL_BY_HAND}"
            reached[goal] = times <= GOAL_BY_HAND
        if row["per_tenfold"] and row["stage"] in GROWTH:
            most = GROWTH[row["stage"]]
            reached[f"{name}: {row['per_tenfold']:.1f} times per tenfold, to reach {most}"] = row["per_tenfold"] <= most
    return reached


def main() -> None:
    """Run the benchmark, or one stage of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=int, nargs="+", default=SIZES)
    parser.add_argument("--memory", default="", help="such as 4GB; what a project has unless it says otherwise")
    parser.add_argument("--stage", nargs=2, metavar=("STAGE", "PROJECT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(stage(options.stage[0], Path(options.stage[1]))))
        return
    sys.exit(compare(options.binaries, options.memory))


if __name__ == "__main__":
    main()

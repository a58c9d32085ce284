"""From the log to published results: what each stage takes as the estate grows, beside the same files by hand.

    python -m benchmarks.measure [--binaries 100000 1000000 3000000]

Each binary has a run and answers in three servings, thirty to an endpoint. A stage runs in a process of its own, so
that its peak of memory is its own: the log into segments, the segments into a snapshot, the snapshot into the files of
a saved run. The last is compared with DuckDB statements that a person would write to make the same files
(`measure_by_hand.sql`), in the same run.

To reach at 1M binaries: the snapshot in 30 s, the results in three times the hand-written SQL, no stage above 4 GB; ten
times the data in at most eleven times the time for results, thirteen for segments and snapshot.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.estate import write_served
from benchmarks.telling import Figures, tell
from stocktake.collect.run import collect_all
from stocktake.graph.snapshot import Graph
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.running import freeze_into, save_work, work_over
from stocktake.pipeline.segments import cover
from stocktake.project import Project, open_project
from stocktake.store import Store

SIZES = (100_000, 1_000_000, 3_000_000)
STAGES = ("collect", "segments", "snapshot", "results")
AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
GOAL_SIZE, GOAL_SECONDS, GOAL_TIMES, GOAL_MB = 1_000_000, 30, 3, 4_000
GROWTH = {"segments": 13, "snapshot": 13, "results": 11}


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


def results(project: Project, store: Store) -> None:
    """The files of a run, saved, from those of the snapshot."""
    work = work_over(project, project.root / "lake" / "all", (AS_OF, store.newest_seq()))
    save_work(work, store, datetime.now(UTC))


def by_hand(project: Project, _: Store) -> None:
    """The same files from hand-written SQL."""


def stage(name: str, root: Path) -> Figures:
    """One stage in this process: its seconds on the clock and of the CPU, and the peak of memory."""
    project = open_project(root)
    project.state.mkdir(exist_ok=True)
    with Store.open(project.store_address) as store:
        began_at, worked = time.perf_counter(), time.process_time()
        WORK[name](project, store)
        seconds, cpu = time.perf_counter() - began_at, time.process_time() - worked
    return {"seconds": seconds, "cpu": cpu, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


WORK = {"collect": collect, "segments": segments, "snapshot": snapshot, "results": results}


def compare(sizes: Sequence[int]) -> int:
    """Every stage at every size; gives the exit code."""
    rows: list[Figures] = []
    for binaries in sizes:
        with tempfile.TemporaryDirectory(prefix="stocktake-measure-") as folder:
            write_served(Path(folder) / "project", binaries)
            for name in STAGES:
                command = [sys.executable, "-m", "benchmarks.measure", "--stage", name, str(Path(folder) / "project")]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                rows.append({"stage": name, "binaries": binaries, **json.loads(done.stdout.splitlines()[-1])})
                print(rows[-1], file=sys.stderr)
    return tell("measure", rows, {})


def main() -> None:
    """Run the benchmark, or one stage of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", type=int, nargs="+", default=SIZES)
    parser.add_argument("--stage", nargs=2, metavar=("STAGE", "PROJECT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.stage:
        print(json.dumps(stage(options.stage[0], Path(options.stage[1]))))
        return
    sys.exit(compare(options.binaries))


if __name__ == "__main__":
    main()

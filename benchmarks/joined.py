"""How long until binaries, their runs and the edges between them can be read back joined, beside ML Metadata.

    python -m benchmarks.joined [--pairs 100000]

The same JSON lines go into Stocktake on SQLite, into Stocktake on PostgreSQL (a real server is started), and into ML
Metadata 1.17 on SQLite, each in a process of its own; the middle of three runs counts. Stocktake keeps the records and
decodes, resolves and joins them; ML Metadata is given what the same records say, ready made.

To reach: twice the speed of ML Metadata on SQLite, and 8,000 records/s into PostgreSQL.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from tests.servers.postgresql import serving
from tests.servers.process import free_port

from benchmarks.estate import PROJECT, run, version
from benchmarks.telling import RUNS, Figures, middle, tell
from stocktake.collect.run import collect_all
from stocktake.graph.snapshot import Graph
from stocktake.pipeline.following import following
from stocktake.pipeline.inputs import graph_input
from stocktake.project import open_project
from stocktake.store import Store

AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
FILES = 8
PEER = Path(__file__).with_name("mlmd_peer.py")
HERE = Path(__file__).parent.parent
TIMES, SPEED = 2, 8_000


def write_pairs(root: Path, pairs: int) -> None:
    """A project whose source holds so many binaries, each followed by its run."""
    shutil.copytree(PROJECT, root)
    (root / "export").mkdir()
    for part in range(FILES):
        with (root / "export" / f"{part:02}.jsonl").open("w") as file:
            for number in range(part * pairs // FILES, (part + 1) * pairs // FILES):
                for label, make in (("ModelVersion", version), ("Run", run)):
                    told = make(number, random.Random(number))
                    file.write(json.dumps({"label": label, "id": str(number), **told}) + "\n")


def stocktake(root: Path, address: str) -> Figures:
    """Collect the project's source into a store, and read it back joined."""
    project = open_project(root)
    began_at = time.perf_counter()
    with Store.open(address) as store:
        with following(project, store):
            [outcome] = collect_all(store, project.sources, project.folders("connectors"), {}, project.root)
        put = time.perf_counter()
        graph = Graph(graph_input(project, store))
        edges = graph.snapshot(AS_OF)["model_binary_workflow_run"]
        read = time.perf_counter()
        graph.close()
    joined = pc.sum(pc.equal(edges["to_is"], pa.scalar("described"))).as_py()
    return {"records": outcome.seen, "put": put - began_at, "read": read - put, "joined": joined}


def side(command: list[str]) -> Figures:
    """One side's figures, from a process of its own."""
    done = subprocess.run(command, cwd=HERE, check=True, capture_output=True, text=True)
    told: Figures = json.loads(done.stdout)
    assert told["joined"] * 2 == told["records"], told
    return {
        **told,
        "seconds": told["put"] + told["read"],
        "records/s": round(told["records"] / (told["put"] + told["read"])),
    }


def stocktake_on(root: Path, address: str) -> Figures:
    """Stocktake's figures on an empty store."""
    shutil.rmtree(root / ".stocktake", ignore_errors=True)
    (root / ".stocktake").mkdir()
    return side([sys.executable, "-m", "benchmarks.joined", "--side", str(root), address])


def ml_metadata(export: Path, database: Path) -> Figures:
    """ML Metadata's figures on an empty database."""
    database.unlink(missing_ok=True)
    uv = shutil.which("uv") or str(HERE / ".venv-uv" / "bin" / "uv")
    words = ["run", "--quiet", "--isolated", "--no-project", "--python", "3.11", "--with", "ml-metadata==1.17.0"]
    return side([uv, *words, str(PEER), str(export), str(database)])


def compare(folder: Path, pairs: int) -> int:
    """All three sides, told beside each other; gives the exit code."""
    root = folder / "project"
    write_pairs(root, pairs)
    on_sqlite = middle(lambda: stocktake_on(root, str(root / ".stocktake" / "store.sqlite")), "seconds")
    peer = middle(lambda: ml_metadata(root / "export", folder / "mlmd.sqlite"), "seconds")
    servers = (serving(folder / f"postgresql-{number}", free_port(), {}) for number in range(RUNS))

    def on_server() -> Figures:
        with next(servers) as server:
            return stocktake_on(root, server.address)

    on_postgresql = middle(on_server, "seconds")
    sides = {
        "Stocktake on SQLite": on_sqlite,
        "ML Metadata on SQLite": peer,
        "Stocktake on PostgreSQL": on_postgresql,
    }
    times = peer["seconds"] / on_sqlite["seconds"]
    reached = {
        f"{times:.1f} times the speed of ML Metadata, to reach {TIMES}": times >= TIMES,
        f"{on_postgresql['records/s']:,} records/s on PostgreSQL, to reach {SPEED:,}": on_postgresql["records/s"]
        >= SPEED,
    }
    return tell("joined", [{"side": name, **figures} for name, figures in sides.items()], reached)


def main() -> None:
    """Run the benchmark, or one side of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100_000, help="so many binaries, runs and edges")
    parser.add_argument("--side", nargs=2, metavar=("PROJECT", "ADDRESS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        print(json.dumps(stocktake(Path(options.side[0]), options.side[1])))
        return
    with tempfile.TemporaryDirectory(prefix="stocktake-joined-") as folder:
        Path(folder).chmod(0o755)
        sys.exit(compare(Path(folder), options.pairs))


if __name__ == "__main__":
    main()

"""Runs that compute on another engine, killed with all their processes: who reads sees one run or the next, whole.

STOCKTAKE_KILLS=20 python3 tasks.py test tests/crash/test_killed_engines.py    20 kills on each engine
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import duckdb
import msgspec
import pytest
from tests.crash.company import make, tell
from tests.crash.watch import Watch, saved, whole
from tests.graph.otherwise import unlike
from tests.servers.spark import SMALL, spark

from stocktake.engines.hive import HiveEngine
from stocktake.engines.settings import EngineRules
from stocktake.pipeline.cataloguing import FOLDER
from stocktake.pipeline.running import ENGINES
from stocktake.pipeline.session import measure_and_keep
from stocktake.project import Project
from stocktake.results import read
from stocktake.store import Store

KILLS = int(os.environ.get("STOCKTAKE_KILLS", "1"))
PAUSE = 0.3  # seconds between two looks at the catalogue
BURST = 3  # kills in a row, at most: what one left is found by the next
STEPS = ["models", "servings", "servings_score", "node_population"]
PROGRAM = str(Path(sys.executable).with_name("stocktake"))
JOINED = """SELECT COUNT(*), CAST(SUM(models.days_since_trained) * 100 AS BIGINT),
CAST(SUM(servings.days_since_trained) * 100 AS BIGINT)
FROM {models} AS models INNER JOIN {servings} AS servings ON models.model_id = servings.model_id"""
"""It has another answer on each day, and of each mixture of two days."""


@dataclass
class Runs:
    """A project whose steps go to an engine, run and published again and again. hive: the server, if it is one."""

    root: Path
    temporary: Path
    hive: HiveEngine | None
    schema: str = field(default_factory=lambda: f"s_{uuid4().hex[:8]}")
    expected: list[list[Any]] = field(default_factory=list)
    seconds: float = 1.0

    def begin(self) -> subprocess.Popen[str]:
        """The commands of a day, in a process group of their own."""
        command = f"'{PROGRAM}' --project '{self.root}'"
        show = f" && {command} catalogue it --schema {self.schema}" if self.hive else ""
        environment = {**os.environ, "TMPDIR": str(self.temporary)}
        return subprocess.Popen(
            ["sh", "-c", f"{command} run >/dev/null{show}"], env=environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def kill(self, chance: random.Random) -> bool:
        """Begin, and kill all its processes at any moment; whether it was still at it."""
        with self.begin() as process:
            time.sleep(chance.uniform(0, self.seconds))
            was_alive = process.poll() is None
            if was_alive:
                os.killpg(process.pid, signal.SIGKILL)
            return was_alive

    def complete(self, project: Project) -> None:
        """From begin to end: the numbers are those of DuckDB alone."""
        began_at = time.monotonic()
        with self.begin() as process:
            told = process.communicate()[1]
        assert process.returncode == 0, told
        self.seconds = time.monotonic() - began_at
        found = saved(project)
        self.expected.append(_joined(project))
        measure_and_keep(replace(project, engines=EngineRules()))
        alone = saved(project)
        assert found.pop(ENGINES) != alone.pop(ENGINES)
        different = unlike(found, alone)
        assert not different, "\n".join(different[:20])

    def shown(self) -> list[list[Any]]:
        """What the catalogue's views say, joined."""
        assert self.hive
        tables = {name: f"hive.{self.schema}.{name}" for name in ("models", "servings")}
        return self.hive.connect().run(JOINED.format(**tables))

    def left(self) -> list[str]:
        """What is there that no command is at any longer."""
        lake = self.root / ".stocktake" / "lake"
        found = [*self.temporary.iterdir(), *(path for path in lake.iterdir() if path.name != FOLDER)]
        tables = self.hive.connect().run(f"SHOW TABLES FROM hive.{self.hive.access.schema}") if self.hive else []
        return [*map(str, found), *(str(name) for (name,) in tables)]


class Readers:
    """Who joins two of the catalogue's tables all the time. seen: all answers, in order, each once."""

    def __init__(self, runs: Runs) -> None:
        self.seen: list[list[Any]] = []
        self._runs = runs
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def _look_on(self) -> None:
        while self._runs.hive and not self._is_over.wait(PAUSE):
            self.seen += [row for row in self._runs.shown() if [row] != self.seen[-1:]]


@pytest.fixture(params=["duckdb", "spark", "presto", "trino"])
def runs(request: pytest.FixtureRequest, tmp_path: Path) -> Runs:
    """A project of which each engine in turn does the larger steps."""
    hive, told = None, {"kind": request.param}
    if request.param in ("presto", "trino"):
        server = request.getfixturevalue(request.param)
        hive = replace(server, access=replace(server.access, schema=f"work_{uuid4().hex[:8]}"))
        told |= {"address": hive.access.address, "uri": hive.access.uri, "schema": hive.access.schema}
    elif request.param == "spark":
        told |= {"master": spark().master, "settings": SMALL}
    root = make(tmp_path / "small")
    rules = {"engines": {"it": told}, "routes": [{"engine": "it", "steps": STEPS}]}
    with (root / "stocktake.yaml").open("a") as settings:
        settings.write(msgspec.yaml.encode(rules).decode())
    (tmp_path / "temporary").mkdir()
    return Runs(root, tmp_path / "temporary", hive)


def test_who_reads_sees_one_run_whole_whenever_another_is_killed(runs: Runs) -> None:
    """The saved files, the catalogue's views and their join; the next run succeeds, and clears up behind the killed."""
    chance, kills, day = random.Random(7), 0, 0
    runs.complete(tell(runs.root, day))
    with Watch(tell(runs.root, day)) as watch, Readers(runs) as readers:
        while kills < KILLS:
            day += 1
            project = tell(runs.root, day)
            kills += sum(runs.kill(chance) for _ in range(chance.randint(1, BURST)))
            runs.complete(project)
            whole(project)

    assert watch.wrong == []
    assert watch.looks > 2
    assert runs.left() == []
    assert len({tuple(row) for row in runs.expected}) == day + 1
    if runs.hive:
        days = [runs.expected.index(row) for row in readers.seen]  # a mixture is in none
        assert days == sorted(days)
        assert runs.shown() == runs.expected[-1:]


def _joined(project: Project) -> list[Any]:
    """What the files of the latest run say, joined."""
    with Store.open(project.store_address) as store, duckdb.connect() as connection:
        run = store.runs()[-1]
        for name in ("models", "servings"):
            connection.register(name, read(project.results, run, f"tables/{name}"))
        return list(connection.execute(JOINED.format(models="models", servings="servings")).fetchall()[0])

"""Commands killed at random: the log stays whole, the next one completes, nothing is lost, doubled or half to be seen.

STOCKTAKE_KILLS=100 python3 tasks.py test tests/crash/test_kills.py    100 kills of each command, on each store
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.crash.company import make, tell
from tests.crash.forks import Ended, Forks
from tests.crash.watch import Watch, same, same_graph, same_numbers, whole

from stocktake.parts import HIDDEN
from stocktake.pipeline.files import project_files
from stocktake.pipeline.publishing import hash_of
from stocktake.pipeline.session import collect, measure_and_keep
from stocktake.project import Project, open_project
from stocktake.store import Store

KILLS = int(os.environ.get("STOCKTAKE_KILLS", "5"))
BURST = 4  # kills in a row, at most: what one left is found by the next


@dataclass
class Killer:
    """Kills one command again and again: half of the times at any moment, half of them while it writes."""

    forks: Forks
    root: Path
    words: tuple[str, ...]
    chance: random.Random
    kills: int = 0
    seconds: float = 1.0

    def days(self) -> Iterator[Project]:
        """Days on which the command is killed some times, until it was often enough. It runs to its end on each."""
        day = 0
        while self.kills < KILLS:
            project = tell(self.root, day)
            yield project
            for _ in range(self.chance.randint(1, BURST)):
                self.kill()
            ended = self.run()
            assert ended.code == 0, ended.told
            self.seconds = ended.seconds
            whole(project)
            day += 1

    def run(self) -> Ended:
        """The command, to its end."""
        return self.forks.run("--project", str(self.root), *self.words)

    def kill(self) -> None:
        """The command, killed."""
        ended = self._killed() if self.chance.random() < 0.5 else self._killed_while_writing()
        assert ended.code in (-9, 0), ended.told
        self.kills += ended.code == -9

    def _killed(self) -> Ended:
        after = self.chance.uniform(0, self.seconds)
        return self.forks.run("--project", str(self.root), *self.words, kill_after=after)

    def _killed_while_writing(self) -> Ended:
        began_at = time.monotonic()
        before = self._state()
        pid = self.forks.begin("--project", str(self.root), *self.words)
        while self._state() == before and time.monotonic() - began_at < self.seconds:
            time.sleep(0.001)
        time.sleep(self.chance.uniform(0, 0.1 * self.seconds))
        os.kill(pid, 9)
        return self.forks.end(began_at)

    def _state(self) -> list[tuple[str, int]]:
        """What changes when something begins to be written."""
        state = self.root / ".stocktake"
        found = [*state.glob("store.sqlite-wal"), *state.glob("results/*"), *state.glob("derived/*/segments/*/*")]
        return sorted((path.name, path.stat().st_size if path.is_file() else 0) for path in found if path.exists())


def undisturbed(root: Path, days: int, size: int = 60) -> Project:
    """The same project on the same days, of which nobody killed anything."""
    make(root)
    for day in range(days):
        project = tell(root, day, size)
        assert all(each.complete for each in collect(project))
    return project


def test_a_killed_collect_loses_and_doubles_nothing(root: Path, forks: Forks, tmp_path: Path) -> None:
    killer = Killer(forks, root, ("collect",), random.Random(1))
    with Watch(tell(root, 0)) as watch:
        days = len(list(killer.days()))

    assert watch.wrong == []
    assert watch.looks > 2
    project, other = open_project(root), undisturbed(tmp_path / "other", days)
    same(project, other)
    same_graph(project, other)


def test_a_killed_measure_leaves_nothing_half_saved(root: Path, forks: Forks, tmp_path: Path) -> None:
    """What it decoded or saved is there whole or not at all, and the next one saves what it should have."""
    killer = Killer(forks, root, ("measure",), random.Random(2))
    days = 0
    with Watch(tell(root, 0)) as watch:
        for project in killer.days():
            collect(project)
            days += 1

    assert watch.wrong == []
    project, other = open_project(root), undisturbed(tmp_path / "other", days)
    measure_and_keep(other)
    same_numbers(project, other)
    for folder in (project.results, *project.derived.glob("*/segments/*")):
        assert list(folder.glob(f"{HIDDEN}*")) == []  # what the killed left


def test_a_killed_publish_publishes_all_files_or_none(root: Path, forks: Forks) -> None:
    killer = Killer(forks, root, ("publish", "--why", "agreed"), random.Random(3))
    expected = []
    with Watch(tell(root, 0)) as watch:
        for project in killer.days():
            expected.append(hash_of(project_files(project)))

    assert watch.wrong == []
    with Store.open(open_project(root).store_address) as store:
        assert [each.project_hash for each in store.publications()] == expected
        assert [each.number for each in store.publications()] == list(range(1, len(expected) + 1))
        assert store.kept_files(expected[-1]) == project_files(open_project(root))

"""Histories told step by step: whatever comes, in whatever order, the log is all that the numbers depend on."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from tests.graph.compare import differences
from tests.graph.log import Entry, Log
from tests.graph.oracle import Oracle
from tests.graph.otherwise import Rows, numbers_of, rows_of, tell_otherwise, unlike, unlike_points
from tests.graph.toy import make_project
from tests.graph.worlds import KIND_LABELS, World, moment

from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.line import graph_of, measure, measure_graph
from stocktake.store import Store

ROUNDS = int(os.environ.get("STOCKTAKE_ROUNDS", "1"))
WORLDS = 10  # told side by side: they share nothing, so that one snapshot tests all
LOOK_EVERY = 14  # steps
SEEDS = st.integers(0, 2**32)
END = moment(24)


@dataclass(frozen=True, slots=True)
class Look:
    """What was seen at a moment, when the log was so long."""

    known_at: int
    as_of: datetime
    rows: Rows


class Histories(RuleBasedStateMachine):
    """Records, pulls, edits, splits and confirmations in many worlds; at times a look at what the graph holds.

    In the end the same history is told otherwise, and everything derived is made again.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.project = make_project(Path(self.folder.name) / "toy")
        self.log = Log(Store.open(self.project.store_address))
        self.told: list[Entry] = []
        self.looks: list[Look] = []
        self.worlds: list[World] = []

    def tell(self, seed: int, say: Callable[[World], Entry]) -> None:
        """Let something happen in each world."""
        if not self.worlds:
            labels = random.Random(seed).sample(KIND_LABELS, 6)
            self.worlds = [World(number, random.Random(), labels, is_plain=True) for number in range(WORLDS)]
        for world in self.worlds:
            world.choose.seed(f"{seed}/{len(self.told)}")
            entry = say(world)
            self.log.add(entry)
            self.told.append(entry)
        if len(self.told) % (LOOK_EVERY * WORLDS) == 0:
            self.look(moment(random.Random(seed).choice([24, 20.25, 9, 4.5])))

    @rule(seed=SEEDS)
    def anything(self, seed: int) -> None:
        self.tell(seed, World.entry)

    @rule(seed=SEEDS)
    def records(self, seed: int) -> None:
        self.tell(seed, World.push)

    @rule(seed=SEEDS, how=st.sampled_from(["complete", "complete", "partial", "killed", "overlapping", "late"]))
    def pulls(self, seed: int, how: str) -> None:
        self.tell(seed, lambda world: world.pull(how))

    @rule(seed=SEEDS, action=st.sampled_from(["set", "link", "close", "confirm", "split"]))
    def edits(self, seed: int, action: str) -> None:
        self.tell(seed, lambda world: world.decision(action))

    @precondition(lambda self: self.told)
    @rule(seed=SEEDS)
    def said_again(self, seed: int) -> None:
        for entry in random.Random(seed).choices(self.told, k=WORLDS):
            self.log.add(entry)

    def look(self, as_of: datetime) -> None:
        """The graph of the log so far, of which all but the newest was decoded before, is what the oracle finds."""
        known_at = self.log.store.newest_seq()
        with graph_of(self.project, self.log.store) as graph:
            snapshot = graph.snapshot(as_of)
        self.compare(snapshot, known_at, as_of)
        self.looks.append(Look(known_at, as_of, rows_of(snapshot)))

    def compare(self, snapshot: dict[str, object], known_at: int, as_of: datetime) -> None:
        same(differences(snapshot, Oracle(self.log.lines, self.log.pulls, known_at).at(as_of)))

    def teardown(self) -> None:
        try:
            if self.told:
                self.numbers_depend_on_nothing_else()
        finally:
            self.log.store.close()
            self.folder.cleanup()

    def numbers_depend_on_nothing_else(self) -> None:
        """Not on order, duplication and batching; not on what was derived before; of a past known_at not on what came."""
        chance = random.Random(len(self.told))
        store, known_at = self.log.store, self.log.store.newest_seq()
        with graph_of(self.project, store) as graph:
            measured = measure_graph(self.project, graph, END)
            self.compare(dict(measured.snapshot), known_at, END)
            names = [world.identifier() for world in self.worlds]
            same(unlike_points(graph_input(self.project, store), names, graph, END))
        same(unlike(numbers_of(measured), self.told_otherwise(chance)))
        shutil.rmtree(self.project.derived)
        for look in self.looks:
            with graph_of(self.project, store, look.known_at) as graph:
                same(unlike(rows_of(graph.snapshot(look.as_of)), look.rows))

    def told_otherwise(self, chance: random.Random) -> Rows:
        """The numbers of a log that holds the same history otherwise."""
        project = make_project(Path(self.folder.name) / "otherwise")
        with Store.open(project.store_address) as store:
            tell_otherwise(Log(store, chance), self.told, chance)
            return numbers_of(measure(project, store, as_of=END))


def same(found: list[str]) -> None:
    assert not found, "\n".join(found[:20])


Histories.TestCase.settings = settings(
    max_examples=2 * ROUNDS, stateful_step_count=24, derandomize=ROUNDS == 1, deadline=None, database=None,
    phases=[Phase.generate] if ROUNDS == 1 else [Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
TestHistories = Histories.TestCase

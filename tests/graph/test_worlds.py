"""Random worlds: what the graph makes of a log is what a plain reading of the semantics makes of it."""

from __future__ import annotations

import os
import random
from datetime import datetime
from pathlib import Path

import pytest
from tests.graph.compare import columns, differences
from tests.graph.log import Log
from tests.graph.oracle import Oracle
from tests.graph.toy import WORLDS, make_project
from tests.graph.worlds import STEPS, World, moment

from stocktake.engines.lift import AT
from stocktake.graph.snapshot import SELDOM, Graph
from stocktake.pipeline.inputs import graph_input
from stocktake.project import Project
from stocktake.store import Store

ROUNDS = int(os.environ.get("STOCKTAKE_ROUNDS", "1"))
ENTRIES = 15  # of each world


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_the_graph_of_random_worlds_is_what_the_semantics_say(seed: int, tmp_path: Path) -> None:
    """Whatever sources and people say, and in whatever order it comes, each table holds what an oracle finds.

    Covers records, pulls (parts with times of their own, deltas on any earlier pull, killed, late, overlapping), edits
    of every action, identity, links, owners, flags, staleness, retirement and ghosts. The worlds of one log share
    nothing, so that a few snapshots test all of them.
    """
    project = make_project(tmp_path / "toy")
    chance = random.Random(seed)
    with Store.open(project.store_address) as store:
        _, log = fill(Log(store, chance), chance)
        filled: set[str] = set()
        for known_at in (log.marks[len(log.marks) // 2], log.marks[-1]):
            filled |= check(project, log, known_at, [moment(chance.uniform(0, STEPS)), moment(STEPS + 8)])

    assert filled == set(columns()), "a table that stays empty compares nothing"


def fill(log: Log, chance: random.Random, count: int = WORLDS) -> tuple[list[World], Log]:
    """So many worlds, and the log with all of them told, mixed."""
    worlds = [World(number, chance) for number in range(count)]
    entries = [world.entry() for world in worlds for _ in range(ENTRIES)]
    chance.shuffle(entries)
    for entry in entries:
        log.add(entry)
    return worlds, log


def check(project: Project, log: Log, known_at: int, moments: list[datetime]) -> set[str]:
    """Compare graph and oracle at each moment; the names of the tables that had rows."""
    graph, oracle = Graph(graph_input(project, log.store, known_at)), Oracle(log.lines, log.pulls, known_at)
    filled: set[str] = set()
    for as_of in moments:
        expected = oracle.at(as_of)
        found = differences(graph.snapshot(as_of), expected)
        assert not found, f"as of {as_of}, known at {known_at}:\n" + "\n".join(found[:20])
        filled |= {name for name, rows in expected.items() if rows}
    graph.close()
    return filled


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_many_moments_in_one_pass_are_each_moment_by_itself(seed: int, tmp_path: Path) -> None:
    """Frozen at several moments at once, the graph of random worlds has at each the rows that it has there alone."""
    project = make_project(tmp_path / "toy")
    chance = random.Random(1000 + seed)
    with Store.open(project.store_address) as store:
        _, log = fill(Log(store, chance), chance)
        graph = Graph(graph_input(project, store))
        moments = [*(moment(chance.uniform(0, STEPS)).replace(microsecond=0) for _ in range(4)), moment(STEPS + 8)]
        together = graph.snapshots(moments)
        some = {
            name: chance.sample(table.column_names, chance.randint(1, len(table.column_names)))
            for name, table in together.items()
            if name not in SELDOM
        }
        narrow = graph.snapshots(moments, some)
        alone = {as_of: graph.snapshot(as_of) for as_of in moments}
        graph.close()

    for as_of, tables in alone.items():
        for name, table in tables.items():
            rows = [row for row in together[name].to_pylist() if row.pop(AT, naive(as_of)) == naive(as_of)]
            assert sorted(map(repr, rows)) == sorted(map(repr, table.to_pylist())), (as_of, name)
    for name, asked in some.items():
        told = [table.select(asked).to_pylist() for table in (narrow[name], together[name])]
        assert sorted(map(repr, told[0])) == sorted(map(repr, told[1])), (name, asked)
    assert log.lines


def naive(as_of: datetime) -> datetime:
    """A moment as the lake has it."""
    return as_of.replace(tzinfo=None)

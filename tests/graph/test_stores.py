"""The same log on SQLite and on PostgreSQL: the same graph, tables and scores, at any time and as known at any time."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tests.graph.log import Log
from tests.graph.otherwise import Rows, numbers_of, unlike
from tests.graph.test_worlds import ROUNDS, fill
from tests.graph.toy import make_project
from tests.graph.worlds import STEPS, moment
from tests.servers.fixtures import postgresql_address, postgresql_server  # noqa: F401

from stocktake.estate import Size
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import measure
from stocktake.pipeline.session import collect, current
from stocktake.project import Project, open_project
from stocktake.store import Store

FEW = 20  # worlds


def at(root: Path, address: str) -> Project:
    """The project in a folder, its log at an address."""
    with (root / "stocktake.yaml").open("a") as file:
        file.write(f"store: {address}\n")
    return open_project(root)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_random_history_gives_the_same_on_both_stores(seed: int, tmp_path: Path, postgresql_address: str) -> None:  # noqa: F811
    """Records, pulls, edits, splits and confirmations of many worlds, now and as known when half of it was told."""
    told: list[list[Rows]] = []
    for name, address in (("here", "log.sqlite"), ("there", postgresql_address)):
        make_project(tmp_path / name)
        project, chance = at(tmp_path / name, address), random.Random(2_000 + seed)
        with Store.open(project.store_address) as store:
            _, log = fill(Log(store, chance), chance, FEW)
            cuts = (log.marks[len(log.marks) // 2], log.marks[-1])
            told.append([numbers_of(measure(project, store, as_of=moment(STEPS), known_at=cut)) for cut in cuts])

    for here, there in zip(*told, strict=True):
        assert any(here.values())
        assert unlike(here, there)[:20] == []


@pytest.mark.parametrize(("estate", "size"), [("acme", None), ("synthetic", Size(models=12, days=90))])
def test_a_company_gives_the_same_on_both_stores(
    estate: str,
    size: Size | None,
    tmp_path: Path,
    postgresql_address: str,  # noqa: F811
) -> None:
    told: list[Rows] = []
    for name, address in (("here", "log.sqlite"), ("there", postgresql_address)):
        project = at(make_demo(tmp_path / name, estate, size), address)
        assert all(each.complete for each in collect(project))
        told.append(numbers_of(current(project)))

    here, there = told
    assert any(here.values())
    assert unlike(here, there)[:20] == []

"""Twenty companies of twenty seeds in the same tools, measured once for all tests of them."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.demo.estate import root, shared
from tests.estate.matching import Made, Truth, read_made, read_truth

from stocktake.estate import Size, generate
from stocktake.estate.names import team_name
from stocktake.pipeline.demo import ESTATES
from stocktake.pipeline.line import Measured, open_project
from stocktake.pipeline.session import collect, opened

# More and larger companies, for a run by hand: STOCKTAKE_ESTATE="1 300 730".
SEEDS, MODELS, DAYS = map(int, os.environ.get("STOCKTAKE_ESTATE", "20 30 150").split())


@dataclass(frozen=True)
class Holding:
    """The project, its numbers, what was made of each record, the truth, and the company of each team."""

    folder: Path
    measured: Measured
    made: Made
    truth: Truth
    company: dict[str, int]


def make(folder: Path) -> Holding:
    """Generate, collect and measure."""
    shutil.copytree(ESTATES / "synthetic", folder)
    sizes = [Size(models=MODELS, days=DAYS, seed=seed) for seed in range(1, SEEDS + 1)]
    generate(folder, *sizes)
    teams = -(-MODELS // 12)
    project = open_project(folder)
    outcomes = collect(project)
    assert [problem for each in outcomes for problem in each.problems] == []
    with opened(project) as (measured, graph, _):
        company = {team_name(number): number // teams + 1 for number in range(SEEDS * teams)}
        return Holding(folder, measured, read_made(graph), read_truth(folder), company)


@pytest.fixture(scope="session")
def holding(root: Path) -> Holding:
    """Nobody may write to its folder."""
    return shared(root / "holding", make)  # type: ignore[arg-type, return-value]


__all__ = ["holding", "root"]

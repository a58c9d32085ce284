"""What a fix would gain is what a full recomputation gives, for every fix there could be."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from tests.metrics.every_method import write_every_method
from tests.metrics.oracle import Level, Part, Told, roll_up
from tests.metrics.oracle_files import Oracle
from tests.metrics.shipped_world import NOW, SHIPPED, World
from tests.metrics.test_shipped_numbers import AS_OF, Company, waive

from stocktake import metrics
from stocktake.engines.duckdb import DuckDb
from stocktake.metrics.fixes import fixes

MODELS = 15


def gained(before: Told, after: Told) -> tuple[Level, ...]:
    return tuple(None if old is None or new is None else new - old for old, new in zip(before, after, strict=True))


def recomputed(oracle: Oracle, node: str, members: list[str]) -> dict[tuple[str, str], tuple[Level, ...]]:
    """Every fix with what it gains, each by the whole roll-up of its model and of the population."""
    before = oracle.population(node, members, "mean")
    found = {}
    for model in members:
        for metric in oracle.below(node):
            low, point, _ = oracle.models[model][metric]
            raised = oracle.fixed(model, metric)
            if low is not None and (point is None or low < (raised[metric][0] or 0)):
                nodes = {**oracle.models, model: raised}
                after = roll_up("mean", [], [Part(*nodes[each][node]) for each in members])
                found[model, metric] = gained(before, after)
    return {fix: gains for fix, gains in found.items() if any((gain or 0) > Fraction(1, 10**8) for gain in gains[:2])}


@pytest.mark.parametrize(
    ("folder", "node", "part"),
    [("shipped", "overall", "half"), ("shipped", "retraining_age", "all"), ("every", "top", "half")],
)
def test_each_fix_gains_what_a_full_recomputation_says(tmp_path: Path, folder: str, node: str, part: str) -> None:
    company = Company(SHIPPED / "metrics" if folder == "shipped" else write_every_method(tmp_path / "metrics"))
    random = Random(f"{folder} {node} {part}")
    world, waived = World(company.schemas, company.pools, random, MODELS), company.waived(random)
    catalogue, tables, engine = waive(company.catalogue, waived), world.arrow(), DuckDb()
    scores = metrics.score(catalogue, tables, AS_OF, engine)
    rollups = metrics.roll_up(catalogue, scores, tables, engine)
    oracle = Oracle(company.files, world.tables, NOW, waived)
    numbers = {row["model_id"]: row["model_no"] for row in rollups.models.to_pylist()}
    members = sorted(numbers)[:: 1 if part == "all" else 2]

    got = fixes(catalogue, node, {numbers[each] for each in members}, (scores, rollups, tables), engine).to_pylist()
    wanted = recomputed(oracle, node, members)

    assert {(row["model_id"], row["metric"]) for row in got} == set(wanted)
    assert got
    for row in got:
        gains = [row[f"gain_{end}"] for end in ("low", "point", "high")]
        told = wanted[row["model_id"], row["metric"]]
        assert [each is None for each in gains] == [each is None for each in told]
        known = [float(each) for each in told if each is not None]
        assert [each for each in gains if each is not None] == pytest.approx(known, abs=1e-7)
    assert [row["gain_low"] for row in got] == sorted((row["gain_low"] for row in got), reverse=True)

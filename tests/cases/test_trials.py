"""Trials that are made at once give what each gives alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.cases import trials
from stocktake.cases.case import Row, read_cases
from stocktake.cases.monotone import losses
from stocktake.cases.run import duckdb, trial_of
from stocktake.cases.trials import try_all, try_each
from stocktake.schema import load_schema
from stocktake.standards import load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
SCHEMA = load_schema([LIBRARY / "kinds"])
SHIPPED = load_files([LIBRARY / "definitions"], [LIBRARY / "tables"], SCHEMA)


@pytest.mark.parametrize("name", ["model", "ownership", "model_risk", "servings", "counts", "coverage"])
def test_together_and_one_by_one_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows, closures, counts of nothing and unions see the rows of their own trial alone."""
    monkeypatch.setattr(trials, "try_each", None)  # nothing falls back on it
    steps = SHIPPED.needed_for(name)
    cases, _ = read_cases(SHIPPED[name], SHIPPED)
    lost = list(losses(cases[0].given, SCHEMA, steps, SHIPPED[name].absence))[:2]
    tried = [*map(trial_of, cases), *(trial_of(cases[0], each) for each in lost)]

    together = try_all(steps, tried, SHIPPED.layer, duckdb())
    alone = try_each(steps, tried, SHIPPED.layer, duckdb())

    assert any(alone)
    assert [_sorted(rows) for rows in together] == [_sorted(rows) for rows in alone]


def _sorted(rows: list[Row]) -> list[str]:
    return sorted(map(str, rows))

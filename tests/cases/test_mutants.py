"""The shipped cases are sharp: whatever comparison is flipped, or bucket deleted, some case notices."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cases.mutants import FLIPS, mutants_of, surviving_metrics, survivors

from stocktake.metrics import load
from stocktake.schema import load_schema
from stocktake.standards import load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
SHIPPED = load_files([LIBRARY / "definitions"], [LIBRARY / "tables"], load_schema([LIBRARY / "kinds"]))
CATALOGUE = load([LIBRARY / "metrics"], {each.name: list(each.columns) for each in SHIPPED.steps})
TYPES = {each.name: {name: column.type for name, column in each.columns.items()} for each in SHIPPED.steps}


@pytest.mark.parametrize("name", [each.name for each in SHIPPED.steps if each.file])
def test_a_flipped_comparison_fails_a_case(name: str) -> None:
    """Of every definition and table, each comparison, turned to its neighbour and to its negation."""
    assert survivors(SHIPPED[name], SHIPPED) == []


@pytest.mark.parametrize("name", CATALOGUE.metrics)
def test_a_deleted_bucket_and_a_flipped_condition_fail_a_case(name: str) -> None:
    """Of every metric, each bucket, and each comparison in a bucket's condition, the population and the value."""
    assert surviving_metrics(CATALOGUE.metrics[name], CATALOGUE, LIBRARY / "metrics", TYPES) == []


def test_every_comparison_of_a_file_is_flipped() -> None:
    """One for each negation, and one for each neighbour of an inequality."""
    said = [each.says.partition(" in ")[0] for each in mutants_of(SHIPPED["active_deployment"])]

    compared = "active_deployment: model_deployment.last_request_at >= run.as_of - INTERVAL '28' DAY →"
    assert said == [
        f"{compared} model_deployment.last_request_at {flip} run.as_of - INTERVAL '28' DAY" for flip in (">", "<")
    ]
    assert {len(flips) for flips in FLIPS.values()} == {1, 2}

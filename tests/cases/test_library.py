"""Every definition and table that ships has cases, and they hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.cases import run_cases
from stocktake.schema import load_schema
from stocktake.standards import load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
SCHEMA = load_schema([LIBRARY / "kinds"])
SHIPPED = load_files([LIBRARY / "definitions"], [LIBRARY / "tables"], SCHEMA)


@pytest.mark.parametrize("name", [each.name for each in SHIPPED.steps if each.file])
def test_the_cases_of_a_shipped_file_hold(name: str) -> None:
    """Given rows give the expected rows, and losing a value makes results unknown at most."""
    verdicts = list(run_cases(SHIPPED[name], SHIPPED, SCHEMA))

    assert verdicts
    assert [str(problem) for verdict in verdicts for problem in verdict.problems] == []

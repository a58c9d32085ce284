"""Every shipped vocabulary holds its cases."""

from __future__ import annotations

from pathlib import Path

import pytest

import stocktake.library
from stocktake.schema import load_schema
from stocktake.vocabulary import load_vocabularies
from stocktake.vocabulary.cases import run_cases

LIBRARY = Path(stocktake.library.__file__).parent
SCHEMA = load_schema([LIBRARY / "kinds"])
VOCABULARIES = load_vocabularies([LIBRARY / "vocabulary"], SCHEMA)


@pytest.mark.parametrize("name", [name for name in VOCABULARIES.by_name if name != "common"])
def test_a_shipped_vocabulary_holds_its_cases(name: str) -> None:
    """Given records decode into the expected claims."""
    results = list(run_cases(VOCABULARIES.by_name[name], VOCABULARIES, SCHEMA))

    assert results
    assert {where: told for where, told in results if told} == {}

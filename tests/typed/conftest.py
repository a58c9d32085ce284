"""The recorded company, opened as other programs open it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.demo.estate import Estate, acme, root

import stocktake
from stocktake.pipeline.typed import OpenGraph

__all__ = ["acme", "graph", "root"]


@pytest.fixture(scope="session")
def graph(acme: Estate) -> Iterator[OpenGraph]:
    """The graph at the project's moment. Nobody may correct it."""
    with stocktake.open(acme.folder) as opened:
        yield opened

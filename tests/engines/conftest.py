"""The engines that run on real servers."""

from __future__ import annotations

import pytest
from tests.servers.fixtures import presto, spark, trino  # noqa: F401

from stocktake.engines.hive import HiveEngine


@pytest.fixture(params=["presto", "trino"])
def hive(request: pytest.FixtureRequest) -> HiveEngine:
    """PrestoDB and Trino, each on a real server."""
    found: HiveEngine = request.getfixturevalue(request.param)
    return found

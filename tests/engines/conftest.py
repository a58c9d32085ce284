"""The engines that run on real servers."""

from __future__ import annotations

import pytest
from tests.servers.fixtures import (  # noqa: F401
    bucket,
    presto,
    presto_on_s3,
    s3,
    secured_presto,
    secured_trino,
    spark,
    trino,
    trino_on_s3,
)

from stocktake.engines.hive import HiveEngine


@pytest.fixture(params=["presto", "trino"])
def hive(request: pytest.FixtureRequest) -> HiveEngine:
    """PrestoDB and Trino, each on a real server."""
    found: HiveEngine = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["presto", "trino"])
def secured(request: pytest.FixtureRequest) -> HiveEngine:
    """PrestoDB and Trino by HTTPS: the password or token is still to be added."""
    found: HiveEngine = request.getfixturevalue(f"secured_{request.param}")
    return found

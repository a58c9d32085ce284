"""A project on either kind of store, and the process that forks its commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.crash.company import make
from tests.crash.forks import Forks, forking
from tests.servers.fixtures import postgresql_address, postgresql_server, presto, trino  # noqa: F401


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with forking(tmp_path_factory.mktemp("forks")) as forks:
        yield forks


@pytest.fixture(params=["sqlite", "postgresql"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The folder of a project that is told of nothing yet."""
    on_server = request.param == "postgresql"
    return make(tmp_path / "small", request.getfixturevalue("postgresql_address") if on_server else "")

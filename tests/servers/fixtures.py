"""Fixtures of real servers: a small one once per test process, one that takes much memory once for all of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pytest
from tests.servers import maven, postgresql, presto_server, trino_server
from tests.servers.process import free_port
from tests.servers.secured import USER, Door
from tests.servers.shared import shared
from tests.servers.spark import spark as local_spark

from stocktake.engines.access import Access
from stocktake.engines.presto import Presto
from stocktake.engines.spark import Spark
from stocktake.engines.trino import Trino

SERVERS = "STOCKTAKE_SERVERS"
"""Names a folder of servers that a person keeps running from one test run to the next; see `tests.servers.shared`."""


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL server."""
    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    # Not below pytest's folder: that one is root's alone, and the server is another user.
    folder = Path(tempfile.mkdtemp(prefix="stocktake-postgresql-"))
    try:
        with postgresql.running(folder, free_port()) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgresql_address(postgresql_server: str) -> str:
    """The address of an empty schema on a real PostgreSQL server."""
    import psycopg

    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{postgresql_server}?options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def presto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presto]:
    """An engine on a real PrestoDB."""
    with _hive_server(presto_server, tmp_path_factory) as address:
        yield Presto(Access(address))


@pytest.fixture(scope="session")
def trino(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trino]:
    """An engine on a real Trino."""
    with _hive_server(trino_server, tmp_path_factory) as address:
        yield Trino(Access(address, uri="local:///"))


@pytest.fixture(scope="session")
def secured_presto(presto: Presto, tmp_path_factory: pytest.TempPathFactory) -> Presto:
    """The same by HTTPS; it lets nobody in who does not say who he is."""
    return replace(presto, access=_secured(presto.access, _place(presto_server, tmp_path_factory)))


@pytest.fixture(scope="session")
def secured_trino(trino: Trino, tmp_path_factory: pytest.TempPathFactory) -> Trino:
    """The same by HTTPS; it lets nobody in who does not say who he is."""
    return replace(trino, access=_secured(trino.access, _place(trino_server, tmp_path_factory)))


@pytest.fixture(scope="session")
def spark() -> Spark:
    """An engine on a real Spark."""
    return local_spark()


def _hive_server(module: ModuleType, factory: pytest.TempPathFactory) -> AbstractContextManager[str]:
    """The address of a server that all test processes share."""
    try:
        module.get()
        module.find_java()
    except maven.MissingError as error:
        pytest.skip(str(error))
    return shared(module.__name__, _place(module, factory))


def _place(module: ModuleType, factory: pytest.TempPathFactory) -> Path:
    """Where the server of all test processes keeps what it has."""
    base = factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Path(os.environ.get(SERVERS, common)) / module.__name__.rpartition(".")[2]


def _secured(access: Access, folder: Path) -> Access:
    """How the secured door of a server is reached; the password or token is still to be added."""
    door = Door.at(folder)
    return replace(access, address=door.address, user=USER, verify=door.authority)

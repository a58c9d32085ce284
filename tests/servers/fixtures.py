"""Fixtures of real servers: a small one once per test process, one that takes much memory once for all of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from uuid import uuid4

import pyarrow.fs as pafs
import pytest
from tests.servers import maven, moto_server, postgresql, presto_server, process, trino_server
from tests.servers.process import free_port
from tests.servers.secured import USER, Door
from tests.servers.shared import shared
from tests.servers.spark import spark as local_spark

from stocktake.engines.access import Access
from stocktake.engines.bucket import Bucket
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
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an S3-compatible store."""
    if not process.is_installed():
        pytest.skip(process.MISSING)
    with moto_server.moto_server(tmp_path_factory.mktemp("s3")) as url:
        yield url


@pytest.fixture
def bucket(s3: str, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A place in a bucket of its own."""
    for name, value in moto_server.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    name = f"b{uuid4().hex[:12]}"
    pafs.S3FileSystem(endpoint_override=s3, allow_bucket_creation=True).create_dir(name)
    return Bucket(f"s3://{name}/some/lake", s3)


@pytest.fixture(scope="session")
def trino_on_s3(s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trino]:
    """An engine on a Trino whose catalogue reads and writes the store."""
    with _on_s3(trino_server, s3, tmp_path_factory) as address:
        yield Trino(Access(address))


@pytest.fixture(scope="session")
def presto_on_s3(s3: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Presto]:
    """An engine on a PrestoDB whose catalogue reads and writes the store."""
    with _on_s3(presto_server, s3, tmp_path_factory) as address:
        yield Presto(Access(address))


@pytest.fixture(scope="session")
def spark() -> Spark:
    """An engine on a real Spark."""
    return local_spark()


@contextmanager
def _on_s3(module: ModuleType, s3: str, factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of this test process whose catalogue reads and writes a store."""
    _bring(module)
    with module.running(factory.mktemp(module.__name__.rpartition(".")[2]), s3=s3) as address:
        yield address


def _hive_server(module: ModuleType, factory: pytest.TempPathFactory) -> AbstractContextManager[str]:
    """The address of a server that all test processes share."""
    _bring(module)
    return shared(module.__name__, _place(module, factory))


def _bring(module: ModuleType) -> None:
    """Bring a server's programs; the test is skipped where that can't be."""
    try:
        module.get()
        module.find_java()
    except maven.MissingError as error:
        pytest.skip(str(error))


def _place(module: ModuleType, factory: pytest.TempPathFactory) -> Path:
    """Where the server of all test processes keeps what it has."""
    base = factory.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    return Path(os.environ.get(SERVERS, common)) / module.__name__.rpartition(".")[2]


def _secured(access: Access, folder: Path) -> Access:
    """How the secured door of a server is reached; the password or token is still to be added."""
    door = Door.at(folder)
    return replace(access, address=door.address, user=USER, verify=door.authority)

"""Fixtures of real servers, started once per test process."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from tests.servers import postgresql
from tests.servers.process import free_port


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

"""Opening a store: made, migrated, or refused with what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.servers.process import free_port

from stocktake.errors import StoreError
from stocktake.store import Line, Store
from stocktake.store.tables import metadata


def test_the_migrations_make_exactly_the_declared_tables(store: Store) -> None:
    with store.database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_that_is_up_to_date_opens_without_alembic(address: str) -> None:
    """Alembic takes longer to import than a small command to run."""
    Store.open(address).close()
    code = (
        "import sys; from stocktake.store import Store; "
        f"Store.open({address!r}).newest_seq(); print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_store_keeps_what_it_has_when_opened_again(tmp_path: Path) -> None:
    with Store.open(tmp_path / "deep" / "store.sqlite") as opened:
        opened.append("one", [Line("Run", "a", 1, b"{}")])
    with Store.open(tmp_path / "deep" / "store.sqlite") as opened:
        assert opened.newest_seq() == 1


def test_a_store_of_a_newer_version_is_refused(address: str) -> None:
    with Store.open(address) as opened, opened.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="another version of Stocktake"):
        Store.open(address)


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("dear diary, today I counted models\n" * 50)

    with pytest.raises(StoreError, match="restore it from a backup"):
        Store.open(path)
    assert path.read_text().startswith("dear diary")


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    with pytest.raises(StoreError, match="start the server") as caught:
        Store.open(f"postgresql://ana:secret@127.0.0.1:{free_port()}/acme")
    assert "secret" not in str(caught.value)
    assert "ana:***@127.0.0.1" in str(caught.value)


def test_a_database_that_is_not_there_is_told(postgresql_server: str) -> None:
    with pytest.raises(StoreError, match="createdb"):
        Store.open(postgresql_server.replace("/stocktake", "/nowhere"))


@pytest.mark.parametrize("address", ["postgresql://", "postgresql://host:port/db"])
def test_an_address_that_is_none_is_told(address: str) -> None:
    with pytest.raises(StoreError, match=r"postgresql://host/database|mend the address"):
        Store.open(address)


def test_the_server_asks_whether_the_machine_of_a_writer_still_lives(postgresql_address: str) -> None:
    """Else the lock of a machine that lost its power would be held for hours."""
    with Store.open(postgresql_address) as opened, opened.database.reading() as connection:
        assert connection.exec_driver_sql("SHOW tcp_keepalives_idle").scalar() == "60"


def test_a_reader_that_leaves_hears_no_more_of_the_server(postgresql_address: str) -> None:
    """What made it leave is told already: a lost connection is no second error."""
    with Store.open(postgresql_address) as opened:
        rows = opened.database.fetch("SELECT pg_backend_pid() FROM generate_series(1, 10)", 1)
        ((pid,),) = next(rows)
        with opened.database.writing() as connection:
            connection.exec_driver_sql(f"SELECT pg_terminate_backend({pid}, 5000)")
        rows.close()  # type: ignore[attr-defined]
        assert opened.newest_seq() == 0

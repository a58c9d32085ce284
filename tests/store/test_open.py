"""Opening a store: made, migrated, or refused with what to do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from stocktake.errors import StoreError
from stocktake.store import Line, Store
from stocktake.store.tables import metadata


def test_the_migrations_make_exactly_the_declared_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_store_that_is_up_to_date_opens_without_alembic(tmp_path: Path) -> None:
    """Alembic takes longer to import than a small command to run."""
    Store.open(tmp_path / "store.sqlite").close()
    code = (
        "import sys; from stocktake.store import Store; "
        f"Store.open({str(tmp_path / 'store.sqlite')!r}).newest_seq(); print('alembic' in sys.modules)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "False"


def test_a_store_keeps_what_it_has_when_opened_again(tmp_path: Path) -> None:
    with Store.open(tmp_path / "deep" / "store.sqlite") as opened:
        opened.append("one", [Line("Run", "a", 1, b"{}")])
    with Store.open(tmp_path / "deep" / "store.sqlite") as opened:
        assert opened.newest_seq() == 1


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.sqlite") as opened, opened.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(StoreError, match="another version of Stocktake"):
        Store.open(tmp_path / "store.sqlite")


def test_a_file_that_is_no_store_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("dear diary, today I counted models\n" * 50)

    with pytest.raises(StoreError, match="restore it from a backup"):
        Store.open(path)
    assert path.read_text().startswith("dear diary")

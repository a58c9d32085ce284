"""Publications: kept with who, when and why; whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from stocktake.errors import StoreError
from stocktake.store import Store, publications
from stocktake.store.publications import Publication

AT = datetime(2026, 11, 23, 18, tzinfo=UTC)


def test_a_publication_is_read_back_with_its_files(store: Store) -> None:
    first = store.publish({"a.sql": b"SELECT 1"}, who="ana", why="agreed", published_at=AT)
    second = store.publish({"a.sql": b"SELECT 2"}, who="ben", why="mended", published_at=AT)

    assert store.publications() == [first, second]
    assert second == Publication(2, AT, "ben", "mended", second.project_hash)
    assert [store.kept_files(each.project_hash)["a.sql"] for each in (first, second)] == [b"SELECT 1", b"SELECT 2"]


def test_a_publication_that_cannot_be_written_leaves_nothing_of_its_files(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The row that makes it count comes last, and fails here: it has no time."""
    monkeypatch.setattr(publications, "to_micros", lambda _: None)
    with pytest.raises(StoreError):
        store.publish({"a.sql": b"SELECT 1"}, who="ana", why="agreed", published_at=AT)

    assert store.publications() == []
    with store.database.reading() as connection:
        assert connection.exec_driver_sql("SELECT COUNT(*) FROM project_file").scalar_one() == 0

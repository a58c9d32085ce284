"""A log copied from one kind of store to the other, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.store.test_verify import fill

from stocktake.errors import StoreError
from stocktake.store import Line, Store


def test_a_copy_is_whole_and_the_same_log(store: Store, tmp_path: Path) -> None:
    fill(store)
    with Store.open(tmp_path / "copy.sqlite") as copy:
        rows = store.copy_to(copy)

        assert rows["record"] == 49
        assert copy.verify() == []
        assert copy.log_id == store.log_id
        assert copy.records() == store.records()
        assert copy.pulls() == store.pulls()
        assert copy.runs() == store.runs()
        assert copy.records_at(range(60)) == store.records_at(range(60))


def test_a_copy_goes_on_where_the_log_ended(store: Store, tmp_path: Path) -> None:
    with Store.open(tmp_path / "first.sqlite") as first:
        fill(first)
        first.copy_to(store)
        last = first.newest_seq()

    landed = store.append("a new source", [Line("A new label", "a", 1, b"{}")])

    assert landed.first_seq == last + 1
    assert store.verify() == []
    assert "a new source" in store.sources()


def test_a_store_that_holds_something_is_not_written_over(store: Store, tmp_path: Path) -> None:
    fill(store)
    with Store.open(tmp_path / "other.sqlite") as other:
        other.append("events", [Line("Run", "a", 1, b"{}")])
        with pytest.raises(StoreError, match="not empty"):
            other.copy_to(store)
    assert store.verify() == []

"""A run is saved whole or not at all, never changes afterwards, and is read back by id or day."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stocktake import results
from stocktake.errors import ResultsError, StoreError
from stocktake.results import Finished
from stocktake.store import Store
from stocktake.store.runs import Run

TABLE = pa.table(
    {
        "model_id": ["a", None],
        "owners": pa.array([["x", "y"], None], pa.list_(pa.string())),
        "is_live": [True, None],
        "trained_at": pa.array([datetime(2026, 11, 1, 12), None], pa.timestamp("us")),  # noqa: DTZ001 - UTC without zone
        "days": [1.5, None],
    }
)
WIDE = pa.table({"model_no": [1], "model_id": ["a"], "age__low": [0.0], "age__level": [1], "owner__low": [2.0]})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as opened:
        yield opened


def finished(day: int = 23, hour: int = 8) -> Finished:
    as_of, started = datetime(2026, 11, day, tzinfo=UTC), datetime(2026, 11, 24, hour, tzinfo=UTC)
    return Finished(
        as_of, 17, started, {"stocktake.yaml": b"project: acme"}, {"tables/servings": TABLE, "rollups/models": WIDE}
    )


def save(store: Store, tmp_path: Path, run: Finished) -> Run:
    return results.save(store, tmp_path / "results", run)


def test_a_saved_run_is_read_back_as_it_was(store: Store, tmp_path: Path) -> None:
    run = save(store, tmp_path, finished())
    again = results.find(store, run.id)
    assert again == run
    assert results.names(again) == ["rollups/models", "tables/servings"]
    assert results.read(tmp_path / "results", again, "tables/servings").equals(TABLE)
    assert results.read_all(tmp_path / "results", again, "tables").keys() == {"servings"}
    assert store.kept_files(again.project_hash) == {"stocktake.yaml": b"project: acme"}
    assert results.problems_of(tmp_path / "results", again) == []


def test_a_run_is_found_by_day_by_its_first_letters_and_as_the_latest(store: Store, tmp_path: Path) -> None:
    early, late = save(store, tmp_path, finished(21, 8)), save(store, tmp_path, finished(22, 9))
    redone = save(store, tmp_path, finished(21, 10))
    assert results.find(store) == late  # of the latest moment, and not the one that was made last
    assert results.find(store, of=lambda run: run != late) == redone
    assert results.find(store, "2026-11-22") == late
    assert results.find(store, "2026-11-21") == redone
    assert results.find(store, early.id[:14]) == early
    with pytest.raises(ResultsError, match=r"there is no run 2025(.|\n)*2026-11-21"):
        results.find(store, "2025")


def test_before_the_first_run_the_way_to_make_one_is_told(store: Store) -> None:
    with pytest.raises(ResultsError, match="stocktake run"):
        results.find(store)


def test_a_changed_file_is_refused_and_named(store: Store, tmp_path: Path) -> None:
    run = save(store, tmp_path, finished())
    path = tmp_path / "results" / f"run={run.id}" / "tables" / "servings.parquet"
    pq.write_table(TABLE.slice(0, 1), path)
    with pytest.raises(ResultsError, match="not what was saved"):
        results.read(tmp_path / "results", run, "tables/servings")
    path.unlink()
    assert [each.problem for each in results.problems_of(tmp_path / "results", run)] == ["the file is gone"]


def test_without_its_row_there_was_no_run(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash between the files and the row leaves files that nobody reads, and that can be found."""

    def crash(_: Store, __: Run) -> None:
        raise StoreError("store.sqlite", "the disk is full", "make room")

    with monkeypatch.context() as patched:
        patched.setattr(Store, "add_run", crash)
        with pytest.raises(StoreError):
            save(store, tmp_path, finished())
    assert store.runs() == []
    assert len(results.unfinished(store, tmp_path / "results")) == 1
    save(store, tmp_path, finished(22))
    assert len(results.unfinished(store, tmp_path / "results")) == 1


def test_a_folder_that_cannot_be_written_leaves_nothing(store: Store, tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file in the way")
    with pytest.raises(ResultsError, match="can't be written"):
        save(store, tmp_path, finished())
    assert store.runs() == []


def test_a_table_that_the_run_has_not_is_named_with_those_it_has(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="rollups/models, tables/servings"):
        results.read(tmp_path / "results", save(store, tmp_path, finished()), "tables/binaries")


def exported(kind: str, table: pa.Table = TABLE) -> bytes:
    sink = io.BytesIO()
    results.export(table, kind, sink)
    return sink.getvalue()


def test_csv_has_unknown_as_empty_times_in_utc_and_lists_as_json() -> None:
    lines = exported("csv").decode().splitlines()
    assert lines[0] == "model_id,owners,is_live,trained_at,days"
    assert lines[1:] == ['a,"[""x"", ""y""]",true,2026-11-01T12:00:00Z,1.5', ",,,,"]


def test_json_is_one_document() -> None:
    first, second = json.loads(exported("json"))
    assert first == {
        "model_id": "a",
        "owners": ["x", "y"],
        "is_live": True,
        "trained_at": "2026-11-01T12:00:00Z",
        "days": 1.5,
    }
    assert set(second.values()) == {None}
    assert json.loads(exported("json", TABLE.slice(0, 0))) == []


def test_parquet_keeps_the_types() -> None:
    assert pq.read_table(pa.BufferReader(exported("parquet"))).equals(TABLE)


def test_another_format_is_refused() -> None:
    with pytest.raises(ResultsError, match="csv, json, parquet"):
        exported("xlsx")


def test_a_node_is_a_table_of_its_own() -> None:
    assert results.node_table(WIDE, "age").to_pylist() == [{"model_id": "a", "low": 0.0, "level": 1}]
    with pytest.raises(ResultsError, match="age, owner"):
        results.node_table(WIDE, "ag")

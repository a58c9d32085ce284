"""PrestoDB and Trino run steps over tables in memory and over a lake alike, on real servers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pytest

from stocktake.engines import Step
from stocktake.engines import lake as lakes
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.hive import HiveEngine
from stocktake.engines.scratch import label, scratch_lake
from stocktake.errors import EngineError

OWNERS = {"graph.owner": pa.table({"id": ["a", "b"], "is_active": [True, None]})}
STEPS = (
    Step("standard.active", "SELECT owner.id AS owner_id FROM graph.owner AS owner WHERE owner.is_active"),
    Step("standard.total", "SELECT COUNT(*) AS total FROM standard.active AS active", {"total": "INTEGER"}),
    Step("standard.nobody", "SELECT owner_id FROM standard.active AS active WHERE FALSE"),
)
ALL_TYPES = pa.table(
    {
        "text": ["a", "", "ünïcödé 'quoted' \"twice\"", None],
        "whole": pa.array([2**62, -1, 0, None], pa.int64()),
        "small": pa.array([127, -128, 0, None], pa.int8()),
        "number": [1.5, -0.1, 1e300, None],
        "flag": [True, False, None, None],
        "at": pa.array(["0001-01-01", "9999-12-31 23:59:59", "2026-03-29 02:30:00", None]).cast(pa.timestamp("us")),
        "day": [date(1900, 1, 1), date(9999, 12, 31), date(2026, 3, 29), None],
        "money": pa.array([Decimal("1.000000001"), Decimal(-99999), None, None], pa.decimal128(38, 9)),
        "texts": [["a", None, ""], [], None, None],
        "parts": [{"name": "a", "sizes": [1, 2]}, {"name": None, "sizes": []}, None, None],
    }
)


def test_a_step_reads_the_results_of_earlier_ones(hive: HiveEngine) -> None:
    """Each has the types that its step declares, else those that DuckDB gives; a result may have no row."""
    assert hive.run_tables(STEPS, OWNERS) == DuckDb().run_tables(STEPS, OWNERS)


def test_every_type_of_the_lake_comes_back_as_it_was(hive: HiveEngine, tmp_path: Path) -> None:
    """Nested columns too, through a table of the catalogue that the server reads and one that it writes."""
    lakes.write(tmp_path, {"graph.all_types": ALL_TYPES})
    columns = ", ".join(f'all_types."{name}" AS "{name}"' for name in ALL_TYPES.column_names)

    hive.run_lake([Step("standard.copy", f"SELECT {columns} FROM graph.all_types AS all_types")], tmp_path)

    assert lakes.read(tmp_path, "standard.copy").to_pylist() == ALL_TYPES.to_pylist()
    assert lakes.schema_of(tmp_path, "standard.copy") == lakes.schema_of(tmp_path, "graph.all_types")


def test_another_engine_reads_what_it_wrote(hive: HiveEngine, tmp_path: Path) -> None:
    """A lake can be begun by one engine and gone on with by the next."""
    lakes.write(tmp_path, OWNERS)

    hive.run_lake(STEPS[:1], tmp_path)
    DuckDb().run_lake(STEPS[1:2], tmp_path)

    assert lakes.read(tmp_path, "standard.total").to_pylist() == [{"total": 1}]


def test_a_lake_can_be_run_again(hive: HiveEngine, tmp_path: Path) -> None:
    """Results of an earlier run are replaced."""
    lakes.write(tmp_path, OWNERS)
    hive.run_lake(STEPS, tmp_path)
    lakes.write(tmp_path, {"graph.owner": pa.table({"id": ["a"], "is_active": [False]})})

    hive.run_lake(STEPS, tmp_path)

    assert lakes.read(tmp_path, "standard.total").to_pylist() == [{"total": 0}]


def test_a_step_that_fails_publishes_nothing_of_its_run(hive: HiveEngine, tmp_path: Path) -> None:
    """Neither itself nor the steps before it; the server's own words and the query's id are told."""
    lakes.write(tmp_path, OWNERS)
    broken = Step("standard.broken", "SELECT CAST(owner.id AS INTEGER) AS x FROM graph.owner AS owner")

    with pytest.raises(EngineError, match=r"Cannot cast .* \(INVALID_CAST_ARGUMENT, query \d{8}_") as caught:
        hive.run_lake([*STEPS, broken], tmp_path)

    assert caught.value.problems[0].where == "standard.broken"
    assert lakes.tables_of(tmp_path) == ["graph.owner"]
    assert list(tmp_path.glob("standard/*")) == list(tmp_path.glob("standard/.*")) == []


def test_nothing_stays_in_the_catalogue(hive: HiveEngine) -> None:
    """A run's working tables go with it, and with them those of a killed run: its lake has gone, or it is long ago."""
    alone = replace(hive, access=replace(hive.access, schema="nobody_else"))
    alone.run_tables(STEPS[:1], OWNERS)
    ask = hive.connect()
    with scratch_lake(alone.access.scratch) as lake:
        gone = label(lake)
    killed = ("run_20200101000000_dead__graph__owner", f"run_29990101000000_{gone}__graph__owner")
    for table in (*killed, "run_29990101000000_busy__graph__owner"):
        ask.run(f"CREATE TABLE hive.nobody_else.{table} (id VARCHAR)")

    alone.run_tables(STEPS, OWNERS)

    assert ask.run("SHOW TABLES FROM hive.nobody_else") == [["run_29990101000000_busy__graph__owner"]]
    ask.run("DROP TABLE hive.nobody_else.run_29990101000000_busy__graph__owner")


def test_a_server_that_looks_elsewhere_is_found_out(hive: HiveEngine, tmp_path: Path) -> None:
    """It would find no rows there, and nobody could tell that from none at all."""
    here, there = tmp_path / "here", tmp_path / "there"
    (there / "graph" / "owner").mkdir(parents=True)
    lakes.write(here, OWNERS)
    at = f"{hive.access.place.give(there)}/"
    lost = replace(hive, access=replace(hive.access, mount=here, uri=at, scratch=here))

    with pytest.raises(EngineError, match=r"reads 0 rows of 2: .*\n +fix: let `mount` and `uri`"):
        lost.run_lake(STEPS, here)

    assert lakes.tables_of(here) == ["graph.owner"]

"""DuckDB runs steps over tables in memory and over a lake alike."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from stocktake.engines import Engine, Step
from stocktake.engines import lake as lakes
from stocktake.engines.duckdb import DuckDb
from stocktake.errors import EngineError

OWNERS = {"graph.owner": pa.table({"id": ["a", "b"], "is_active": [True, None]})}
STEPS = (
    Step("standard.active", "SELECT owner.id AS owner_id FROM graph.owner AS owner WHERE owner.is_active"),
    Step("standard.total", "SELECT COUNT(*) AS total FROM standard.active AS active", {"total": "INTEGER"}),
)


def test_it_is_an_engine() -> None:
    """The protocol is what others are written to."""
    engine: Engine = DuckDb()

    assert engine.name == "duckdb"


def test_a_step_reads_the_results_of_earlier_ones() -> None:
    """Each result is a table of its layer, with the types that its step declares."""
    results = DuckDb().run_tables(STEPS, OWNERS)

    assert results["standard.active"].to_pylist() == [{"owner_id": "a"}]
    assert results["standard.total"].schema.field("total").type == pa.int32()


def test_a_lake_gives_the_same_as_tables_in_memory(tmp_path: Path) -> None:
    """Each result is published as Parquet that the next engine can read."""
    lakes.write(tmp_path, OWNERS)

    DuckDb(memory_limit="200MB", temp_directory=tmp_path / "spill", threads=1).run_lake(STEPS, tmp_path)

    in_memory = DuckDb().run_tables(STEPS, OWNERS)
    assert {name: lakes.read(tmp_path, name) for name in in_memory} == in_memory


def test_a_lake_can_be_run_again(tmp_path: Path) -> None:
    """Results of an earlier run are replaced, also while they are there to be read."""
    lakes.write(tmp_path, OWNERS)
    DuckDb().run_lake(STEPS, tmp_path)
    lakes.write(tmp_path, {"graph.owner": pa.table({"id": ["a"], "is_active": [False]})})

    DuckDb().run_lake(STEPS, tmp_path)

    assert lakes.read(tmp_path, "standard.total").to_pylist() == [{"total": 0}]


def test_a_refused_step_is_told_by_its_name() -> None:
    """DuckDB's own words are kept, its stack is not."""
    with pytest.raises(EngineError) as caught:
        DuckDb().run_tables(
            [Step("standard.broken", "SELECT owner.colour AS colour FROM graph.owner AS owner")], OWNERS
        )

    (problem,) = caught.value.problems
    assert problem.where == "standard.broken"
    assert "colour" in problem.problem


def test_types_are_found_without_rows() -> None:
    """The columns of a step follow from the columns that it reads."""
    schemas = {name: table.schema for name, table in OWNERS.items()}

    assert DuckDb().describe(STEPS[:1], schemas) == {"standard.active": {"owner_id": "VARCHAR"}}

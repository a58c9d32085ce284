"""Spark runs steps over a lake that every other engine reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pytest
from tests.servers.spark import SMALL, spark

from stocktake.engines import Engine, Step
from stocktake.engines import lake as lakes
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.spark import Spark
from stocktake.engines.spark_session import check_java
from stocktake.errors import EngineError

AT = datetime(2026, 11, 1, 2, 30)  # noqa: DTZ001 - UTC without zone, as in the lake
OWNERS = {
    "graph.owner": pa.table(
        {"id": ["a", "b"], "is_active": [True, None], "seen_at": pa.array([AT, None], pa.timestamp("us")),
         "teams": pa.array([["x", None], []], pa.list_(pa.string()))}
    )
}  # fmt: skip
TYPES = {"owner_id": "VARCHAR", "seen_at": "TIMESTAMP", "teams": "VARCHAR[]", "number": "DECIMAL(38,0)", "day": "DATE"}
STEPS = (
    Step(
        "standard.active",
        "SELECT owner.id AS owner_id, owner.seen_at AS seen_at, owner.teams AS teams, 7 AS number, "
        "CAST(owner.seen_at AS DATE) AS day FROM graph.owner WHERE owner.is_active",
        TYPES,
    ),
    Step("standard.total", "SELECT COUNT(*) AS total FROM standard.active AS active", {"total": "INTEGER"}),
)


def test_it_is_an_engine() -> None:
    """The protocol is what others are written to; nothing starts before it is asked to run."""
    engine: Engine = Spark("spark://nowhere:7077")

    assert engine.name == "spark"


def test_its_lake_is_as_duckdbs(tmp_path: Path) -> None:
    """Rows, names and types are equal: times without zone, lists, decimals, dates."""
    lakes.write(tmp_path / "spark", OWNERS)

    spark().run_lake(STEPS, tmp_path / "spark")

    expected = DuckDb().run_tables(STEPS, OWNERS)
    assert {name: lakes.read(tmp_path / "spark", name) for name in expected} == expected


def test_each_reads_what_the_other_wrote(tmp_path: Path) -> None:
    """A step on Spark reads what DuckDB wrote, and the other way round."""
    lakes.write(tmp_path, OWNERS)

    DuckDb().run_lake(STEPS[:1], tmp_path)
    spark().run_lake(STEPS[1:], tmp_path)
    DuckDb().run_lake([Step("standard.again", "SELECT total.total AS total FROM standard.total AS total")], tmp_path)

    assert lakes.read(tmp_path, "standard.again").to_pylist() == [{"total": 1}]


def test_a_lake_can_be_run_again(tmp_path: Path) -> None:
    """Results of an earlier run are replaced, also while they are there to be read."""
    lakes.write(tmp_path, OWNERS)
    spark().run_lake(STEPS, tmp_path)
    lakes.write(tmp_path, {"graph.owner": OWNERS["graph.owner"].slice(1)})

    spark().run_lake(STEPS, tmp_path)

    assert lakes.read(tmp_path, "standard.total").to_pylist() == [{"total": 0}]


def test_a_refused_step_is_told_in_sparks_words_and_leaves_what_was(tmp_path: Path) -> None:
    """Spark's own reason is kept, its plan and stack are not; nothing half stays in the lake."""
    lakes.write(tmp_path, OWNERS)
    spark().run_lake(STEPS, tmp_path)
    broken = Step("standard.active", "SELECT owner.colour AS owner_id FROM graph.owner AS owner")

    with pytest.raises(EngineError, match="colour") as caught:
        spark().run_lake([broken], tmp_path)

    (problem,) = caught.value.problems
    assert problem.where == "standard.active"
    assert "\n" not in problem.problem
    assert lakes.read(tmp_path, "standard.active").num_rows == 1
    assert sorted(path.name for path in (tmp_path / "standard").iterdir()) == ["active", "total"]


def test_a_step_that_fails_names_the_application(tmp_path: Path) -> None:
    """What fails on a row is told with the reason, and by what Spark's own pages know it."""
    lakes.write(tmp_path, OWNERS)
    failing = Step("standard.failing", "SELECT CAST(owner.id AS INTEGER) AS number FROM graph.owner AS owner")

    with pytest.raises(EngineError, match=r"CAST_INVALID_INPUT.*Spark application local-\d+"):
        spark().run_lake([failing], tmp_path)


def test_a_second_cluster_of_one_process_is_refused() -> None:
    """A process has one Spark: another address would quietly be ignored."""
    spark().run_tables(STEPS, OWNERS)

    with pytest.raises(EngineError, match=r"uses the Spark at local\[2\] already"):
        Spark("local[1]", SMALL).run_tables(STEPS, OWNERS)


def test_a_missing_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Before Spark is started, with what to install."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EngineError, match=r"needs Java[\s\S]*install Java 17"):
        check_java()


def test_an_old_java_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Spark would end with a stack of Java's instead."""
    program = tmp_path / "bin" / "java"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_292\"' >&2\n")
    program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EngineError, match="is 8"):
        check_java()


@pytest.mark.parametrize("address", ["sc://127.0.0.1:1", "sc://127.0.0.1:1/;token=secret"])
def test_a_server_that_is_down_is_told_at_once(address: str) -> None:
    """Spark's own client would go on asking for minutes. A token is not told."""
    with pytest.raises(EngineError, match=r"spark at sc://127\.0\.0\.1:1/?: it can't be reached") as caught:
        Spark(address).run_tables(STEPS, OWNERS)

    assert "secret" not in str(caught.value)

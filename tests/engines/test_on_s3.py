"""Engines of other machines work over a lake in an S3-compatible store: on real servers, the rows are DuckDB's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
from tests.engines.publisher import ROWS, tables
from tests.engines.test_bucket import objects
from tests.engines.test_catalogue import JOINED
from tests.engines.test_hive import ALL_TYPES, OWNERS, STEPS

from stocktake.engines import Step
from stocktake.engines import catalogue as catalogues
from stocktake.engines import lake as lakes
from stocktake.engines.bucket import Bucket
from stocktake.engines.catalogue import Catalogue
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.hive import HiveEngine
from stocktake.engines.scratch import scratch_lake

COLUMNS = ", ".join(f'all_types."{name}" AS "{name}"' for name in ALL_TYPES.column_names)
COPY = Step("standard.copy", f"SELECT {COLUMNS} FROM graph.all_types AS all_types")


@pytest.fixture(params=["presto_on_s3", "trino_on_s3"])
def engine(request: pytest.FixtureRequest, bucket: Bucket) -> HiveEngine:
    """A server whose catalogue reads and writes the store, handed tables by a bucket."""
    found: HiveEngine = request.getfixturevalue(request.param)
    return replace(found, bucket=bucket)


def test_a_step_reads_the_results_of_earlier_ones(engine: HiveEngine, bucket: Bucket) -> None:
    """A result may have no row; nothing stays there."""
    assert engine.run_tables(STEPS, OWNERS) == DuckDb().run_tables(STEPS, OWNERS)
    assert objects(bucket) == []


def test_every_type_of_the_lake_comes_back_as_it_was(engine: HiveEngine, bucket: Bucket, tmp_path: Path) -> None:
    """And DuckDB goes on with it."""
    with scratch_lake(tmp_path, bucket) as lake:
        lakes.write(lake, {"graph.all_types": ALL_TYPES})
        engine.run_lake([COPY], lake)
        DuckDb().run_lake([Step("standard.again", COPY.sql.replace("graph.all_types", "standard.copy"))], lake)

        for name in ("copy", "again"):
            assert lakes.read(lake, f"standard.{name}").to_pylist() == ALL_TYPES.to_pylist()
            assert lakes.schema_of(lake, f"standard.{name}") == lakes.schema_of(lake, "graph.all_types")
        assert len(objects(bucket)) == 2


def test_the_published_run_is_queried_by_name(
    engine: HiveEngine, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two tables always of one run, also where one changes its columns; the files of runs before are taken away."""
    monkeypatch.setattr(catalogues, "SETTLING", 0)
    catalogue = Catalogue(engine, bucket.below("published"), f"s_{uuid4().hex[:8]}")
    told = JOINED.format(schema=catalogue.schema)
    for run in (4, 5):
        catalogue.publish(str(run), tables(run))
        assert engine.connect().run(told) == [[ROWS, run, run, run, run]]

    catalogue.keep([])

    assert catalogue.published() == "5"
    assert {path.split("/")[-2] for path in objects(bucket)} == {"published_run=5"}
    assert engine.connect().run(told) == [[ROWS, 5, 5, 5, 5]]


def test_who_queries_sees_the_run_before_until_the_last_statement(
    engine: HiveEngine, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A publication that is cut off has changed nothing that a view shows, and can be done again."""
    catalogue = Catalogue(engine, bucket.below("published"), f"s_{uuid4().hex[:8]}")
    told = JOINED.format(schema=catalogue.schema)
    catalogue.publish("1", tables(1))
    with monkeypatch.context() as cut:
        cut.setattr(Catalogue, "_check_rows", interrupt)
        with pytest.raises(KeyboardInterrupt):
            catalogue.publish("2", tables(2))

    assert engine.connect().run(told) == [[ROWS, 1, 1, 1, 1]]
    assert {path.split("/")[-2] for path in objects(bucket)} == {"published_run=1", "published_run=2"}
    catalogue.publish("2", tables(2))
    assert engine.connect().run(told) == [[ROWS, 2, 2, 2, 2]]


def interrupt(*_: object) -> None:
    raise KeyboardInterrupt

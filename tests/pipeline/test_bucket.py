"""A run whose lake is in an S3-compatible store: its numbers are the same, and it leaves nothing there."""

from __future__ import annotations

import subprocess
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from tests.crash.company import make, tell
from tests.crash.test_killed_engines import PROGRAM
from tests.crash.watch import saved
from tests.engines.test_bucket import objects
from tests.graph.otherwise import unlike
from tests.pipeline.test_routed import plain, with_rules  # noqa: F401
from tests.servers.fixtures import bucket, s3, trino_on_s3  # noqa: F401
from tests.servers.maven import MissingError
from tests.servers.spark import SMALL, jars_of_s3, spark

from stocktake.cli.app import run
from stocktake.engines.bucket import Bucket
from stocktake.engines.trino import Trino
from stocktake.errors import EngineError
from stocktake.pipeline.running import ENGINES
from stocktake.pipeline.session import collect, measure_and_keep
from stocktake.project import Project


def in_bucket(project: Project, bucket: Bucket, **settings: object) -> Project:  # noqa: F811
    """The same project with a lake in a bucket."""
    return with_rules(project, lake={"address": bucket.address, "endpoint_url": bucket.endpoint_url}, **settings)


def test_duckdb_gives_the_same_numbers(plain: Project, bucket: Bucket) -> None:  # noqa: F811
    measure_and_keep(plain)
    expected = saved(plain)

    measure_and_keep(in_bucket(plain, bucket))

    assert saved(plain) == expected
    assert objects(bucket) == []


@pytest.fixture(params=["spark", "trino"])
def other(request: pytest.FixtureRequest) -> dict[str, object]:
    """The settings of an engine that reads and writes the store, on a real server or as one of this machine."""
    if request.param == "trino":
        return {"kind": "trino", "address": request.getfixturevalue("trino_on_s3").access.address}
    try:
        further = {"spark.jars": ",".join(map(str, jars_of_s3()))}
    except MissingError as error:
        pytest.skip(str(error))
    return {"kind": "spark", "master": spark().master, "settings": {**SMALL, **further}}


def test_engines_hand_each_other_tables_there(other: dict[str, object], bucket: Bucket, tmp_path: Path) -> None:  # noqa: F811
    """DuckDB and another one: the numbers are those of DuckDB alone on a local disk; nothing stays."""
    project = tell(make(tmp_path / "small"), 0)
    lake = {"address": bucket.address, "endpoint_url": bucket.endpoint}
    told = {"engines": {"it": other}, "routes": [{"engine": "it", "steps": ["servings"]}], "lake": lake}
    collect(project)
    measure_and_keep(project)
    expected = saved(project)

    with (project.root / "stocktake.yaml").open("a") as settings:
        settings.write(msgspec.yaml.encode(told).decode())
    # In a process of its own: one has one Spark, and another test's knows no S3.
    subprocess.run([PROGRAM, "--project", str(project.root), "measure"], check=True, stdout=subprocess.DEVNULL)

    found = saved(project)
    assert len(found.pop(ENGINES)) == 1
    assert expected.pop(ENGINES) == []
    assert not unlike(found, expected)
    assert objects(bucket) == []


def test_a_run_is_shown_from_there(trino_on_s3: Trino, bucket: Bucket, tmp_path: Path) -> None:  # noqa: F811
    """All that the bucket then has is that run's."""
    project = tell(make(tmp_path / "small"), 0)
    told = {
        "engines": {"it": {"kind": "trino", "address": trino_on_s3.access.address}},
        "lake": {"address": bucket.address, "endpoint_url": bucket.endpoint},
    }
    with (project.root / "stocktake.yaml").open("a") as settings:
        settings.write(msgspec.yaml.encode(told).decode())
    collect(project)
    measured = measure_and_keep(project)
    schema = f"s_{uuid4().hex[:8]}"

    assert run(["--project", str(project.root), "catalogue", "it", "--schema", schema]) == 0

    [[found]] = trino_on_s3.connect().run(f"SELECT COUNT(*) FROM hive.{schema}.models")
    assert found == measured.tables["models"].num_rows
    assert {path.split("/")[-2] for path in objects(bucket)} == {f"published_run={measured.run_id}"}


def test_nothing_is_measured_where_the_bucket_is_not_there(plain: Project, bucket: Bucket) -> None:  # noqa: F811
    """It is told before anything is done, as what it leaves behind could not be found."""
    runs = list(plain.results.glob("run=*"))

    with pytest.raises(EngineError, match="NO_SUCH_BUCKET"):
        measure_and_keep(in_bucket(plain, Bucket("s3://no-such-bucket", bucket.endpoint)))

    assert list(plain.results.glob("run=*")) == runs

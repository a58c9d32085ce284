"""A real Spark in this process, as small and as quick as it gets for tables of few rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.servers import maven

from stocktake.engines.spark import Spark
from stocktake.engines.spark_session import check_java
from stocktake.errors import EngineError

SMALL = {
    "spark.driver.memory": "1g",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",  # to compile a query takes far longer than to run it over few rows
}


AWS_SDK = "2.35.4"
"""The version that Hadoop 3.5.0 was built with."""


def jars() -> Path:
    """The folder of what PySpark brings."""
    import pyspark

    return Path(pyspark.__file__).parent / "jars"


def jars_of_s3() -> list[Path]:
    """What lets Spark read and write an S3-compatible store besides. Raises MissingError."""
    [client] = jars().glob("hadoop-client-api-*.jar")
    version = client.stem.rpartition("-")[2]
    folder = maven.brought(f"hadoop-aws-{version}", lambda folder: _bring(version, folder))
    return sorted(folder.glob("*.jar"))


def _bring(version: str, folder: Path) -> None:
    """Hadoop's client of S3, with the parts of AWS's kit that it uses: the bundle that it asks for has all of them."""
    parts = [f"software.amazon.awssdk:{part}:{AWS_SDK}" for part in ("s3", "s3-transfer-manager", "sts")]
    told = [f"org.apache.hadoop:hadoop-aws:{version}", *parts]
    maven.copy_with_dependencies(told, folder, without="software.amazon.awssdk:bundle")


def spark() -> Spark:
    """The engine of all tests of one process, which have one Spark; the test is skipped where that can't be."""
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"real part missing: {error.problems[0].problem}")
    return Spark("local[2]", SMALL)

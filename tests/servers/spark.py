"""A real Spark in this process, as small and as quick as it gets for tables of few rows."""

from __future__ import annotations

import pytest

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


def spark() -> Spark:
    """The engine of all tests of one process, which have one Spark; the test is skipped where that can't be."""
    try:
        check_java()
    except EngineError as error:
        pytest.skip(f"real part missing: {error.problems[0].problem}")
    return Spark("local[2]", SMALL)

"""A row's outcome is the first case that is true, and says why it is unknown."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stocktake import metrics
from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError
from stocktake.metrics.compile import reason_text

AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
METRIC = """\
metric: age
asks: How old is it?
table: models
where: is_live
needs: [trained_at]
value: days
unit: day
buckets:
  fresh: {level: 4, when: value <= 7}
  stale: {level: 1, when: value <= 30 OR is_pinned}
  old: {level: 0, when: value <= 90}
"""
TYPES = {
    "model_id": pa.string(),
    "is_live": pa.bool_(),
    "is_pinned": pa.bool_(),
    "trained_at": pa.timestamp("s"),
    "days": pa.float64(),
}


def scored(folder: Path, row: dict[str, Any], metric: str = METRIC) -> dict[str, Any]:
    (folder / "age.yaml").write_text(metric)
    catalogue = metrics.load([folder], {"models": list(TYPES)})
    table = pa.Table.from_pylist([{"model_id": "m", **row}], schema=pa.schema(list(TYPES.items())))
    found: dict[str, Any] = metrics.score(catalogue, {"models": table}, AS_OF, DuckDb()).tables["models"].to_pylist()[0]
    return {name.removeprefix("age__"): value for name, value in found.items() if name.startswith("age__")}


@pytest.mark.parametrize(
    ("row", "outcome", "interval", "reason"),
    [
        ({"is_live": False}, "not_applicable", (None, None, None), None),
        ({"is_live": None, "days": 3.0}, "unknown", (0, None, 4), "is_live"),
        ({"is_live": True}, "unknown", (0, None, 4), "trained_at"),
        ({"is_live": True, "trained_at": 0}, "unknown", (0, None, 4), "days"),
        ({"is_live": True, "days": 7.0}, "fresh", (4, 4, 4), None),
        ({"is_live": True, "days": 7.0000000004}, "fresh", (4, 4, 4), None),
        ({"is_live": True, "days": 7.000000001}, "stale", (1, 1, 1), None),
        ({"is_live": True, "trained_at": 0, "days": 60.0}, "unknown", (0, None, 4), "is_pinned"),
        ({"is_live": True, "days": 60.0, "is_pinned": False}, "old", (0, 0, 0), None),
        ({"is_live": True, "days": 99.5, "is_pinned": False}, "error", (0, None, 4), "no bucket"),
    ],
)
def test_the_first_case_that_is_true_is_the_outcome(
    tmp_path: Path, row: dict[str, Any], outcome: str, interval: tuple[int | None, ...], reason: str | None
) -> None:
    found = scored(tmp_path, row)
    assert (found["outcome"], found["reason"]) == (outcome, reason)
    assert (found["low"], found["point"], found["high"]) == interval
    assert found["level"] == found["point"]


def test_an_error_names_the_value_that_no_bucket_takes(tmp_path: Path) -> None:
    found = scored(tmp_path, {"is_live": True, "days": 99.5, "is_pinned": False})
    assert reason_text(found["outcome"], found["reason"], found["value"]) == "no bucket for 99.5"


def test_absence_that_is_a_state_reaches_its_bucket(tmp_path: Path) -> None:
    metric = METRIC.replace("unit: day", "unit: day\nabsence: is a state").replace("value <= 7", "value IS NULL")
    assert scored(tmp_path, {"is_live": True}, metric)["outcome"] == "fresh"


def test_as_of_is_the_only_moment_that_an_expression_knows(tmp_path: Path) -> None:
    metric = METRIC.replace("value: days", "value: DATE_DIFF('day', CAST(trained_at AS DATE), CAST(as_of AS DATE))")
    trained = datetime(2026, 11, 13, 23)  # noqa: DTZ001 - UTC without zone, as in the lake
    assert scored(tmp_path, {"is_live": True, "trained_at": trained}, metric)["value"] == 10.0


def test_a_table_that_is_not_there_is_named_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "age.yaml").write_text(METRIC)
    catalogue = metrics.load([tmp_path], {"models": list(TYPES)})
    with pytest.raises(MetricError, match=r"age.yaml:3: there is no table models to score"):
        metrics.score(catalogue, {}, AS_OF, DuckDb())

"""Models are divided by any column: each stands in every slice that it has a value for, or in that of none."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from stocktake.engines import Step
from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError
from stocktake.metrics.slices import MEMBERS, SLICES, find_slicing, members_sql, slices_sql

MODELS = pa.table(
    {
        "model_id": ["a", "b", "c", "d"],
        "owners": pa.array([["red", "blue"], ["red", "red"], [], None], pa.list_(pa.string())),
        "sources": pa.array([["git"], ["git", "mlflow"], None, []], pa.list_(pa.string())),
        "purpose": pa.array(["ranking", "ranking", None, "no purpose"], pa.string()),
        "is_live": pa.array([True, False, None, True], pa.bool_()),
        "run_count": pa.array([1, 2, None, 1], pa.int64()),
        "days": pa.array([1.5, 2.0, None, 1.0], pa.float64()),
    }
)


def sliced(name: str) -> dict[str, list[str]]:
    """Slice value -> its models."""
    slicing = [find_slicing(name, MODELS.schema)]
    nodes = pa.table({"model_no": pa.array([1, 2, 3, 4], pa.int32()), "model_id": MODELS["model_id"]})
    steps = [Step(SLICES, slices_sql(slicing)), Step(MEMBERS, members_sql("standard.nodes", slicing))]
    found = DuckDb().run_tables(steps, {"standard.models": MODELS, "standard.nodes": nodes})
    names = {row["slice_no"]: row for row in found[SLICES].to_pylist()}
    told: dict[str, list[Any]] = {row["slice_value"]: [] for row in names.values()}
    for row in found[MEMBERS].to_pylist():
        told[names[row["slice_no"]]["slice_value"]].append(row["model_id"])
    return {value: sorted(models) for value, models in told.items()}


@pytest.mark.parametrize(
    ("name", "slices"),
    [
        ("owner", {"red": ["a", "b"], "blue": ["a"], "no team": ["c", "d"]}),
        ("owners", {"red": ["a", "b"], "blue": ["a"], "no team": ["c", "d"]}),
        ("tool", {"git": ["a", "b"], "mlflow": ["b"], "no tool": ["c", "d"]}),
        ("purpose", {"ranking": ["a", "b"], "no purpose": ["c", "d"]}),
        ("is_live", {"yes": ["a", "d"], "no": ["b"], "no is_live": ["c"]}),
        ("run_count", {"1": ["a", "d"], "2": ["b"], "no run_count": ["c"]}),
    ],
)
def test_a_model_stands_in_each_of_its_slices_and_once_in_everything(name: str, slices: dict[str, list[str]]) -> None:
    assert sliced(name) == {"everything": ["a", "b", "c", "d"], **slices}


@pytest.mark.parametrize("name", ["days", "nothing"])
def test_what_is_no_slice_is_refused_with_those_that_there_are(name: str) -> None:
    with pytest.raises(MetricError, match=r"use one of: is_live, model_id, owner, purpose, run_count, source, tool"):
        find_slicing(name, MODELS.schema)

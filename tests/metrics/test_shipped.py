"""The shipped metrics over the shipped tables, from a graph as the recorded company has it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from stocktake import library, metrics, standards
from stocktake.engines.duckdb import DuckDb
from stocktake.schema import load_schema

SHIPPED = Path(library.__file__).parent
AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
LONG_AGO, TODAY = datetime(2026, 9, 4, 18), datetime(2026, 11, 23, 17)  # noqa: DTZ001 - UTC without zone

GRAPH: dict[str, list[dict[str, Any]]] = {
    "model_code": [{"id": "train", "name": "train.py"}],
    "model_code_owned_by": [
        {"from_id": "train", "owner_id": "growth", "owner_name": "growth", "to_is": "ghost"},
        {"from_id": "train", "owner_id": "ana", "owner_name": "ana", "to_is": "ghost"},
    ],
    "workflow_run": [{"id": "run_1", "ended_at": LONG_AGO}, {"id": "run_2", "ended_at": TODAY}],
    "workflow_run_model_code": [{"from_id": run, "to_id": "train", "to_is": "described"} for run in ("run_1", "run_2")],
    "dataset": [{"id": "churn_train"}],
    "workflow_run_datasets": [
        {"from_id": run, "to_id": "churn_train", "to_is": "described", "digest": "611a"} for run in ("run_1", "run_2")
    ],
    "model_binary": [{"id": "version_1"}, {"id": "version_2"}],
    "model_binary_workflow_run": [
        {"from_id": f"version_{number}", "to_id": f"run_{number}", "to_is": "described"} for number in (1, 2)
    ],
    "model_deployment": [
        {"id": name, "name": name, "is_live": True, "affects_people": False}
        for name in ("endpoint", "churn-batch", "ray")
    ],
    "model_deployment_serves": [
        {"from_id": "endpoint", "to_id": "version_1", "to_is": "described", "share": 0.1, "slot": "v1"},
        {"from_id": "endpoint", "to_id": "version_2", "to_is": "described", "share": 0.9, "slot": "v2"},
        {"from_id": "churn-batch", "to_id": "somewhere", "to_is": "ghost"},
        {"from_id": "ray", "to_id": "version_2", "to_is": "described"},
    ],
}


@pytest.fixture(scope="module")
def measured() -> tuple[metrics.Catalogue, metrics.Rollups, metrics.Scores, dict[str, pa.Table]]:
    schema = load_schema([SHIPPED / "kinds"])
    files = standards.load_files([SHIPPED / "definitions"], [SHIPPED / "tables"], schema)
    graph = {name: pa.Table.from_pylist(rows) for name, rows in GRAPH.items()}
    tables = standards.run(files, graph, as_of=AS_OF, known_at=1)
    columns = {each.name: list(each.columns) for each in files.steps if each.is_table}
    catalogue = metrics.load([SHIPPED / "metrics"], columns)
    scores = metrics.score(catalogue, tables, AS_OF, DuckDb())
    return catalogue, metrics.roll_up(catalogue, scores, tables, DuckDb()), scores, tables


def node(measured: Any, model: str, name: str) -> tuple[Any, ...]:
    found = metrics.node_of(measured[0], measured[1].models, model, name)
    assert found
    return found["low"], found["point"], found["high"], found["outcome"]


def test_a_canary_trained_long_ago_weighs_by_its_traffic_and_the_worst_deployment_decides(measured: Any) -> None:
    """On the endpoint a tenth of the traffic is ageing: 0.1 x 2 + 0.9 x 4. Ray serves the fresh one alone."""
    pairs = metrics.pairs_of(measured[0].metrics["retraining_age"], measured[1], "train")
    assert [(row["deployment_id"], row["point"]) for row in pairs] == [("endpoint", 3.8), ("ray", 4.0)]
    assert node(measured, "train", "retraining_age") == (3.8, 3.8, 3.8, "recent")


def test_what_a_ghost_binary_is_worth_is_unknown(measured: Any) -> None:
    assert node(measured, "churn-batch", "retraining_age") == (0, None, 4, "unknown")
    assert node(measured, "churn-batch", "training_set_pinned") == (0, None, 4, "unknown")
    part = metrics.parts(measured[0].metrics["retraining_age"], measured[2], measured[3], "churn-batch")[0]
    assert (part["takes_part_as"], part["because"]) == ("unknown", "trained_at is not known")


def test_owners_that_nobody_describes_are_named_and_no_owner_is_level_0(measured: Any) -> None:
    assert node(measured, "train", "resolved_owner") == (2, 2, 2, "named")
    assert node(measured, "churn-batch", "resolved_owner") == (0, 0, 0, "nobody")


def test_a_model_of_two_owners_counts_for_both_and_once_in_total(measured: Any) -> None:
    rows = [row for row in measured[1].populations.to_pylist() if row["node"] == "overall"]
    told = {(row["slice"], row["slice_value"]): (row["models"], row["by_deployment"]) for row in rows}
    assert told == {
        ("everything", "everything"): (2, 1),
        ("owner", "ana"): (1, 0),
        ("owner", "growth"): (1, 0),
        ("owner", "no team"): (1, 1),
    }


def test_exposure_tells_by_count_and_by_traffic_with_the_unknown_beside(measured: Any) -> None:
    rows = [row for row in measured[1].exposure.to_pylist() if row["slice"] == "everything"]
    told = {
        row["bucket"]: (row["servings"], row["count_share"], row["traffic_share"]) for row in rows if row["servings"]
    }
    assert told == {
        "fresh": (2, 0.5, pytest.approx(1.9 / 3)),
        "ageing": (1, 0.25, pytest.approx(0.1 / 3)),
        "unknown": (1, 0.25, pytest.approx(1 / 3)),
    }


def test_a_goal_of_which_nothing_is_asked_takes_no_part_above(measured: Any) -> None:
    """The deployments decide over no people, so nothing is asked of fairness: the other goals alone make the top."""
    goals = ("data_governance", "security", "ownership_accountability", "robustness", "efficiency")
    each = [node(measured, "train", goal) for goal in goals]
    low, point, high, _ = node(measured, "train", "overall")

    assert node(measured, "train", "fairness") == (None, None, None, "not_applicable")
    assert (low, high) == (
        pytest.approx(sum(goal[0] for goal in each) / 5),
        pytest.approx(sum(goal[2] for goal in each) / 5),
    )
    assert point == pytest.approx(sum(goal[1] for goal in each) / 5)

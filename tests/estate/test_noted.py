"""What metrics ask for is told of some things and missing of others, as in a real company."""

from __future__ import annotations

import pytest
from tests.estate.holding import Holding

TOLD = {
    "model_family": ("owners", "purpose", "risk_tier", "risk_state", "affects_people"),
    "model_binary": ("version", "uri", "approval", "license", "build_level"),
    "model_deployment": (
        *("status", "environment", "purpose", "owners", "url", "last_request_at", "rollout"),
        *("oversight", "log_retention_days"),
    ),
    "workflow_run": ("commit", "trigger", "cadence_days", "parameter_count", "seed", "environment", "energy_kwh"),
    "model_code": ("owners", "last_review", "documented_at"),
    "feature": ("classification", "reviewed_at", "purpose"),
    "feature_source": ("classification", "purpose_state", "retention_days"),
    "assessment": ("topic", "state", "result", "assessed_at", "expires_at", "worst_gap", "slice_count", "cadence_days"),
    "owner": ("is_active", "email"),
}


@pytest.mark.parametrize(("kind", "field"), [(kind, field) for kind, fields in TOLD.items() for field in fields])
def test_a_field_is_told_of_some(holding: Holding, kind: str, field: str) -> None:
    column = holding.measured.snapshot[kind].column(field)

    assert len(column) - column.null_count > 0.02 * len(column)


@pytest.mark.parametrize("topic", ["quality", "fairness", "access", "review", "drift"])
def test_assessments_are_of_every_sort(holding: Holding, topic: str) -> None:
    assert topic in holding.measured.snapshot["assessment"].column("topic").to_pylist()

"""What the sources of a project can't tell is named, with the connectors that could."""

from __future__ import annotations

from pathlib import Path

from stocktake.pipeline.line import catalogue_of, open_project, standards_of
from stocktake.reach import Untold, untold


def reached(folder: Path, *connectors: str) -> dict[tuple[str, str], Untold]:
    """What is untold in a project with a source for each connector, by metric and column."""
    (folder / "sources").mkdir(parents=True)
    (folder / "stocktake.yaml").write_text("project: acme\n", "utf-8")
    for connector in connectors:
        (folder / "sources" / f"{connector}.yaml").write_text(f"connector: {connector}\npath: .\n", "utf-8")
    project = open_project(folder)
    standards = standards_of(project)
    return {(each.metric, each.column): each for each in untold(project, standards, catalogue_of(project, standards))}


def test_a_metric_that_no_source_can_answer_is_named_with_the_connectors_that_could(tmp_path: Path) -> None:
    """Git tells how code was reviewed; it knows nothing of approvals, nor of gaps between groups."""
    found = reached(tmp_path, "git")

    assert ("reviewed_source", "code_review") not in found
    assert found["release_approved", "approval"] == Untold(
        "release_approved", "approval", ("model_binary.approval",), ("mlflow", "sagemaker")
    )
    assert "these connectors could: mlflow, sagemaker" in found["release_approved", "approval"].says
    assert ("group_gap", "fairness_gap") in found


def test_a_field_may_be_told_of_any_kind_and_behind_definitions(tmp_path: Path) -> None:
    """MLflow tells of the risk of families and of approvals of versions; of the owners' presence no connector tells."""
    found = reached(tmp_path, "mlflow")

    assert not {("risk_assessed", "risk_state"), ("release_approved", "approval"), ("group_gap", "fairness_gap")} & set(
        found
    )
    assert found["monitors_alive", "monitor_lateness"].fields == ("assessment.cadence_days",)
    assert found["resolved_owner", "is_owner_active"].connectors == ()
    assert "no connector can" in found["resolved_owner", "is_owner_active"].says


def test_a_project_without_sources_lacks_nothing_yet(tmp_path: Path) -> None:
    assert reached(tmp_path) == {}

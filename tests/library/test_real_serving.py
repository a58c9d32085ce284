"""Recorded answers of SageMaker, Ray Serve and BentoML: per file, how many claims, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import real, take

ACME = "acme-recorded"
SAGEMAKER = f"{ACME}/sagemaker"
FILES: dict[str, tuple[str, dict[str, int], dict[str, int], dict[str, int]]] = {
    f"{SAGEMAKER}/describe_endpoint.acme-churn-prod.json": (
        "sagemaker", {"Endpoint": 1}, {"model_deployment": 1}, {"serves": 2},
    ),
    f"{SAGEMAKER}/describe_endpoint_config.acme-churn-cfg.json": (
        "sagemaker", {"EndpointConfig": 1}, {"none": 2}, {"carries": 2},
    ),
    f"{SAGEMAKER}/describe_model.acme-churn-1.json": ("sagemaker", {"Model": 1}, {"none": 1}, {"carries": 1}),
    f"{SAGEMAKER}/describe_model.acme-churn-2.json": ("sagemaker", {"Model": 1}, {"none": 1}, {"carries": 1}),
    f"{SAGEMAKER}/describe_model_package.1.json": (
        "sagemaker", {"ModelPackage": 1}, {"model_binary": 1}, {"family": 1, "workflow_run": 1},
    ),
    f"{SAGEMAKER}/describe_model_package.2.json": (
        "sagemaker", {"ModelPackage": 1}, {"model_binary": 1}, {"family": 1, "workflow_run": 1},
    ),
    f"{SAGEMAKER}/list_endpoints.json": ("sagemaker", {"EndpointSummary": 1}, {"model_deployment": 1}, {}),
    f"{SAGEMAKER}/list_model_package_groups.json": (
        "sagemaker", {"ModelPackageGroupSummary": 2}, {"model_family": 2}, {},
    ),
    f"{SAGEMAKER}/list_model_packages.json": (
        "sagemaker", {"ModelPackageSummary": 2}, {"model_binary": 2}, {"family": 2},
    ),
    # Bundles: kept, counted, no artifacts.
    f"{SAGEMAKER}/list_models.json": ("sagemaker", {"ModelSummary": 4}, {"none": 4}, {}),
    # On its own, nobody knows whose tags these are.
    f"{SAGEMAKER}/list_tags.endpoint.json": ("sagemaker", {"Tags": 1}, {"none": 1}, {}),
    # Its steps (two of processing, training, a condition) are planned; none has run.
    "sagemaker/sm-pipelines_preprocess_train_evaluate_batch_transform.pipeline_definition.json": (
        "sagemaker", {"PipelineDefinition": 1}, {"none": 1}, {},
    ),
    f"{ACME}/ray/serve_applications.running.json": (
        "ray_serve", {"Application": 1}, {"model_deployment": 1}, {"serves": 1},
    ),
    f"{ACME}/bentoml/model.yaml": ("bentoml", {"Model": 1}, {"model_binary": 1}, {"workflow_run": 1}),
    f"{ACME}/bentoml/bento.yaml": ("bentoml", {"Bento": 1}, {"none": 1}, {"carries": 1}),
}  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_recorded_answer_gives_what_was_counted_by_hand(path: str) -> None:
    """Every record is mapped, and nothing is reported."""
    tool, labels, kinds, links = FILES[path]

    taken = take(tool, real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == (labels, kinds, links)
    assert taken.mapped == sum(labels.values())


def test_the_tags_of_the_only_endpoint_are_its_owners() -> None:
    """The file `list_tags.endpoint.json` names no ARN: with one endpoint in the folder, it is its."""
    taken = take("sagemaker", real(SAGEMAKER))

    owners = {row["part"]: row["owners"] for row in taken.claims["model_deployment"] if row["owners"]}
    assert owners == {"arn:aws:sagemaker:us-east-1:123456789012:endpoint/acme-churn-prod": ["growth@acme.example"]}

"""KServe: what each cluster's API listed, week by week; one cluster could not be read of late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stocktake.estate.clock import AS_OF, WEEK, folder, iso
from stocktake.estate.company import KSERVE, Binary, Deployment, Model, Team
from stocktake.estate.out import Out
from stocktake.estate.serving import EDGE, PROD
from stocktake.estate.truth import Truth, deployment_id

SOURCES = {PROD: "kserve-prod", EDGE: "kserve-edge"}
MISSED = WEEK * 2  # how long ago the edge was last read


def begin(out: Out, readings: list[datetime]) -> None:
    """A file for each reading, also of a cluster on which nothing serves."""
    for cluster, source in SOURCES.items():
        for reading in readings:
            if was_read(cluster, reading):
                out.touch(f"recorded/{source}/{folder(reading)}/services.jsonl")


def was_read(cluster: str, reading: datetime) -> bool:
    """Whether a cluster was read at a moment."""
    return cluster != EDGE or reading <= AS_OF - MISSED


def write(team: Team, out: Out, truth: Truth, readings: list[datetime]) -> None:
    """Each service of the team at each reading at which it was there."""
    for model in team.models:
        for deployment in model.deployments:
            if deployment.tool == KSERVE:
                _service(model, deployment, out, truth, readings)


def _service(model: Model, deployment: Deployment, out: Out, truth: Truth, readings: list[datetime]) -> None:
    source, id_ = SOURCES[deployment.cluster], deployment_id(model, deployment)
    namespace = f"services.jsonl#{model.team.name}"
    for reading in readings:
        if not (deployment.is_there(reading) and was_read(deployment.cluster, reading)):
            continue
        file = f"recorded/{source}/{folder(reading)}/services.jsonl"
        serving = deployment.serving(reading)
        out.line(file, _body(model, deployment, reading, serving))
        truth.tells(id_, source, "InferenceService", f"{namespace}/{deployment.name}")
        if deployment.holds_many:
            for binary in serving:
                out.line(file, _part(model, deployment, binary))
    if deployment.holds_many:
        for binary in deployment.serving(readings[-1]):
            truth.tells(id_, source, "TrainedModel", f"{namespace}/{binary.part}")


def _body(model: Model, deployment: Deployment, reading: datetime, serving: list[Binary]) -> dict[str, Any]:
    annotations = {"purpose": model.name} | {f"stocktake.dev/{name}": told for name, told in deployment.notes.items()}
    if model.owner:
        other = model.team.people[-1] if "conflicting_owner" in model.mess else model.owner
        annotations["stocktake.dev/owner"] = other.email
    if deployment.tells_requests:
        annotations["stocktake.dev/last_request_at"] = iso(deployment.asked_at(reading))
    predictor: dict[str, Any] = {"containers": [{"image": f"registry.meridian.example/{model.team.name}/{model.name}"}]}
    if serving and not deployment.holds_many and deployment.how != "image":
        predictor = {
            "model": {"modelFormat": {"name": "mlflow"}, "storageUri": _storage(model, deployment, serving[0])}
        }
        if declared := _declared(model, deployment, serving[0]):
            annotations["stocktake.dev/model"] = declared
    return {
        "apiVersion": "serving.kserve.io/v1beta1",
        "kind": "InferenceService",
        "metadata": {
            "name": deployment.name,
            "namespace": model.team.name,
            "creationTimestamp": iso(deployment.created_at),
            "labels": {"environment": deployment.environment, "team": model.team.name},
            "annotations": annotations,
        },
        "spec": {"predictor": predictor},
        "status": {"conditions": [{"type": "Ready", "status": "True"}], "url": f"http://{deployment.name}.example"},
    }


def _storage(model: Model, deployment: Deployment, binary: Binary) -> str:
    """Where the weights lie: the registry's own place, or a copy of them for serving."""
    if deployment.how == "natural":
        return binary.place
    return f"s3://meridian-serving/{model.team.name}/{model.name}/{binary.number}"


def _declared(model: Model, deployment: Deployment, binary: Binary) -> str:
    """What the linking convention's annotation says."""
    if deployment.how == "alias":
        return f"mlflow:{model.family}@champion"
    if deployment.how != "declared":
        return ""
    number = binary.number - 1 if "wrong_tag" in deployment.mess else binary.number
    return f"mlflow:{model.family}/{max(number, 1)}"


def _part(model: Model, deployment: Deployment, binary: Binary) -> dict[str, Any]:
    """One of the many models that a service has loaded."""
    return {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "TrainedModel",
        "metadata": {"name": binary.part, "namespace": model.team.name, "creationTimestamp": iso(binary.created_at)},
        "spec": {"inferenceService": deployment.name, "model": {"storageUri": binary.place, "framework": "mlflow"}},
    }

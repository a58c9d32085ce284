"""SageMaker: training jobs, packages, models and configurations of each team's account; its endpoints, week by week."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from stocktake.estate.clock import ago, folder, iso
from stocktake.estate.company import CLOUD, SAGEMAKER, Binary, Deployment, Model, Team, Training
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, binary_id, dataset_id, deployment_id, family_id, run_id

FOLDER = "recorded/sagemaker"
ENDPOINTS = "recorded/sagemaker-endpoints"
REGION = "eu-west-1"
MONITORS = ("DataQuality", "ModelQuality")
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"


def arn(team: Team, resource: str) -> str:
    """The address of something in a team's account."""
    return f"arn:aws:sagemaker:{REGION}:{team.account}:{resource}"


def write(team: Team, out: Out, truth: Truth, readings: list[datetime]) -> None:
    """All that the team's account says, and what its endpoints said at each reading."""
    for model in team.models:
        deployments = [each for each in model.deployments if each.tool == SAGEMAKER]
        if team.stack == CLOUD:
            for training in model.trainings:
                _job(model, training, out, truth)
        if team.stack == CLOUD or deployments:
            _packages(model, deployments, out, truth)
        for deployment in deployments:
            _configurations(model, deployment, out)
            _endpoint(model, deployment, out, truth, readings)


def _job_name(model: Model, training: Training) -> str:
    return f"{model.name}-{training.number}"


def _job(model: Model, training: Training, out: Out, truth: Truth) -> None:
    name = _job_name(model, training)
    at = arn(model.team, f"training-job/{name}")
    uri = model.training_set.removesuffix(".parquet")
    code = {
        "sagemaker_program": training.code.path,
        "sagemaker_submit_directory": f"{model.team.repository_at(training.started_at)}.git",
        **training.params,
    }
    told: dict[str, Any] = {
        "TrainingJobName": name,
        "TrainingJobArn": at,
        "TrainingJobStatus": "Failed" if training.has_failed else "Completed",
        "HyperParameters": code,
        "InputDataConfig": [{"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": uri}}}],
        "CreationTime": iso(training.started_at),
        "TrainingStartTime": iso(training.started_at),
        "TrainingEndTime": iso(training.ended_at),
        "BillableTimeInSeconds": int((training.ended_at - training.started_at).total_seconds()),
        "AlgorithmSpecification": {"TrainingImage": training.image or None},
    }
    made = next((each for each in model.binaries if each.training is training), None)
    truth.tells(run_id(model, training), "sagemaker", "TrainingJob", at)
    truth.tells(dataset_id(model), "sagemaker", "TrainingJob", at)
    if made:
        told["ModelArtifacts"] = {"S3ModelArtifacts": made.place}
        truth.tells(binary_id(model, made), "sagemaker", "TrainingJob", at)
    out.line(f"{FOLDER}/training-jobs.jsonl", told)


def _packages(model: Model, deployments: list[Deployment], out: Out, truth: Truth) -> None:
    """A package for each version; where MLflow is the registry, only for what was deployed."""
    is_cloud = model.team.stack == CLOUD
    deployed = {binary.number for each in deployments for _, binary in each.rollouts}
    if is_cloud and "never_registered" in model.mess:
        return
    at = arn(model.team, f"model-package-group/{model.name}")
    group = {"ModelPackageGroupName": model.name, "ModelPackageGroupArn": at, "CreationTime": iso(model.born_at)}
    out.line(f"{FOLDER}/groups.jsonl", {**group, "ModelPackageGroupDescription": f"{model.name} of {model.team.name}"})
    if is_cloud:
        truth.tells(family_id(model), "sagemaker", "ModelPackageGroup", at)
    else:
        truth.thing(f"{family_id(model)}@sagemaker", model.name, {"two_registries"})
        truth.tells(f"{family_id(model)}@sagemaker", "sagemaker", "ModelPackageGroup", at)
    owner = model.owner.email if model.owner else ""
    _tag(at, {"owner": owner, "purpose": model.name, **model.notes}, f"{FOLDER}/tags.jsonl", out)
    for binary in model.binaries:
        if is_cloud or binary.number in deployed:
            out.line(f"{FOLDER}/packages.jsonl", _package(model, binary))
            if is_cloud:
                _tag(_package_arn(model, binary), binary.notes, f"{FOLDER}/tags.jsonl", out)
            truth.tells(binary_id(model, binary), "sagemaker", "ModelPackage", _package_arn(model, binary))
            if not is_cloud:
                truth.edge("family", (binary_id(model, binary), f"{family_id(model)}@sagemaker"), "sagemaker")


def _package_arn(model: Model, binary: Binary) -> str:
    return arn(model.team, f"model-package/{model.name}/{binary.number}")


def _package(model: Model, binary: Binary) -> dict[str, Any]:
    """A package; one that was made from MLflow's version lies elsewhere, and a property says which version it is."""
    is_cloud, is_approved = model.team.stack == CLOUD, binary.notes["validation_status"] == "approved"
    copy = f"s3://meridian-{model.team.name}-serving/{model.name}/{binary.number}/model.tar.gz"
    told: dict[str, Any] = {
        "ModelPackageGroupName": model.name,
        "ModelPackageVersion": binary.number,
        "ModelPackageArn": _package_arn(model, binary),
        "CreationTime": iso(binary.created_at),
        "InferenceSpecification": {
            "Containers": [{"Image": IMAGE, "ModelDataUrl": binary.place if is_cloud else copy}]
        },
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved" if is_approved else "PendingManualApproval",
    }
    if binary.training and is_cloud:
        told["MetadataProperties"] = {"CommitId": binary.training.commit}
    if not is_cloud:
        told["CustomerMetadataProperties"] = {"mlflow.model_version": f"{model.family}/{binary.number}"}
    properties = told.setdefault("CustomerMetadataProperties", {})
    properties |= {name: binary.notes[name] for name in ("license", "slsa_level") if name in binary.notes}
    if "conflicting_owner" in model.mess:
        properties["owner"] = model.team.people[-1].email
    return told


def _configuration(deployment: Deployment, serving: list[Binary]) -> str:
    return f"{deployment.name}-{'-'.join(str(each.number) for each in serving)}"


def _configurations(model: Model, deployment: Deployment, out: Out) -> None:
    """A configuration for each rollout, with a model for each variant."""
    scope, told = model.team, set[str]()
    for moment, _ in deployment.rollouts:
        serving = deployment.serving(moment)
        name = _configuration(deployment, serving)
        variants = [{"VariantName": f"v{each.number}", "ModelName": f"{model.name}-{each.number}"} for each in serving]
        at = arn(scope, f"endpoint-config/{name}")
        config = {"EndpointConfigName": name, "EndpointConfigArn": at, "CreationTime": iso(moment)}
        out.line(f"{FOLDER}/endpoint-configs.jsonl", {**config, "ProductionVariants": variants})
        for each in serving:
            bundle = f"{model.name}-{each.number}"
            if bundle in told:
                continue
            told.add(bundle)
            is_packaged = model.team.stack != CLOUD or "never_registered" not in model.mess
            inside = {"ModelPackageName": _package_arn(model, each)} if is_packaged else {"ModelDataUrl": each.place}
            named = {"ModelName": bundle, "ModelArn": arn(scope, f"model/{bundle}"), "Containers": [inside]}
            out.line(f"{FOLDER}/models.jsonl", {**named, "CreationTime": iso(moment)})


def _endpoint(model: Model, deployment: Deployment, out: Out, truth: Truth, readings: list[datetime]) -> None:
    """What the endpoint said at each reading at which it was there."""
    at = arn(model.team, f"endpoint/{deployment.name}")
    for reading in readings:
        file = f"{ENDPOINTS}/{folder(reading)}"
        if not deployment.is_there(reading):
            continue
        serving = deployment.serving(reading)
        weights = (0.1, 0.9) if len(serving) == 2 else (1.0,)
        variants = [
            {"VariantName": f"v{each.number}", "CurrentWeight": weight}
            for each, weight in zip(serving, weights, strict=True)
        ]
        told = {
            "EndpointName": deployment.name,
            "EndpointArn": at,
            "EndpointConfigName": _configuration(deployment, serving),
            "ProductionVariants": variants,
            "EndpointStatus": "InService",
            "CreationTime": iso(deployment.created_at),
            "LastModifiedTime": iso(max(moment for moment, _ in deployment.rollouts if moment <= reading)),
            "LastDeploymentConfig": _rollout(deployment),
        }
        out.line(f"{file}/endpoints.jsonl", told)
        tags = {"owner": model.owner.email if model.owner else "", "environment": deployment.environment}
        tags |= {"purpose": model.name, **deployment.notes}
        if deployment.tells_requests:
            tags["stocktake.dev/last_request_at"] = iso(deployment.asked_at(reading))
        _tag(at, tags, f"{file}/tags.jsonl", out)
        truth.tells(deployment_id(model, deployment), "sagemaker-endpoints", "Endpoint", at)
    if deployment.is_monitored and not deployment.deleted_at:
        for topic in MONITORS:
            out.line(f"{FOLDER}/monitors.jsonl", _monitor(model, deployment, topic))


def _rollout(deployment: Deployment) -> dict[str, Any]:
    """How the endpoint takes a new version in."""
    kind = "CANARY" if deployment.has_canary else "ALL_AT_ONCE"
    told: dict[str, Any] = {"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": {"Type": kind}}}
    if deployment.rollback:
        told["AutoRollbackConfiguration"] = {"Alarms": [{"AlarmName": f"{deployment.name}-errors"}]}
    return told


def _monitor(model: Model, deployment: Deployment, topic: str) -> dict[str, Any]:
    """A monitor of an endpoint that ran today."""
    name = f"{deployment.name}-{topic.lower()}"
    ran = {"MonitoringExecutionStatus": "Completed", "ScheduledTime": iso(ago(0.3)), "EndpointName": deployment.name}
    return {
        "MonitoringScheduleName": name,
        "MonitoringScheduleArn": arn(model.team, f"monitoring-schedule/{name}"),
        "MonitoringScheduleStatus": "Scheduled",
        "MonitoringType": topic,
        "EndpointName": deployment.name,
        "CreationTime": iso(deployment.created_at),
        "MonitoringScheduleConfig": {"ScheduleConfig": {"ScheduleExpression": "cron(0 0 ? * * *)"}},
        "LastMonitoringExecutionSummary": ran,
    }


def _tag(at: str, tags: dict[str, str], file: str, out: Out) -> None:
    listed = [{"Key": key, "Value": value} for key, value in tags.items() if value]
    out.line(file, {"ResourceArn": at, "Tags": listed})

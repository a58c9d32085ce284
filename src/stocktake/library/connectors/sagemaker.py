"""SageMaker: packages, models, endpoints, jobs and tags of one account and region.

`path:` is a file or folder of boto3's answers as JSON; `region:` (and `endpoint_url:`) asks the service itself, with
boto3 (the extra `sagemaker`) and its usual credentials. `tags:` lists whose tags are asked for: Endpoint,
ModelPackageGroup and TrainingJob by default. `without:` lists what is not asked for: MonitoringSchedule, ModelCard …
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, Document, documents, each_answer, objects_in, read_each
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

# Describe answers by the key that tells them: the first that is there counts, as an answer names other things too. A
# job tells what started it, a component its endpoint, a feature its group.
DESCRIBED = {
    "TransformJobName": ("TransformJob", "TransformJobArn"),
    "ProcessingJobName": ("ProcessingJob", "ProcessingJobArn"),
    "TrainingJobName": ("TrainingJob", "TrainingJobArn"),
    "MonitoringScheduleArn": ("MonitoringSchedule", "MonitoringScheduleArn"),
    "ModelPackageArn": ("ModelPackage", "ModelPackageArn"),
    "ModelPackageGroupArn": ("ModelPackageGroup", "ModelPackageGroupArn"),
    "InferenceComponentArn": ("InferenceComponent", "InferenceComponentArn"),
    "EndpointArn": ("Endpoint", "EndpointArn"),
    "EndpointConfigArn": ("EndpointConfig", "EndpointConfigArn"),
    "FeatureName": ("FeatureMetadata", "FeatureIdentifier"),
    "FeatureGroupArn": ("FeatureGroup", "FeatureGroupArn"),
    "PipelineExecutionArn": ("PipelineExecution", "PipelineExecutionArn"),
    "PipelineArn": ("Pipeline", "PipelineArn"),
    "ModelCardArn": ("ModelCard", "ModelCardArn"),
    "ModelArn": ("Model", "ModelArn"),
}
# Lists by the key that holds their lines.
LISTED = {
    "ModelPackageGroupSummaryList": ("ModelPackageGroupSummary", "ModelPackageGroupArn"),
    "ModelPackageSummaryList": ("ModelPackageSummary", "ModelPackageArn"),
    "Models": ("ModelSummary", "ModelArn"),
    "EndpointConfigs": ("EndpointConfigSummary", "EndpointConfigArn"),
    "Endpoints": ("EndpointSummary", "EndpointArn"),
    "InferenceComponents": ("InferenceComponentSummary", "InferenceComponentArn"),
    "FeatureGroupSummaries": ("FeatureGroupSummary", "FeatureGroupArn"),
    "TrainingJobSummaries": ("TrainingJobSummary", "TrainingJobArn"),
    "ProcessingJobSummaries": ("ProcessingJobSummary", "ProcessingJobArn"),
    "TransformJobSummaries": ("TransformJobSummary", "TransformJobArn"),
    "PipelineSummaries": ("PipelineSummary", "PipelineArn"),
    "PipelineExecutionSummaries": ("PipelineExecutionSummary", "PipelineExecutionArn"),
    "MonitoringScheduleSummaries": ("MonitoringScheduleSummary", "MonitoringScheduleArn"),
    "ModelCardSummaries": ("ModelCardSummary", "ModelCardArn"),
}
LABELS = (*(label for label, _ in (*DESCRIBED.values(), *LISTED.values())), "Tags", "PipelineDefinition")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """All that an account's region, or a folder of answers, holds."""
    if not source.settings.get("path"):
        from stocktake.collect.sagemaker_account import from_account

        yield from from_account(source)
        return
    tags: list[Document] = []
    arns: list[str] = []

    def read(document: Document) -> Iterator[Seen | Problem]:
        if is_tags(document):
            tags.append(document)
            return
        for each in from_document(document):
            arns.extend([each.key] if isinstance(each, Seen) else [])
            yield each

    yield from read_each(documents(source, endings=JSON), read)
    for document in tags:
        yield tagged(resource_of(document.stem, arns), document.value["Tags"], document.name)


def is_tags(document: Document) -> bool:
    """Whether this is an answer of ListTags, which does not say whose tags they are."""
    return document.is_object and set(document.value) - {"ResponseMetadata", "NextToken"} == {"Tags"}


def from_document(document: Document) -> Iterator[Seen | Problem]:
    """One recorded answer, or a list of them; a search's results are descriptions, each under its type."""
    for answer in each_answer(document, lambda told: bool(told.keys() & (DESCRIBED.keys() | LISTED.keys()))):
        if not answer.is_object:
            yield Seen("Unknown", document.name, answer.value)
        elif isinstance(answer.value.get("Results"), list):
            for result in objects_in(answer.value["Results"], document.where):
                for each in [result] if isinstance(result, Problem) else result.values():
                    yield from [each] if isinstance(each, Problem) else from_answer(each, document)
        else:
            yield from from_answer(answer.value, document)


def from_answer(told: dict[str, Any], document: Document) -> Iterator[Seen | Problem]:
    """One answer: a list, or a description, or the definition of a pipeline."""
    listed = [name for name in LISTED if isinstance(told.get(name), list)]
    described = next((name for name in DESCRIBED if name in told), None)
    if listed:
        for name in listed:
            label, arn = LISTED[name]
            for each in objects_in(told[name], f"{document.where}: {name}"):
                yield each if isinstance(each, Problem) else Seen(label, str(each.get(arn) or document.name), each)
    elif described:
        label, arn = DESCRIBED[described]
        yield Seen(label, str(told.get(arn) or document.name), without_metadata(told))
        if isinstance(told.get("PipelineDefinition"), str):
            yield Seen("PipelineDefinition", str(told.get(arn)), json.loads(told["PipelineDefinition"]))
    elif "Tags" in told and "ResourceArn" in told:
        yield tagged(told["ResourceArn"], told["Tags"], document.name)
    elif "Steps" in told and "Version" in told:
        yield Seen("PipelineDefinition", document.name, told)
    else:
        yield Seen(label_of(told), document.name, told)


def label_of(told: dict[str, Any]) -> str:
    """What another answer is of, by its own ARN or list, so that it is missed by its name."""
    named = [name.removesuffix("Arn") for name in told if name.endswith("Arn") and f"{name[:-3]}Name" in told]
    return next(iter([*named, *(name for name, value in told.items() if isinstance(value, list))]), "Unknown")


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without boto3's note of how it was fetched."""
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def tagged(arn: str | None, tags: list[Any], name: str) -> Seen:
    """The tags of a resource: the answer does not say whose they are, so the ARN that was asked for stands beside."""
    return Seen("Tags", arn or name, {"ResourceArn": arn, "Tags": tags})


def resource_of(stem: str, arns: list[str]) -> str | None:
    """The ARN that a file `list_tags.<resource or its type>.json` speaks of, if just one fits its name."""
    hint = stem.partition(".")[2]
    resources = {arn: arn.split(":", 5)[-1] for arn in arns if arn.startswith("arn:")}
    by_name = {arn for arn, resource in resources.items() if resource.endswith(f"/{hint}")}
    by_type = {arn for arn, resource in resources.items() if resource.startswith(f"{hint}/")}
    return next((found.pop() for found in (by_name, by_type) if len(found) == 1), None)

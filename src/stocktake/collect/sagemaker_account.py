"""SageMaker's own answers, through boto3."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from typing import Any

from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source

# What is listed and then described. Calls, lists and names follow one pattern: list_models gives Models, whose
# describe_model is asked by ModelName.
ASKED = (
    ("list_models", "Models", "Model"),
    ("list_endpoint_configs", "EndpointConfigs", "EndpointConfig"),
    ("list_endpoints", "Endpoints", "Endpoint"),
    ("list_inference_components", "InferenceComponents", "InferenceComponent"),
    ("list_feature_groups", "FeatureGroupSummaries", "FeatureGroup"),
    ("list_training_jobs", "TrainingJobSummaries", "TrainingJob"),
    ("list_processing_jobs", "ProcessingJobSummaries", "ProcessingJob"),
    ("list_transform_jobs", "TransformJobSummaries", "TransformJob"),
    ("list_monitoring_schedules", "MonitoringScheduleSummaries", "MonitoringSchedule"),
    ("list_model_cards", "ModelCardSummaries", "ModelCard"),
)
# Whose tags are asked for, unless the source says otherwise; versions of packages can have none.
TAGGED = ("Endpoint", "ModelPackageGroup", "TrainingJob")


def from_account(source: Source) -> Iterator[Seen | Problem]:
    """Groups and their packages, then all else; what one call refuses is a Problem, and the rest comes."""
    account = Account(source)
    for group in account.listed("list_model_package_groups", "ModelPackageGroupSummaryList"):
        name = group["ModelPackageGroupName"]
        yield from account.described("ModelPackageGroup", name)
        # Without a group's name, the list holds unversioned packages only.
        for package in account.listed("list_model_packages", "ModelPackageSummaryList", ModelPackageGroupName=name):
            yield from account.described("ModelPackage", package["ModelPackageArn"])
    for package in account.listed("list_model_packages", "ModelPackageSummaryList"):
        yield from account.described("ModelPackage", package["ModelPackageArn"])
    without = source.settings.get("without") or ()
    for operation, lines, label in (each for each in ASKED if each[2] not in without):
        for line in account.listed(operation, lines):
            yield from account.described(label, line[f"{label}Name"])
    yield from account.problems


class Account:
    """One account and region. problems: what could not be listed."""

    def __init__(self, source: Source) -> None:
        try:
            boto3 = importlib.import_module("boto3")
            self.errors = importlib.import_module("botocore.exceptions")
            config = importlib.import_module("botocore.config").Config(
                retries={"max_attempts": int(source.settings.get("attempts", 4))}
            )
        except ImportError as error:
            raise CollectError(
                source.where or source.name, "boto3 is not installed", 'install it: pip install "stocktake[sagemaker]"'
            ) from error
        settings = source.settings
        if not settings.get("region"):
            raise CollectError(source.where or source.name, "neither `region:` nor `path:` is set", "set one of them")
        self.client = boto3.client(
            "sagemaker",
            region_name=settings["region"],
            endpoint_url=settings.get("endpoint_url"),
            aws_access_key_id=settings.get("access_key_id"),
            aws_secret_access_key=settings.get("secret_access_key"),
            config=config,
        )
        self.tagged = tuple(settings.get("tags", TAGGED))
        self.problems: list[Problem] = []

    def listed(self, operation: str, lines: str, **arguments: str) -> Iterator[dict[str, Any]]:
        """Every line of a list, page by page."""
        try:
            for page in self.client.get_paginator(operation).paginate(**arguments):
                yield from page[lines]
        except (self.errors.ClientError, self.errors.BotoCoreError) as error:
            self.problems.append(self._problem(operation, error))

    def described(self, label: str, name: str) -> Iterator[Seen | Problem]:
        """One thing, and its tags."""
        operation = "describe" + re.sub("([A-Z])", r"_\1", label).lower()
        try:
            answer = plain(getattr(self.client, operation)(**{f"{label}Name": name}))
            arn = answer[f"{label}Arn"]
            yield Seen(label, arn, answer)
            tags = self._tags(arn) if label in self.tagged else []
            if tags:
                yield Seen("Tags", arn, {"ResourceArn": arn, "Tags": tags})
        except (self.errors.ClientError, self.errors.BotoCoreError) as error:
            yield self._problem(f"{operation} {name}", error)

    def _tags(self, arn: str) -> list[Any]:
        pages = self.client.get_paginator("list_tags").paginate(ResourceArn=arn)
        return [plain(tag) for page in pages for tag in page["Tags"]]

    def _problem(self, asked: str, error: Exception) -> Problem:
        return Problem(
            f"sagemaker {self.client.meta.region_name}: {asked}",
            str(error),
            "check credentials, permissions and `region:`, and collect again",
        )


def plain(answer: Any) -> Any:
    """An answer as JSON: times as texts, without boto3's note of how it was fetched."""
    if isinstance(answer, dict):
        answer = {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    return json.loads(json.dumps(answer, default=str))

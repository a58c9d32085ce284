"""The SageMaker connector on files: whose tags are whose, and which answer is which."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stocktake.errors import CollectError
from stocktake.library.connectors.sagemaker import collect, resource_of
from stocktake.nouns import Seen, Source

ARN = "arn:aws:sagemaker:us-east-1:1:"


def keys(folder: Path, **files: Any) -> list[tuple[str, str]]:
    for name, value in files.items():
        (folder / f"{name}.json").write_text(json.dumps(value))
    told = collect(Source("s", "sagemaker", {"path": str(folder)}))
    return sorted((each.label, each.key) for each in told if isinstance(each, Seen))


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("list_tags.endpoint", "endpoint/prod"),
        ("list_tags.churn-1", "model/churn-1"),
        ("list_tags.model", None),
        ("list_tags", None),
        ("list_tags.unheard", None),
    ],
)
def test_a_file_of_tags_is_of_the_resource_that_its_name_fits(stem: str, found: str | None) -> None:
    """By the resource's own name, else by its type where there is just one."""
    arns = [f"{ARN}endpoint/prod", f"{ARN}model/churn-1", f"{ARN}model/churn-2"]

    assert resource_of(stem, arns) == (f"{ARN}{found}" if found else None)


def test_an_answer_is_told_by_what_it_describes_and_not_by_what_it_names(tmp_path: Path) -> None:
    """A transform job names its model, a processing job the training job that it debugs."""
    assert keys(
        tmp_path,
        a={"TransformJobName": "t", "TransformJobArn": f"{ARN}transform-job/t", "ModelName": "m"},
        b={"ProcessingJobName": "p", "ProcessingJobArn": f"{ARN}processing-job/p", "TrainingJobArn": "x"},
        b2={"ProcessingJobName": "q", "ProcessingJobArn": f"{ARN}processing-job/q", "MonitoringScheduleArn": "x"},
        c={"ModelName": "m", "ModelArn": f"{ARN}model/m", "ResponseMetadata": {"RetryAttempts": 0}},
        d={"PipelineArn": f"{ARN}pipeline/p", "PipelineDefinition": '{"Version": "1", "Steps": []}'},
        e={"what": "else"},
        f={"InferenceComponentArn": f"{ARN}inference-component/c", "EndpointArn": f"{ARN}endpoint/e"},
        g={"FeatureGroupArn": f"{ARN}feature-group/g", "FeatureGroupName": "g", "FeatureName": "spend"},
        h={"AutoMLJobArn": f"{ARN}automl-job/a", "AutoMLJobName": "a", "ModelDeployResult": {}},
    ) == [
        ("AutoMLJob", "h.json"),
        ("FeatureMetadata", "g.json"),
        ("InferenceComponent", f"{ARN}inference-component/c"),
        ("Model", f"{ARN}model/m"),
        ("Pipeline", f"{ARN}pipeline/p"),
        ("PipelineDefinition", f"{ARN}pipeline/p"),
        ("ProcessingJob", f"{ARN}processing-job/p"),
        ("ProcessingJob", f"{ARN}processing-job/q"),
        ("TransformJob", f"{ARN}transform-job/t"),
        ("Unknown", "e.json"),
    ]


def test_answers_are_taken_from_a_list_and_from_a_search(tmp_path: Path) -> None:
    """A file may hold many answers at once; what is none of them is kept as such, and the others come."""
    job, endpoint = {"TrainingJobName": "t", "TrainingJobArn": "t"}, {"EndpointName": "e", "EndpointArn": "e"}

    assert keys(
        tmp_path, a=[job, endpoint, "else"], b={"Results": [{"TrainingJob": job | {"TrainingJobArn": "u"}}]}
    ) == [
        ("Endpoint", "e"),
        ("TrainingJob", "t"),
        ("TrainingJob", "u"),
        ("Unknown", "a.json"),
    ]


def test_a_source_without_files_or_region_is_refused() -> None:
    with pytest.raises(CollectError, match="neither"):
        list(collect(Source("s", "sagemaker", {}, where="sources/s.yaml")))

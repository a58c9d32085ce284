"""A SageMaker as moto makes it, asked through boto3."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.servers.moto_server import CREDENTIALS, moto_server
from tests.servers.process import MISSING, is_installed, run_in_tools

from stocktake.errors import Problem
from stocktake.library.connectors.sagemaker import collect
from stocktake.nouns import Seen, Source

if not is_installed():
    pytest.skip(MISSING, allow_module_level=True)

# moto lists none of these: it answers with an error.
MISSED = ["MonitoringSchedule", "InferenceComponent", "FeatureGroup"]
SCRIPT = Path(__file__).parents[1] / "servers" / "sagemaker_fill.py"


def source(url: str, **settings: object) -> Source:
    keys = {"access_key_id": "test", "secret_access_key": "test"}
    return Source("sm", "sagemaker", {"region": "us-east-1", "endpoint_url": url, "attempts": 1, **keys, **settings})


def test_everything_that_was_made_is_seen_and_a_failing_call_is_reported(tmp_path: Path) -> None:
    """Packages are listed per group; tags stand beside their ARN; what one call refuses does not stop the rest."""
    with moto_server(tmp_path) as url:
        run_in_tools(SCRIPT, url, settings=CREDENTIALS)
        whole = list(collect(source(url, without=MISSED)))
        # moto has no tags of transform jobs: it answers with an error.
        partly = list(collect(source(url, tags=["TransformJob"], without=MISSED)))

    seen = [(each.label, each.key.split(":")[-1]) for each in whole if isinstance(each, Seen)]
    assert sorted(seen) == [
        ("Endpoint", "endpoint/fraud-prod"),
        ("EndpointConfig", "endpoint-config/fraud-cfg"),
        ("Model", "model/fraud-1"),
        ("Model", "model/fraud-2"),
        ("ModelPackage", "model-package/fraud/1"),
        ("ModelPackage", "model-package/fraud/2"),
        ("ModelPackageGroup", "model-package-group/fraud"),
        ("Tags", "endpoint/fraud-prod"),
        ("TrainingJob", "training-job/fraud-train"),
        ("TransformJob", "transform-job/fraud-batch"),
    ]
    assert [each for each in whole if isinstance(each, Problem)] == []
    assert [each.where for each in partly if isinstance(each, Problem)] == [
        "sagemaker us-east-1: describe_transform_job fraud-batch"
    ]
    assert "transform-job/fraud-batch" in {each.key.split(":")[-1] for each in partly if isinstance(each, Seen)}

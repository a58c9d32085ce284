"""Real manifests of KServe: per file, how many objects and deployments, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import DATA, real, take

SAMPLES = "kserve/samples"
ONE = ({"InferenceService": 1}, {"model_deployment": 1}, {"serves": 1})
FILES: dict[str, tuple[dict[str, int], dict[str, int], dict[str, int]]] = {
    # A server that waits for models: they come as objects of their own.
    f"{SAMPLES}/multimodelserving/sklearn/inferenceservice.yaml": (
        {"InferenceService": 1}, {"model_deployment": 1}, {},
    ),
    f"{SAMPLES}/multimodelserving/sklearn/trainedmodels.yaml": (
        {"TrainedModel": 2}, {"model_deployment": 2}, {"serves": 2},
    ),
    f"{SAMPLES}/storage/hf/hf_isvc.yaml": ONE,
    f"{SAMPLES}/storage/hf/hf_secret.yaml": ({"Secret": 1, "ServiceAccount": 1}, {"none": 2}, {}),
    f"{SAMPLES}/storage/s3/s3_secret.yaml": ({"Secret": 1, "ServiceAccount": 1}, {"none": 2}, {}),
    f"{SAMPLES}/storage/s3/tensorflow_s3.yaml": ONE,
    f"{SAMPLES}/storage/uri/sklearn.yaml": ONE,
    f"{SAMPLES}/storage/uri/tensorflow.yaml": ONE,
    f"{SAMPLES}/v1beta1/lightgbm/lightgbm.yaml": ONE,
    f"{SAMPLES}/v1beta1/rollout/canary.yaml": ONE,
    f"{SAMPLES}/v1beta1/rollout/default.yaml": ONE,
    f"{SAMPLES}/v1beta1/rollout/pinned.yaml": ONE,
    f"{SAMPLES}/v1beta1/rollout/promotion.yaml": ONE,
    f"{SAMPLES}/v1beta1/sklearn/v1/perf.yaml": ({"Job": 1, "ConfigMap": 1}, {"none": 2}, {}),
    f"{SAMPLES}/v1beta1/sklearn/v1/sklearn-mixedtype-model/sklearn-mixedtype.yaml": ONE,
    f"{SAMPLES}/v1beta1/sklearn/v1/sklearn.yaml": ONE,
    f"{SAMPLES}/v1beta1/sklearn/v2/sklearn.yaml": ONE,
    f"{SAMPLES}/v1beta1/xgboost/xgboost.yaml": ONE,
    "acme-recorded/kserve/inferenceservice.yaml": ONE,
}  # fmt: skip


@pytest.mark.parametrize("path", FILES)
def test_a_real_manifest_gives_what_was_counted_by_hand(path: str) -> None:
    """Every record is mapped, and nothing is reported."""
    taken = take("kserve", real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == FILES[path]
    assert taken.mapped == sum(taken.labels.values())


def test_every_file_of_the_samples_is_counted() -> None:
    folder = real(SAMPLES)

    assert {path.relative_to(DATA).as_posix() for path in folder.rglob("*.yaml")} <= set(FILES)


def test_the_samples_hold_what_their_readme_says() -> None:
    """14 InferenceServices and 2 TrainedModels under 13 names."""
    taken = take("kserve", real("kserve"))

    assert (taken.labels["InferenceService"], taken.labels["TrainedModel"]) == (14, 2)
    names = {row["part"].partition("#")[2] for row in taken.claims["model_deployment"]}
    assert len(names) == 13

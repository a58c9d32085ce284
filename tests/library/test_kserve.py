"""The KServe connector: manifests as they are found, and the lists of a cluster."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.servers.pretend import Answer, answering

from stocktake.errors import CollectError, Problem
from stocktake.library.connectors.kserve import collect
from stocktake.nouns import Seen, Source

SERVICE = """apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: churn, namespace: growth}
spec: {predictor: {sklearn: {storageUri: "s3://b/1"}}}
"""


def from_files(path: Path) -> tuple[list[Seen], list[Problem]]:
    told = list(collect(Source("k", "kserve", {"path": str(path)})))
    return [each for each in told if isinstance(each, Seen)], [each for each in told if isinstance(each, Problem)]


def test_a_broken_manifest_is_reported_by_name_and_line_and_the_rest_comes(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(SERVICE)
    (tmp_path / "template.yaml").write_text("apiVersion: v1\nkind: {{ .Values.kind }}\n  name: x\n")

    seen, problems = from_files(tmp_path)

    assert [(each.label, each.key) for each in seen] == [("InferenceService", "good.yaml#growth/churn")]
    assert [each.where.partition(":")[0] for each in problems] == ["template.yaml"]


def test_an_object_that_a_file_holds_twice_is_kept_twice(tmp_path: Path) -> None:
    """A sample often shows a service before and after a change."""
    (tmp_path / "rollout.yaml").write_text(f"{SERVICE}---\n{SERVICE.replace('b/1', 'b/2')}")

    assert [each.key for each in from_files(tmp_path)[0]] == [
        "rollout.yaml#growth/churn",
        "rollout.yaml#growth/churn~2",
    ]


def test_a_secret_is_kept_without_its_values(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\ndata: {token: aGVsbG8=}\nstringData: {plain: hello}\n"
    )

    assert from_files(tmp_path)[0][0].body == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "keys"},
        "data": {"token": ""},
        "stringData": {"plain": ""},
    }


def test_lists_as_kubectl_writes_them_are_read_and_other_files_are_passed_over(tmp_path: Path) -> None:
    """A typed list leaves out the kind of its items; of a request to a model only the names in it are kept."""
    item = '{"metadata": {"name": "a"}, "spec": {}}'
    (tmp_path / "list.json").write_text(
        '{"apiVersion": "serving.kserve.io/v1beta1", "kind": "InferenceServiceList", "items": [' + item + "]}"
    )
    (tmp_path / "input.json").write_text('{"instances": [[6.8, 2.8]]}')
    (tmp_path / "values.yaml").write_text("replicas: 2\n")

    seen, problems = from_files(tmp_path)

    assert [(each.label, each.key) for each in seen] == [
        ("Document", "input.json#0"), ("InferenceService", "list.json#a"), ("Document", "values.yaml#0"),
    ]  # fmt: skip
    assert (seen[0].body, problems) == ({"holds": ["instances"]}, [])


def test_a_template_whose_names_are_not_filled_in_is_reported(tmp_path: Path) -> None:
    """`{name}` is a mapping in YAML: an object of that name was never meant. `{{name}}` is not even that."""
    (tmp_path / "a.yaml").write_text(SERVICE.replace("name: churn", "name: {name}"))
    (tmp_path / "b.yaml").write_text(SERVICE.replace("name: churn", "name: {{name}}"))

    seen, problems = from_files(tmp_path)

    assert (seen, [each.where for each in problems]) == ([], ["a.yaml:1", "b.yaml:3"])
    assert all("helm template" in each.fix for each in problems)


def test_seldons_kinds_are_told_from_others_of_that_name(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("apiVersion: mlops.seldon.io/v1alpha1\nkind: Model\nmetadata: {name: iris}\n")
    (tmp_path / "b.yaml").write_text("apiVersion: example.org/v1\nkind: Model\nmetadata: {name: iris}\n")

    assert [each.label for each in from_files(tmp_path)[0]] == ["SeldonModel", "Model"]


def test_a_cluster_is_read_page_by_page_and_need_not_have_every_resource() -> None:
    def cluster(path: str, told: dict[str, Any]) -> Answer:
        if not path.endswith("/inferenceservices"):
            return 404, {"kind": "Status"}
        number = int(told.get("continue", 1))
        item = {"metadata": {"name": f"s{number}", "namespace": "growth"}, "spec": {}}
        return 200, {"metadata": {"continue": str(number + 1) if number < 3 else ""}, "items": [item]}

    with answering(cluster) as url:
        seen = [each for each in collect(Source("k", "kserve", {"url": url})) if isinstance(each, Seen)]

    assert [(each.label, each.key) for each in seen] == [("InferenceService", f"growth/s{n}") for n in (1, 2, 3)]
    assert seen[0].body["apiVersion"] == "serving.kserve.io/v1beta1"


def test_a_server_without_any_of_the_resources_is_refused() -> None:
    """Else a wrong URL would retire every deployment."""
    with answering((404, b"no")) as url, pytest.raises(CollectError, match="none of the resources"):
        list(collect(Source("k", "kserve", {"url": url})))

"""The connectors of Ray Serve and BentoML: files, and running servers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.servers.pretend import answering

from stocktake.errors import CollectError
from stocktake.library.connectors import bentoml, ray_serve
from stocktake.nouns import Seen, Source


def test_a_ray_cluster_is_asked_for_its_applications() -> None:
    with answering((200, {"applications": {"churn": {"status": "RUNNING"}}})) as url:
        seen = list(ray_serve.collect(Source("r", "ray_serve", {"url": url})))

    assert seen == [Seen("Application", "churn", {"status": "RUNNING"})]


def test_another_server_is_not_taken_for_a_cluster_without_applications() -> None:
    with answering((200, {"detail": "hello"})) as url, pytest.raises(CollectError):
        list(ray_serve.collect(Source("r", "ray_serve", {"url": url})))


def test_a_ray_config_file_is_told_from_an_answer(tmp_path: Path) -> None:
    (tmp_path / "serve.yaml").write_text("applications:\n- {name: churn, import_path: app:build}\n")
    (tmp_path / "now.json").write_text('{"applications": {"churn": {"status": "RUNNING"}}}')

    seen = [
        each for each in ray_serve.collect(Source("r", "ray_serve", {"path": str(tmp_path)})) if isinstance(each, Seen)
    ]

    assert [(each.label, each.key) for each in seen] == [
        ("Application", "churn"),
        ("ApplicationConfig", "serve.yaml#churn"),
    ]


def test_a_ray_config_may_stand_alone_or_in_a_manifest_of_kuberay(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("import_path: app:build\n")
    config = "applications:\n  - name: churn\n    import_path: app:build\n"
    manifest = {"apiVersion": "ray.io/v1", "kind": "RayService", "spec": {"serveConfigV2": config}}
    (tmp_path / "two.json").write_text(json.dumps(manifest))
    (tmp_path / "other.yaml").write_text("replicas: 2\n")

    seen = list(ray_serve.collect(Source("r", "ray_serve", {"path": str(tmp_path)})))

    assert [(each.label, each.key) for each in seen if isinstance(each, Seen)] == [
        ("ApplicationConfig", "one.yaml#0"), ("Document", "other.yaml#0"), ("ApplicationConfig", "two.json#churn"),
    ]  # fmt: skip


def test_a_bentofile_says_what_is_to_be_built(tmp_path: Path) -> None:
    (tmp_path / "bentofile.yaml").write_text("service: s:S\nlabels: {owner: growth}\n")
    (tmp_path / "values.yaml").write_text("replicas: 2\n")

    seen = list(bentoml.collect(Source("b", "bentoml", {"path": str(tmp_path)})))

    assert seen == [Seen("Bentofile", "bentofile.yaml", {"service": "s:S", "labels": {"owner": "growth"}})]


def test_a_build_is_kept_without_the_settings_of_its_package_index(tmp_path: Path) -> None:
    """They may hold a password."""
    (tmp_path / "bento.yaml").write_text(
        "service: s:S\nname: api\nversion: a1\npython: {index_url: https://me:secret@pypi, packages: [numpy]}\n"
    )

    seen = list(bentoml.collect(Source("b", "bentoml", {"path": str(tmp_path)})))

    assert seen == [
        Seen("Bento", "api:a1", {"service": "s:S", "name": "api", "version": "a1", "python": {"packages": ["numpy"]}})
    ]


def test_a_running_service_names_its_build() -> None:
    info = {"title": "api", "version": "a1"}
    with answering((200, {"openapi": "3.0.2", "info": info, "paths": {}})) as url:
        seen = list(bentoml.collect(Source("b", "bentoml", {"url": url})))

    assert seen == [Seen("Service", url.removeprefix("http://"), {"info": info})]

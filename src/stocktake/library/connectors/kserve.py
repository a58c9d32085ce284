"""KServe and Seldon: what is served, from manifests or from a cluster's API.

`path:` is a file or folder of manifests (YAML, or JSON as kubectl writes it); `url:` is a cluster's API, with a
`token:`. `instance:` names the cluster: without it, an object's name is unique within its folder only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, YAML, Document, documents, passed_over, read_each
from stocktake.collect.server import NotThereError, Server, pages
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source

# What a cluster is asked for: group and version, plural, kind (which lists leave out).
RESOURCES = (
    ("serving.kserve.io/v1beta1", "inferenceservices", "InferenceService"),
    ("serving.kserve.io/v1alpha1", "trainedmodels", "TrainedModel"),
    ("serving.kserve.io/v1alpha1", "predictors", "Predictor"),
    ("serving.kserve.io/v1alpha1", "inferencegraphs", "InferenceGraph"),
    ("serving.kserve.io/v1alpha1", "llminferenceservices", "LLMInferenceService"),
    ("mlops.seldon.io/v1alpha1", "models", "SeldonModel"),
    ("mlops.seldon.io/v1alpha1", "experiments", "SeldonExperiment"),
    ("mlops.seldon.io/v1alpha1", "pipelines", "SeldonPipeline"),
    ("machinelearning.seldon.io/v1", "seldondeployments", "SeldonDeployment"),
)
LABELS = tuple(label for _, _, label in RESOURCES)
AMBIGUOUS = ("Model", "Experiment", "Pipeline")
PAGE = 500


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every served object of a cluster, or every object of the manifests."""
    if source.settings.get("url"):
        yield from from_cluster(Server(source))
        return
    times: Counter[tuple[str, str]] = Counter()
    for each in read_each(documents(source, endings=YAML + JSON), from_document):
        if isinstance(each, Seen):
            # A file may hold one object twice, before and after a change: both are kept.
            times[each.label, each.key] += 1
            number = times[each.label, each.key]
            key = each.key if number == 1 else f"{each.key}~{number}"
            each = Seen(each.label, key, each.body, each.observed_at)
        yield each


def from_cluster(server: Server) -> Iterator[Seen]:
    """List each resource page by page; a cluster need not have them all, but some.

    Raises CollectError when it has none: another server's answers would make everything vanish.
    """
    missing = 0
    for group, plural, label in RESOURCES:
        path = f"/apis/{group}/{plural}"
        try:
            for item in _items(server, path):
                meta = item["metadata"]
                yield Seen(label, f"{meta.get('namespace', 'default')}/{meta['name']}", {"apiVersion": group, **item})
        except NotThereError:
            missing += 1
    if missing == len(RESOURCES):
        fix = "check `url:`, and that KServe or Seldon is installed"
        raise CollectError(server.shown, "this server has none of the resources of KServe or Seldon", fix)


def _items(server: Server, path: str) -> Iterator[dict[str, Any]]:
    """The items of all pages; Kubernetes has its page token in the list's metadata."""

    def ask(token: str | None) -> dict[str, Any]:
        query: dict[str, Any] = {"limit": PAGE, "continue": token}
        page: dict[str, Any] = server.get(path, expected="items", **query)
        return {"items": page["items"], "next_page_token": (page.get("metadata") or {}).get("continue")}

    for page in pages(ask, server.shown + path):
        yield from page["items"] or []


def from_document(document: Document) -> Iterator[Seen | Problem]:
    """The objects of one document: one, or a list of them; what is no Kubernetes object is kept as a Document."""
    found = list(objects(document.value))
    for told in found:
        if isinstance((told.get("metadata") or {}).get("name"), dict | list):
            fix = "read what comes out of it instead (`helm template`, `kustomize build`)"
            yield Problem(document.where, f"a template: the name of its {told['kind']} is not filled in", fix)
        else:
            yield Seen(label_of(told), key_of(told, document), without_secrets(told))
    if not found:
        yield passed_over(document)


def objects(told: Any) -> Iterator[dict[str, Any]]:
    """The Kubernetes objects in a value; the items of a typed list leave out their kind."""
    if isinstance(told, list):
        for each in told:
            yield from objects(each)
    elif isinstance(told, dict) and told.get("kind") and told.get("apiVersion"):
        kind, items = str(told["kind"]), told.get("items")
        if kind.endswith("List") and isinstance(items, list):
            known = {"apiVersion": told["apiVersion"], "kind": kind.removesuffix("List")}
            yield from objects([known | each for each in items if isinstance(each, dict)])
        else:
            yield told


def key_of(told: dict[str, Any], document: Document) -> str:
    """The file, and the object's name in it."""
    told_metadata = told.get("metadata")
    metadata = told_metadata if isinstance(told_metadata, dict) else {}
    name = metadata.get("name") or metadata.get("generateName") or document.number
    return f"{document.name}#{metadata['namespace']}/{name}" if metadata.get("namespace") else f"{document.name}#{name}"


def label_of(told: dict[str, Any]) -> str:
    """The kind of an object; Seldon's Model, Experiment and Pipeline are called so by others too."""
    is_seldon = str(told["apiVersion"]).startswith("mlops.seldon.io/")
    return f"Seldon{told['kind']}" if is_seldon and told["kind"] in AMBIGUOUS else str(told["kind"])


def without_secrets(told: dict[str, Any]) -> dict[str, Any]:
    """A Secret without its values; other objects as they are."""
    if told["kind"] != "Secret":
        return told
    return {
        k: dict.fromkeys(v, "") if k in ("data", "stringData") and isinstance(v, dict) else v for k, v in told.items()
    }

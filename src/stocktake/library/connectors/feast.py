"""Feast: what its registry lists, and its feature_store.yaml files.

`path:` is a file or folder of registries as JSON (`feast registry-dump`, `registry.to_dict`, or answers of the registry
server) and of feature_store.yaml files. The feature repository itself is never run.
Settings: `project`, where the file names none; `repo_root`, the folder that relative file paths are in; `database`,
the OpenLineage namespace of the warehouse whose tables Feast names without their server.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, YAML, Document, documents, objects_in, read_each
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = (
    "DataSource", "Entity", "FeatureService", "FeatureStore", "FeatureTable", "FeatureView", "Infra",
    "OnDemandFeatureView", "Permission", "Project", "Registry", "SavedDataset", "StreamFeatureView",
    "ValidationReference",
)  # fmt: skip
STORE = {"registry", "provider", "online_store", "offline_store"}
REGISTRY = re.compile(r"(dataSource|featureView|featureService|savedDataset|project|entitie|featureTable)s?|\w+Views")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every registry and feature_store.yaml; what is neither is kept as a Document."""
    usual = source.settings.get("project")
    yield from read_each(documents(source, endings=(*JSON, *YAML)), lambda each: from_document(each, usual))


def from_document(document: Document, usual: str | None) -> Iterator[Seen | Problem]:
    """One file. usual: the project of a registry that names none."""
    if document.is_object and is_registry(document.value):
        yield from listed(document, project_of(document.value) or str(usual or document.stem))
    elif document.is_object and "project" in document.value and STORE & document.value.keys():
        yield Seen("FeatureStore", _key(document), document.value)
    else:
        yield Seen("Document", _key(document), document.value)


def is_registry(value: dict[str, Any]) -> bool:
    """Whether a document lists what a registry holds."""
    return any(isinstance(each, list) and REGISTRY.fullmatch(camel(name)) for name, each in value.items())


def project_of(value: dict[str, Any]) -> str | None:
    """The project that a registry says it is of, where it says so for all."""
    if isinstance(value.get("project"), str):
        return str(value["project"])
    told = [*_dicts(value.get("projectMetadata")), *_dicts(value.get("projects"))]
    names = {str(name) for each in told if (name := each.get("project") or _spec(each).get("name"))}
    return names.pop() if len(names) == 1 else None


def listed(document: Document, project: str) -> Iterator[Seen | Problem]:
    """Each thing of a registry, keyed by its project and name."""
    rest = {}
    for name, told in document.value.items():
        items = told.get("infraObjects", [told]) if name == "infra" and isinstance(told, dict) else told
        if not isinstance(items, list):
            rest[name] = told
            continue
        label = label_of(camel(name))
        for number, item in enumerate(objects_in(items, f"{document.where}: {name}")):
            if isinstance(item, Problem):
                yield item
                continue
            spec = _spec(item)
            its_name = spec.get("name") or item.get("name") or number
            yield Seen(label, f"{spec.get('project') or item.get('project') or project}/{its_name}", item)
    yield Seen("Registry", project, rest)


def label_of(name: str) -> str:
    """The label of a list: `dataSources` are of DataSource."""
    singular = f"{name[:-3]}y" if name.endswith("ies") else name.removesuffix("s") if name != "infra" else name
    return "Project" if singular == "projectMetadata" else singular[:1].upper() + singular[1:]


def camel(name: str) -> str:
    """A name as the registry's JSON writes it: data_sources is dataSources."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def _spec(item: dict[str, Any]) -> dict[str, Any]:
    spec = item.get("spec")
    return spec if isinstance(spec, dict) else {}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _key(document: Document) -> str:
    return f"{document.name}#{document.number}" if document.number else document.name

"""Ray Serve: the applications of a cluster.

`url:` is the dashboard (http://host:8265), asked for /api/serve/applications/; `path:` is a file or folder of such
answers, or of Serve config files and KubeRay's RayService manifests, which say what is to be deployed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, YAML, Document, documents, numbered, objects_in, passed_over, read_each
from stocktake.collect.server import Server
from stocktake.collect.yaml_values import yaml_values
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("Application", "ApplicationConfig")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every application of a cluster, or of files of answers."""
    if source.settings.get("url"):
        yield from applications(Server(source).get("/api/serve/applications/", expected="applications"))
        return
    yield from read_each(documents(source, endings=JSON + YAML), from_document)


def applications(answer: Any) -> Iterator[Seen]:
    """One answer of /api/serve/applications/: an application each, by name."""
    for name, application in answer["applications"].items():
        yield Seen("Application", name, application)


def from_document(document: Document) -> Iterator[Seen | Problem]:
    """A recorded answer, whose applications are an object, or a config, whose applications are a list or only one."""
    told = document.value if document.is_object else {}
    listed, inner = told.get("applications"), (told.get("spec") or {}).get("serveConfigV2")
    if isinstance(listed, dict):
        yield from applications(told)
    elif isinstance(listed, list) or "import_path" in told:
        for number, each in enumerate(objects_in(listed or [told], document.where)):
            if isinstance(each, Problem):
                yield each
            else:
                yield Seen("ApplicationConfig", f"{document.name}#{each.get('name', number)}", each)
    elif told.get("kind") == "RayService" and isinstance(inner, str):
        yield from read_each(numbered(yaml_values(inner, document.name, document.line), document.name), from_document)
    else:
        yield passed_over(document)

"""Ray Serve: the applications of a cluster.

`url:` is the dashboard (http://host:8265), asked for /api/serve/applications/; `path:` is a file or folder of such
answers, or of Serve config files, which say what is to be deployed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, YAML, Document, documents
from stocktake.collect.server import Server
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("Application", "ApplicationConfig")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every application of a cluster, or of files of answers."""
    if source.settings.get("url"):
        yield from applications(Server(source).get("/api/serve/applications/", expected="applications"))
        return
    for document in documents(source, endings=JSON + YAML):
        yield from [document] if isinstance(document, Problem) else from_document(document)


def applications(answer: Any) -> Iterator[Seen]:
    """One answer of /api/serve/applications/: an application each, by name."""
    for name, application in answer["applications"].items():
        yield Seen("Application", name, application)


def from_document(document: Document) -> Iterator[Seen]:
    """A recorded answer, whose applications are an object, or a config file, whose applications are a list."""
    told = document.value.get("applications") if document.is_object else None
    if isinstance(told, dict):
        yield from applications(document.value)
    for number, each in enumerate(told if isinstance(told, list) else []):
        yield Seen("ApplicationConfig", f"{document.name}#{each.get('name', number)}", each)

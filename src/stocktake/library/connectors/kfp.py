"""Kubeflow Pipelines: compiled pipelines.

`path:` is a file or folder of what the KFP compiler wrote (YAML or JSON): a pipeline, and what its platform needs.
"""

from __future__ import annotations

from collections.abc import Iterator

from stocktake.collect.answers import JSON, YAML, Document, documents, passed_over, read_each
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("Pipeline", "Platform", "Workflow")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every pipeline of the files; what is none is kept as a Document."""
    yield from read_each(documents(source, endings=YAML + JSON), from_document)


def from_document(document: Document) -> Iterator[Seen]:
    """A pipeline of KFP 2, its platform's part, or a pipeline as KFP 1 compiled it."""
    told = document.value if document.is_object else {}
    key = f"{document.name}#{document.number}"
    if "pipelineInfo" in told or isinstance(told.get("pipelineSpec"), dict):
        yield Seen("Pipeline", key, told)
    elif "platforms" in told:
        yield Seen("Platform", key, told)
    elif told.get("kind") == "Workflow":
        yield Seen("Workflow", key, told)
    else:
        yield passed_over(document)

"""BentoML: models of a store, builds, and a running service.

`path:` is a store ($BENTOML_HOME), or a folder with model.yaml, bento.yaml and bentofile.yaml files or recorded
docs.json answers.
`url:` is a running service, asked for /docs.json: the only proof that a build is deployed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, YAML, Document, documents, passed_over, read_each
from stocktake.collect.server import Server
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("Model", "Bento", "Bentofile", "Service")
# A bento.yaml holds the settings of the package index that it was built with, which may hold passwords.
INDEX_SETTINGS = ("index_url", "extra_index_url", "pip_args", "trusted_host", "find_links")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every model and build of a store, or the running service."""
    if source.settings.get("url"):
        server = Server(source)
        yield Seen("Service", server.host, {"info": server.get("/docs.json", expected="info")["info"]})
        return
    yield from read_each(documents(source, endings=JSON + YAML), from_document)


def from_document(document: Document) -> Iterator[Seen]:
    """A model.yaml has signatures or options, a bento.yaml a service; a store's other files are not its words."""
    told = document.value if document.is_object else {}
    tag = f"{told.get('name')}:{told.get('version')}"
    if "openapi" in told and isinstance(told.get("info"), dict):
        yield Seen("Service", str(told["info"].get("title", document.name)), {"info": told["info"]})
    elif "name" in told and "version" in told and "service" in told:
        yield Seen("Bento", tag, without_index(told))
    elif "name" in told and "version" in told and "module" in told:
        yield Seen("Model", tag, told)
    elif document.stem == "bentofile" and "service" in told:
        yield Seen("Bentofile", document.name, without_index(told))
    elif document.stem in ("model", "bento", "bentofile"):
        yield passed_over(document)


def without_index(told: Any) -> Any:
    """A build without the settings of its package index."""
    if isinstance(told, dict):
        return {key: without_index(value) for key, value in told.items() if key not in INDEX_SETTINGS}
    return [without_index(each) for each in told] if isinstance(told, list) else told

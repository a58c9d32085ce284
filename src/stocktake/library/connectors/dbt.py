"""dbt: the nodes of its manifest, the results of its commands, its catalog, and how fresh its sources are.

`path:` is a file or folder of dbt's artifacts (manifest v1 to v12, run_results, catalog, sources) of any names.
Macros, docs and disabled nodes are left out: they say how the SQL is made, not what there is.
Settings: `project`, where no manifest names it; `database`, the OpenLineage namespace of the database; `external_root`,
the folder of external models without a location.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Any

from stocktake.collect.answers import Document, documents, objects_in, read_each
from stocktake.collect.moments import moment_of
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = (
    "Analysis", "Catalog", "CatalogTable", "Companion", "Exposure", "Function", "Group", "Manifest", "Metric", "Model",
    "Operation", "SavedQuery", "Seed", "SemanticModel", "Snapshot", "Source", "Test", "UnitTest",
)  # fmt: skip
LISTS = {
    "nodes": "model",
    "sources": "source",
    "exposures": "exposure",
    "metrics": "metric",
    "semantic_models": "semantic_model",
    "saved_queries": "saved_query",
    "unit_tests": "unit_test",
    "functions": "function",
    "groups": "group",
}
SHARED = ("adapter_type", "project_name", "dbt_schema_version")
# What dbt writes beside its artifacts, and says in them as well.
COMPANIONS = ("semantic_manifest", "graph_summary", "perf_info")
KINDS = {"manifest": "manifest", "run-results": "results", "catalog": "catalog", "sources": "freshness"}


def collect(source: Source) -> Iterator[Seen | Problem]:
    """All artifacts: manifests first, since they alone name the project that the others belong to."""
    waiting: list[Document] = []
    projects = Projects(str(source.settings.get("project") or ""))

    def read_first(document: Document) -> Iterator[Seen | Problem]:
        kind = kind_of(document.value)
        if kind == "manifest":
            yield from nodes(document, projects.of_manifest(document))
        elif kind:
            waiting.append(document)
        elif document.stem in COMPANIONS:
            yield Seen("Companion", document.name, {"holds": sorted(document.value) if document.is_object else []})
        else:
            yield Seen("Document", document.name, document.value)

    yield from read_each(documents(source), read_first)
    yield from read_each(waiting, lambda each: from_other(each, projects.of_other(each)))


def from_other(document: Document, project: str) -> Iterator[Seen | Problem]:
    """What an artifact that is no manifest holds."""
    kind = kind_of(document.value)
    if kind == "results":
        yield from results(document, project)
    else:
        yield from (tables if kind == "catalog" else freshness)(document, project)


def kind_of(value: Any) -> str | None:
    """Which artifact a document is: by its schema's address, else by what it holds."""
    if not isinstance(value, dict):
        return None
    schema = str(_metadata(value).get("dbt_schema_version", ""))
    if told := re.search(r"/dbt/([a-z-]+)/", schema):
        return KINDS.get(told[1])
    if isinstance(value.get("nodes"), dict):
        return "manifest" if value.keys() & {"macros", "docs", "parent_map", "child_map"} else "catalog"
    listed = value.get("results")
    is_result = isinstance(listed, list) and any(isinstance(each, dict) and _unique_id(each) for each in listed)
    return "results" if is_result else None


class Projects:
    """Which project each artifact is of."""

    def __init__(self, configured: str) -> None:
        self.configured = configured
        self.taken: set[str] = set()
        self.by_invocation: dict[str, str] = {}
        self.by_folder: dict[str, list[str]] = {}

    def of_manifest(self, document: Document) -> str:
        """A manifest's project. A second manifest of that name is another project until something joins them."""
        metadata = _metadata(document.value)
        told = str(metadata.get("project_name") or self.configured or _package(document.value["nodes"]))
        name = told if told not in self.taken else f"{told}@{document.name.replace('/', ':')}"
        self.taken.add(name)
        self.by_invocation[str(metadata.get("invocation_id"))] = name
        self.by_folder.setdefault(_folder(document), []).append(name)
        return name

    def of_other(self, document: Document) -> str:
        """The project of the manifest of the same command, else of the one beside it, else as its nodes say."""
        by_invocation = self.by_invocation.get(str(_metadata(document.value).get("invocation_id")))
        beside = self.by_folder.get(_folder(document), [])
        listed = _listed(document.value.get("results"))
        ids = document.value.get("nodes") or [_unique_id(each) for each in listed if isinstance(each, dict)]
        package = _package(ids)
        same = [name for name in beside if name.partition("@")[0] == package]
        return by_invocation or (beside if len(beside) == 1 else [*same, self.configured or package])[0]


def nodes(document: Document, project: str) -> Iterator[Seen | Problem]:
    """A manifest's nodes, each with what the manifest says of all of them."""
    metadata = _metadata(document.value)
    shared = {name: metadata[name] for name in SHARED if name in metadata}
    yield Seen("Manifest", project, metadata)
    for name, usual in LISTS.items():
        for unique_id, node in _named(document, name):
            if isinstance(node, dict):
                label = _label(str(node.get("resource_type") or usual))
                yield Seen(label, f"{project}/{unique_id}", {**node, "manifest": shared})
            else:
                yield Problem(document.where, f"{name}: {unique_id} is no object", "let dbt write the manifest again")


def results(document: Document, project: str) -> Iterator[Seen | Problem]:
    """What came of each node in one command, and the command."""
    told = document.value
    metadata = _metadata(told)
    ended = moment_of(metadata.get("generated_at") or told.get("generated_at"))
    command = str(metadata.get("invocation_id") or metadata.get("generated_at") or told.get("generated_at"))
    yield Seen("Invocation", f"{project}/{command}", {k: v for k, v in told.items() if k != "results"}, ended)
    for each in objects_in(told.get("results"), f"{document.where}: results"):
        if isinstance(each, Problem):
            yield each
            continue
        steps = [step for step in _listed(each.get("timing")) if isinstance(step, dict)]
        timing = [moment for step in steps if (moment := moment_of(step.get("completed_at")))]
        yield Seen("RunResult", f"{project}/{command}/{_unique_id(each)}", each, max(timing, default=ended))


def tables(document: Document, project: str) -> Iterator[Seen]:
    """The tables and views that the database had."""
    yield Seen("Catalog", project, _metadata(document.value))
    for name in ("nodes", "sources"):
        for unique_id, table in _named(document, name):
            yield Seen("CatalogTable", f"{project}/{unique_id}", table)


def freshness(document: Document, project: str) -> Iterator[Seen | Problem]:
    """How fresh each source was."""
    at = str(_metadata(document.value).get("generated_at"))
    for each in objects_in(document.value.get("results"), f"{document.where}: results"):
        if isinstance(each, Problem):
            yield each
            continue
        observed_at = moment_of(each.get("snapshotted_at") or at)
        yield Seen("SourceFreshness", f"{project}/{at}/{_unique_id(each)}", each, observed_at)


def _named(document: Document, name: str) -> Iterable[tuple[str, Any]]:
    """The named things of an artifact, an object by unique id."""
    listed = document.value.get(name)
    return listed.items() if isinstance(listed, dict) else ()


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _label(resource_type: str) -> str:
    """`saved_query` is SavedQuery."""
    return "".join(word.title() for word in re.split(r"[_ ]", resource_type))


def _package(ids: Any) -> str:
    """The package that most nodes are of."""
    packages = Counter(str(each).split(".")[1] for each in ids if str(each).count(".") > 1)
    return packages.most_common(1)[0][0] if packages else "dbt"


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    metadata = value.get("metadata")
    return metadata if isinstance(metadata, dict) else {}


def _unique_id(result: dict[str, Any]) -> str | None:
    """The node of a result; before 0.19, the result holds the whole node."""
    node = result.get("node")
    return result.get("unique_id") or (node.get("unique_id") if isinstance(node, dict) else None)


def _folder(document: Document) -> str:
    return PurePosixPath(document.name).parent.as_posix()

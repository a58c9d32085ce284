"""From a node's number to its parts, from a part's score to the columns that it read, from those to records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stocktake.errors import ExplainError
from stocktake.explain.evidence import Evidence, Things, Walked
from stocktake.explain.lineage import Lineage
from stocktake.explain.tree import Step
from stocktake.graph.snapshot import Graph
from stocktake.metrics import Catalogue, Group, Metric, Rollups, Scores
from stocktake.metrics.compile import column, reasons_of
from stocktake.metrics.spec import UNKNOWN
from stocktake.standards import Standards
from stocktake.store import Store
from stocktake.vocabulary import Vocabularies

if TYPE_CHECKING:
    import pyarrow as pa

KINDS = {
    "deployment_id": "model_deployment", "binary_id": "model_binary", "run_id": "workflow_run", "code_id": "model_code",
    "family_id": "model_family", "dataset_id": "dataset", "feature_id": "feature", "feature_source_id": "feature_source",
}  # fmt: skip
"""Which kind's ids a column of a flat table holds."""
MODEL_KINDS = {"code": "model_code", "family": "model_family", "deployment": "model_deployment"}
INTERVAL = ("low", "point", "high", "level", "outcome", "known", "unknown", "not_applicable", "exempt", "error")
DERIVED = {"is_live": ("status",), "flags": (), "sources": (), "id": ()}
"""Columns of the snapshot that are made from others."""


@dataclass
class Context:
    """One measuring, with the graph frozen at its moment and the log open."""

    standards: Standards
    catalogue: Catalogue
    tables: Mapping[str, pa.Table]
    scores: Scores
    rollups: Rollups
    graph: Graph
    store: Store
    vocabularies: Vocabularies
    vocabulary_of: Mapping[str, str]
    """Source → vocabulary, for saying which source could tell a missing value."""
    _rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @cached_property
    def lineage(self) -> Lineage:
        """Of the tables' columns."""
        return Lineage(self.standards)

    @cached_property
    def evidence(self) -> Evidence:
        """Of the graph and the log."""
        return Evidence(self.graph, self.store)

    def rows(self, name: str) -> list[dict[str, Any]]:
        """Rows of a table, a table's scores (`servings_score`) or `models_rolled_up`, as dictionaries; kept."""
        if name not in self._rows:
            if name == "models_rolled_up":
                table = self.rollups.models
            else:
                scored = name.removesuffix("_score")
                table = self.scores.tables[scored] if name.endswith("_score") else self.tables[name]
            self._rows[name] = table.to_pylist()
        return self._rows[name]


def explain(context: Context, node: str, model_id: str | None = None) -> Step:
    """The tree of a node's number: of one model, or of all.

    Raises ExplainError for a node or model that is not there, with the valid ones.
    """
    nodes = context.catalogue.nodes()
    if node not in nodes:
        raise ExplainError(node, "no such metric or group", f"use one of: {', '.join(sorted(nodes))}")
    models = [row for row in context.rows("models_rolled_up") if row["model_id"] is not None]
    if model_id is not None:
        chosen = [row for row in models if row["model_id"] == model_id]
        if not chosen:
            known = ", ".join(str(row["model_id"]) for row in models[:10])
            raise ExplainError(model_id, "no such model", f"use one of: {known}")
        return _model_step(context, node, chosen[0])
    told = [
        row for row in context.rollups.populations.to_pylist() if row["node"] == node and row["slice"] == "everything"
    ]
    said = {key: value for key, value in told[0].items() if value is not None} if told else {}
    children = tuple(_model_step(context, node, row) for row in models)
    return Step("population", node, said, "a population is all its models", children)


def targets(context: Context) -> Iterator[tuple[str, str]]:
    """Every (node, model id) that has a number."""
    for row in context.rows("models_rolled_up"):
        for node in context.catalogue.nodes():
            if row["model_id"] is not None and column(node, "outcome") in row:
                yield node, row["model_id"]


def _model_step(context: Context, node: str, row: dict[str, Any]) -> Step:
    """One model's number on a node, from its children."""
    told = {part: row.get(column(node, part)) for part in INTERVAL}
    said = {"model_id": row["model_id"], **{key: value for key, value in told.items() if value is not None}}
    it = context.catalogue.node(node)
    if isinstance(it, Group):
        children = tuple(_model_step(context, child, row) for child in context.catalogue.children(node))
        return Step("node", node, said, f"{it.file}: {it.method} of its children", children)
    methods = ", ".join(f"{step}: {it.method(step)}" for step in it.grain.steps) or "one row per model"
    children = tuple(_score_step(context, it, part) for part in _parts(context, it, row["model_id"]))
    return Step("node", node, said, f"{it.file}: {methods}", children)


def _parts(context: Context, metric: Metric, model_id: str) -> list[dict[str, Any]]:
    """The rows of the metric's table that are parts of a model."""
    grain = metric.grain
    scores = context.rows(f"{grain.table}_score")
    if grain.kind is None:
        return [row for row in scores if row["model_id"] == model_id]
    ids = {
        row["artifact_id"]
        for row in context.rows("model_parts")
        if row["model_id"] == model_id and row["kind"] == grain.kind and row["is_live"] is not False
    }
    return [row for row in scores if row[grain.key] in ids]


def _score_step(context: Context, metric: Metric, score: dict[str, Any]) -> Step:
    """One row's score, from the columns that its rule reads."""
    name = metric.name
    parts = {
        part: score.get(column(name, part)) for part in ("outcome", "level", "value", "reason", "low", "point", "high")
    }
    told = {key: value for key, value in parts.items() if value is not None}
    bucket = next((each for each in metric.buckets if each.name == told.get("outcome")), None)
    rule = (bucket.where or metric.file) if bucket else metric.file
    rows = [row for row in context.rows(metric.grain.table) if row[metric.grain.key] == score[metric.grain.key]]
    anchors, fixed = _anchors(context, metric, rows[0] if rows else score)
    edges = context.lineage.reads(metric.grain.table)
    walked = context.evidence.walk(anchors, edges, fixed)
    children = [_existence(context, kind, each) for kind, ids in _first(anchors, metric) for each in sorted(ids)]
    for each in dict.fromkeys([*reasons_of(metric)]):
        children.append(_column_step(context, metric, each, rows[0].get(each) if rows else None, walked))
    if told.get("outcome") == UNKNOWN:
        children.append(_missing(context, metric, str(told.get("reason") or "")))
    return Step("score", f"{name} of {score[metric.grain.key]}", told, rule, tuple(children))


def _anchors(context: Context, metric: Metric, row: dict[str, Any]) -> tuple[Things, dict[str, str]]:
    """The artifacts that a row stands for, and the ones of them that are the only of their kind to go to."""
    if metric.grain.key == "model_id":
        things: dict[str, set[str]] = {}
        for part in context.rows("model_parts"):
            if part["model_id"] == row["model_id"] and part["kind"] in ("model_deployment", "model_binary"):
                things.setdefault(part["kind"], set()).add(part["artifact_id"])
        kind = MODEL_KINDS.get(str(row.get("model_by")))
        if kind:
            things.setdefault(kind, set()).add(row["model_id"])
        return {kind: frozenset(ids) for kind, ids in things.items()}, {}
    keys = ("deployment_id", "binary_id") if metric.grain.kind is None else (metric.grain.key,)
    told = {KINDS[key]: str(row[key]) for key in keys if key in row and row[key] is not None}
    return {kind: frozenset([each]) for kind, each in told.items()}, dict(told)


def _first(anchors: Things, metric: Metric) -> Iterable[tuple[str, frozenset[str]]]:
    """What must exist for the row to be there."""
    if metric.grain.kind is None and "model_deployment" in anchors and metric.grain.key != "model_id":
        return [("model_deployment", anchors["model_deployment"])]
    return anchors.items()


def _existence(context: Context, kind: str, artifact_id: str) -> Step:
    records = tuple(context.evidence.of_existence(kind, artifact_id))
    return Step("existence", f"{kind} {artifact_id}", {"kind": kind, "id": artifact_id}, "identity", records)


def _column_step(context: Context, metric: Metric, name: str, value: Any, walked: Walked) -> Step:
    """One column of the row, from the graph's columns behind it."""
    table = metric.grain.table
    children: list[Step] = []
    for graph_table, graph_column in context.lineage.graph_columns(table, name):
        children += _graph_steps(context, graph_table, graph_column, walked)
    wanted = {kind for kind, _ in _kinds_of(context, table, name)}
    children += [
        Step(
            "link",
            f"{kind}.{edge}",
            {"from_id": a, "to_id": b},
            "identity",
            tuple(context.evidence.of_link(kind, edge, a, b)),
        )
        for kind, edge, a, b in _leading(walked, wanted)
    ]
    return Step("column", f"{table}.{name}", {"value": value}, context.lineage.rule(table), tuple(children))


def _kinds_of(context: Context, table: str, name: str) -> Iterator[tuple[str, str]]:
    """(kind, rest) of each graph table behind a column: the kind itself, or the one that its edge leaves."""
    for graph_table, _ in context.lineage.graph_columns(table, name):
        yield _split(context, graph_table)


def _split(context: Context, graph_table: str) -> tuple[str, str]:
    """(kind, edge) of a graph table; the edge is empty for a kind's own table."""
    kinds = sorted(context.graph.schema.kinds, key=len, reverse=True)
    for kind in kinds:
        if graph_table == kind:
            return kind, ""
        if graph_table.startswith(f"{kind}_"):
            return kind, graph_table[len(kind) + 1 :]
    return graph_table, ""


def _leading(walked: Walked, wanted: set[str]) -> list[tuple[str, str, str, str]]:
    """The links on the way to artifacts of the wanted kinds."""
    kind_of = {each: kind for kind, ids in walked.things.items() for each in ids}
    useful = {each for kind in wanted for each in walked.things.get(kind, frozenset())}
    chosen: set[tuple[str, str, str, str]] = set()
    while True:
        more = {link for link in walked.links if link[3] in useful and link not in chosen}
        if not more:
            return sorted(chosen)
        chosen |= more
        useful |= {link[2] for link in more if link[2] in kind_of}


def _graph_steps(context: Context, graph_table: str, name: str, walked: Walked) -> list[Step]:
    """What tells a column of the graph, for each artifact or link that was reached."""
    kind, edge = _split(context, graph_table)
    if kind not in context.graph.schema.kinds:
        return []
    if edge == "owned_by":
        return _field_steps(context, kind, "owners", walked)
    if edge:
        return [
            Step(
                "link",
                f"{kind}.{edge}",
                {"from_id": a, "to_id": b},
                "identity",
                tuple(context.evidence.of_link(k, e, a, b)),
            )
            for k, e, a, b in walked.links
            if (k, e) == (kind, edge)
        ]
    if name in DERIVED:
        steps = [_existence(context, kind, each) for each in sorted(walked.things.get(kind, ()))]
        return steps + [step for source in DERIVED[name] for step in _field_steps(context, kind, source, walked)]
    return _field_steps(context, kind, name, walked)


def _field_steps(context: Context, kind: str, name: str, walked: Walked) -> list[Step]:
    if name not in context.graph.schema.kinds[kind].fields:
        return []
    steps = []
    for artifact_id in sorted(walked.things.get(kind, ())):
        records = context.evidence.of_field(kind, artifact_id, name)
        if records:
            told = {"kind": kind, "id": artifact_id}
            rule = "a person's edit, else the best-ranked source, else the latest"
            steps.append(Step("field", f"{kind}.{name}", told, rule, tuple(records)))
    return steps


def _missing(context: Context, metric: Metric, reason: str) -> Step:
    """What an unknown lacks, and which sources could tell it."""
    names = [name for name in reasons_of(metric) if name in reason] or list(metric.needs)
    fields = sorted(
        {(kind, name) for each in names for table, name in context.lineage.graph_columns(metric.grain.table, each)
         for kind in [_split(context, table)[0]]}
    )  # fmt: skip
    could = {f"{kind}.{name}": _tellers(context, kind, name) for kind, name in fields}
    return Step("missing", ", ".join(names), {"fields": could, "reason": reason})


def _tellers(context: Context, kind: str, name: str) -> dict[str, list[str]]:
    """The project's sources whose vocabulary can tell a field or an edge of a kind, and the connectors that could."""
    able = set()
    for vocabulary in context.vocabularies.by_name.values():
        rules = [claim for label in vocabulary.labels.values() for claim in label.claims if claim.kind == kind]
        links = {link.edge for claim in rules for link in claim.links}
        if any(_field_of(name) in claim.fields for claim in rules) or (name in ("to_id", "from_id", "to_is") and links):
            able.add(vocabulary.name)
    sources = sorted(source for source, vocabulary in context.vocabulary_of.items() if vocabulary in able)
    return {"sources": sources, "connectors": sorted(able)}


def _field_of(name: str) -> str:
    return {"owner_name": "owners", "is_live": "status"}.get(name, name)

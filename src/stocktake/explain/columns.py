"""Columns: from a cell of a flat table through each file that makes it to the graph's columns, and to records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from stocktake.explain.context import Context
from stocktake.explain.evidence import fields_of
from stocktake.explain.near import OWNED_BY, Things, Walked
from stocktake.explain.tree import Step

KINDS = {
    "deployment_id": "model_deployment", "binary_id": "model_binary", "run_id": "workflow_run", "code_id": "model_code",
    "family_id": "model_family", "dataset_id": "dataset", "feature_id": "feature", "owner_id": "owner",
    "feature_source_id": "feature_source", "assessment_id": "assessment",
}  # fmt: skip
"""Which kind's ids a column of a flat table holds."""
MODEL_KINDS = {"code": "model_code", "family": "model_family", "deployment": "model_deployment"}
WHOLE = ("id", "flags", "sources")
"""Columns of the snapshot that say of an artifact that it is there, and how."""
STATUS = "status"


@dataclass(frozen=True)
class Cells:
    """The cells of one row: what was walked from the artifacts that the row stands for."""

    context: Context
    table: str
    row: Mapping[str, Any]
    walked: Walked

    @classmethod
    def of(cls, context: Context, table: str, row: Mapping[str, Any]) -> Cells:
        """The cells of a row of a definition or table."""
        anchors, fixed = anchors_of(context, row)
        return cls(context, table, row, context.nearby.walk(anchors, context.lineage.reads(table), fixed))

    def step(self, column: str) -> Step:
        """One cell, down to the records; the links on the way from the row's artifacts come last."""
        own = self._column(self.table, column)
        shown = set(_within(own))
        leading = self.walked.leading_to(self._kinds(column))
        links = [self.context.evidence.link(link) for link in leading if link.edge != OWNED_BY]
        return Step(
            own.what, own.name, own.told, own.rule, [*own.children, *(each for each in links if each not in shown)]
        )

    def _column(self, table: str, column: str) -> Step:
        """One column, from the columns that its file reads."""
        context = self.context
        standard = context.lineage.standard(table)
        below: list[Step] = []
        for name, each in context.lineage.direct(table, column):
            layer, _, bare = name.partition(".")
            if layer == "graph":
                below += self._graph_column(bare, each)
            elif name in context.lineage.standards:
                below.append(self._column(bare, each))
        where = context.files.short(context.lineage.where(table, column))
        says = standard.columns[column].says
        rule = f"{where}: {says}" if where else f"made by Stocktake: {says}"
        return Step("column", f"{table}.{column}", self._value(table, column), rule, below)

    def _value(self, table: str, column: str) -> dict[str, Any]:
        """The cell's value, where the row of that table is certain."""
        if table == self.table:
            return {"value": self.row.get(column)}
        key = next(iter(self.context.lineage.standard(table).columns))
        wanted = self.row.get(key)
        if wanted is None or table not in self.context.tables:
            return {}
        rows = self.context.where(table, key, [str(wanted)])
        return {"value": rows[0][column]} if len(rows) == 1 else {}

    def _kinds(self, column: str) -> set[str]:
        """The kinds that a cell rests on; of a link, both of its ends."""
        kinds = set()
        for table, _ in self.context.lineage.graph_columns(self.table, column):
            kind, _ = split(self.context, table)
            kinds.add(kind)
        return kinds

    def _graph_column(self, table: str, name: str) -> list[Step]:
        """What tells a column of the graph, for each artifact or link that was reached."""
        kind, edge = split(self.context, table)
        if kind not in self.context.project.schema.kinds:
            return []
        if edge:
            return list(self._edge_column(kind, edge, name))
        ids = self.walked.things.get(kind, frozenset())
        evidence = self.context.evidence
        if name in WHOLE:
            return [evidence.artifact(kind, each) for each in sorted(ids)]
        if name == "is_live":
            return [evidence.artifact(kind, each) for each in sorted(ids)] + fields_of(evidence, kind, ids, STATUS)
        return fields_of(evidence, kind, ids, name)

    def _edge_column(self, kind: str, edge: str, name: str) -> Iterator[Step]:
        """What tells a column of an edge: the link itself, and where it is asked, that its end is described."""
        evidence = self.context.evidence
        for link in self.walked.links:
            if (link.kind, link.edge) != (kind, edge):
                continue
            if edge == OWNED_BY:
                yield from fields_of(evidence, kind, [link.from_id], "owners")
            else:
                yield evidence.link(link)
            if name == "to_is" and link.to_is == "described":
                yield evidence.artifact(link.to_kind, link.to_id)


def anchors_of(context: Context, row: Mapping[str, Any]) -> tuple[Things, dict[str, str]]:
    """The artifacts that a row stands for, and the ones of them that are the only of their kind to go to.

    A row of a deployment, binary or run stands for these; one of a model, for all that the model is made of.
    """
    is_served = row.get("deployment_id") is not None or row.get("binary_id") is not None
    keys = ["deployment_id", "binary_id"] if is_served else [key for key in (next(iter(row)),) if key in KINDS]
    told = {KINDS[key]: str(row[key]) for key in keys if row.get(key) is not None}
    if told:
        return {kind: frozenset([each]) for kind, each in told.items()}, told
    if row.get("model_id") is not None:
        return model_anchors(context, str(row["model_id"])), {}
    found = {kind: frozenset([each]) for key in ("artifact_id", "id") for kind, each in _found(context, row.get(key))}
    return found, {}


def model_anchors(context: Context, model_id: str) -> Things:
    """The deployments and binaries of a model, and what it is named by."""
    things: dict[str, set[str]] = {}
    for part in context.where("model_parts", "model_id", [model_id]):
        if part["kind"] in ("model_deployment", "model_binary"):
            things.setdefault(part["kind"], set()).add(part["artifact_id"])
    kind = MODEL_KINDS.get(str(context.model(model_id).get("model_by")))
    if kind:
        things.setdefault(kind, set()).add(model_id)
    return {kind: frozenset(ids) for kind, ids in things.items()}


def split(context: Context, table: str) -> tuple[str, str]:
    """(kind, edge) of a graph table; the edge is empty for a kind's own table."""
    for kind in sorted(context.project.schema.kinds, key=len, reverse=True):
        if table == kind:
            return kind, ""
        edge = table.removeprefix(f"{kind}_")
        if edge != table and (edge in context.project.schema.kinds[kind].edges or edge == OWNED_BY):
            return kind, edge
    return table, ""


def _within(step: Step) -> Iterator[Step]:
    """A step and all below it."""
    yield step
    for child in step.children:
        yield from _within(child)


def _found(context: Context, artifact_id: Any) -> Iterator[tuple[str, str]]:
    """The kind of an artifact whose id alone is known."""
    if artifact_id is not None:
        for kind in context.project.schema.kinds:
            if context.nearby.row(kind, str(artifact_id)):
                yield kind, str(artifact_id)

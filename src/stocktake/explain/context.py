"""What an explanation reads: one measuring, the graph of its moment, and the log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from stocktake.explain.evidence import Evidence
from stocktake.explain.files import Files
from stocktake.explain.near import Near, Things, rows_where
from stocktake.explain.records import Records
from stocktake.explain.seeds import seeds
from stocktake.graph.point import neighbourhood
from stocktake.graph.snapshot import Graph
from stocktake.standards.lineage import Lineage

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.graph.frame import GraphInput
    from stocktake.metrics import Catalogue, Rollups, Scores
    from stocktake.project import Project
    from stocktake.standards import Standards
    from stocktake.store import Store


@dataclass
class Context:
    """One measuring, with all that its graph is a function of, and the log open."""

    project: Project
    as_of: datetime
    standards: Standards
    catalogue: Catalogue
    snapshot: Mapping[str, pa.Table]
    tables: Mapping[str, pa.Table]
    scores: Scores
    rollups: Rollups
    given: GraphInput
    store: Store
    _evidence: Evidence | None = None
    _kept: dict[tuple[str, str], dict[str, list[dict[str, Any]]]] = field(default_factory=dict)

    @cached_property
    def lineage(self) -> Lineage:
        """Of the tables' columns."""
        return Lineage(self.standards)

    @cached_property
    def files(self) -> Files:
        """The names of files."""
        return Files(self.project.root, self.project.vocabularies)

    @cached_property
    def nearby(self) -> Near:
        """The snapshot's links."""
        return Near(self.project.schema, self.snapshot)

    @property
    def evidence(self) -> Evidence:
        """Of the graph and the log; of the whole graph, unless `focus` came first."""
        if self._evidence is None:
            self._evidence = self._frozen(self.given)
        return self._evidence

    def focus(self, start: Things) -> None:
        """Make the graph around some artifacts and what is upstream of them only."""
        self.close()
        reached = self.nearby.reach(start)
        described = {
            kind: frozenset(each for each in ids if self.nearby.row(kind, each)) for kind, ids in reached.items()
        }
        iids = seeds(self.given.segments, described)
        # What is not found by its identifiers is looked for in the whole graph.
        self._evidence = self._frozen(neighbourhood(self.given, iids) if iids is not None else self.given)

    def _frozen(self, given: GraphInput) -> Evidence:
        graph = Graph(given)
        graph.freeze(self.as_of)
        return Evidence(
            graph, Records(self.store, self.given.edits), self.nearby, self.files, self.project.vocabularies
        )

    def close(self) -> None:
        """Give the graph's memory back."""
        if self._evidence is not None:
            self._evidence.graph.close()
            self._evidence = None

    def where(self, name: str, column: str, values: Iterable[str]) -> list[dict[str, Any]]:
        """The rows of a flat table whose column is one of some texts; each value is looked up once."""
        kept = self._kept.setdefault((name, column), {})
        wanted = list(dict.fromkeys(values))
        missing = [each for each in wanted if each not in kept]
        if missing:
            table = self.tables[name]
            kept |= {each: [] for each in missing}
            for row in rows_where(table, column, missing):
                kept[row[column]].append(row)
        return [row for each in wanted for row in kept[each]]

    def model(self, model_id: str) -> dict[str, Any]:
        """What every node says of a model; empty for no such model."""
        return self._models.get(model_id, {})

    @cached_property
    def _models(self) -> dict[str, dict[str, Any]]:
        return {row["model_id"]: row for row in self.rollups.models.to_pylist()}

    def model_name(self, model_id: str) -> str:
        """What a model is called."""
        rows = self.where("models", "model_id", [model_id])
        return str((rows[0].get("name") if rows else None) or model_id[:12])

"""Lineage: from a column of a flat table to the columns of the graph that it is made from, by parsing the SQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from sqlglot import exp
from sqlglot.lineage import lineage

from stocktake.standards import Standards

Column = tuple[str, str]
"""A table's full name and one of its columns."""


class Lineage:
    """The lineage of a project's definitions and tables."""

    def __init__(self, standards: Standards) -> None:
        self.standards = {f"standard.{each.name}": each for each in standards.steps}
        self.layer = standards.layer
        self._known: dict[Column, tuple[Column, ...]] = {}

    @cached_property
    def _schema(self) -> dict[str, dict[str, dict[str, str]]]:
        schema: dict[str, dict[str, dict[str, str]]] = {}
        for name, columns in self.layer.items():
            layer, _, table = name.partition(".")
            schema.setdefault(layer, {})[table] = dict.fromkeys(columns.names, "text")
        for name, standard in self.standards.items():
            schema.setdefault("standard", {})[name.partition(".")[2]] = dict.fromkeys(standard.columns, "text")
        return schema

    def graph_columns(self, table: str, column: str) -> tuple[Column, ...]:
        """The graph's columns behind a column of a table (`servings`, `days_since_trained`), sorted."""
        return self._graph_columns((f"standard.{table}", column), frozenset())

    def _graph_columns(self, wanted: Column, above: frozenset[Column]) -> tuple[Column, ...]:
        if wanted in self._known:
            return self._known[wanted]
        found: set[Column] = set()
        for name, column in self._direct(wanted):
            if name in self.standards:
                if (name, column) not in above:
                    found.update(self._graph_columns((name, column), above | {wanted}))
            elif name.startswith("graph."):
                found.add((name.partition(".")[2], column))
        self._known[wanted] = tuple(sorted(found))
        return self._known[wanted]

    def _direct(self, wanted: Column) -> Iterator[Column]:
        """What one SELECT reads for a column."""
        table, column = wanted
        root = lineage(column, self.standards[table].sql, schema=self._schema, dialect="duckdb")
        for node in root.walk():
            if isinstance(node.source, exp.Table):
                yield f"{node.source.db}.{node.source.name}", node.name.rpartition(".")[2].strip('"')

    def reads(self, table: str) -> frozenset[str]:
        """The graph's tables that a table reads, itself or through others."""
        found: set[str] = set()
        waiting = [f"standard.{table}"]
        seen: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            for other in self.standards[name].reads:
                if other in self.standards:
                    waiting.append(other)
                elif other.startswith("graph."):
                    found.add(other.partition(".")[2])
        return frozenset(found)

    def rule(self, table: str) -> str:
        """The file of a table."""
        return self.standards[f"standard.{table}"].file

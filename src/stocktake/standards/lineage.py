"""Lineage: from a column of a flat table to the columns that it is made from, by parsing the SQL."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp, parse_one
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from stocktake.standards.query import output_columns, parse_query

if TYPE_CHECKING:
    from stocktake.standards import Standard, Standards

Column = tuple[str, str]
"""A table's full name and one of its columns."""


class Lineage:
    """The lineage of a project's definitions and tables."""

    def __init__(self, standards: Standards) -> None:
        self.standards = {f"standard.{each.name}": each for each in standards.steps}
        self.layer = standards.layer
        self._direct: dict[Column, tuple[Column, ...]] = {}
        self._scopes: dict[str, Any] = {}
        self._lines: dict[str, dict[str, int]] = {}

    @cached_property
    def _schema(self) -> dict[str, Any]:
        schema: dict[str, Any] = {}
        for name, columns in self.layer.items():
            layer, _, table = name.partition(".")
            schema.setdefault(layer, {})[table] = dict.fromkeys(columns.names, "text")
        for name, standard in self.standards.items():
            schema.setdefault("standard", {})[name.partition(".")[2]] = dict.fromkeys(standard.columns, "text")
        return schema

    def direct(self, table: str, column: str) -> tuple[Column, ...]:
        """The columns that one file reads for a column of its table, full names, sorted."""
        wanted = (f"standard.{table}", column)
        if wanted not in self._direct:
            self._direct[wanted] = tuple(sorted(set(self._read(*wanted))))
        return self._direct[wanted]

    def graph_columns(self, table: str, column: str) -> tuple[Column, ...]:
        """The graph's columns behind a column of a table, by bare name of their table, sorted."""
        found: set[Column] = set()
        waiting, seen = [(table, column)], set()
        while waiting:
            each = waiting.pop()
            if each in seen:
                continue
            seen.add(each)
            for name, below in self.direct(*each):
                layer, _, bare = name.partition(".")
                if layer == "graph":
                    found.add((bare, below))
                elif name in self.standards:
                    waiting.append((bare, below))
        return tuple(sorted(found))

    def _read(self, table: str, column: str) -> Iterator[Column]:
        if column not in self.standards[table].columns:
            return
        if table not in self._scopes:
            query = parse_one(self.standards[table].sql, dialect="duckdb")
            qualified = qualify(
                query, dialect="duckdb", schema=self._schema, validate_qualify_columns=False, identify=False
            )
            self._scopes[table] = build_scope(qualified)
        scope = self._scopes[table]
        root = lineage(column, scope.expression, schema=self._schema, dialect="duckdb", scope=scope, copy=False)
        for node in root.walk():
            if isinstance(node.source, exp.Table) and node.source.db:
                yield f"{node.source.db}.{node.source.name}", node.name.rpartition(".")[2].strip('"')

    def reads(self, table: str) -> frozenset[str]:
        """The graph's tables that a table reads, itself or through others, by bare name."""
        found: set[str] = set()
        waiting, seen = [f"standard.{table}"], set()
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

    def standard(self, table: str) -> Standard:
        """A definition or table by its bare name."""
        return self.standards[f"standard.{table}"]

    def where(self, table: str, column: str) -> str:
        """`file:line` of a column; empty for a table that Stocktake makes itself."""
        file = self.standard(table).file
        if not file:
            return ""
        if table not in self._lines:
            path = Path(file)
            query, _ = parse_query(path, path.read_text("utf-8"))
            self._lines[table] = output_columns(path, query)[1] if query else {}
        return f"{file}:{self._lines[table].get(column, 1)}"

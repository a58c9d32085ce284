"""What the typed face reads: the frozen tables of a graph, and the Python class of each kind."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import duckdb
import pyarrow as pa

from stocktake.errors import GraphError
from stocktake.graph.snapshot import Graph
from stocktake.schema import EdgeOf, EdgeSpec, Kind, class_name

SHIPPED = "stocktake.library.kinds"


@dataclass(frozen=True, slots=True)
class View:
    """A frozen graph as tables, with the classes that its rows become.

    tables: name of each table of the snapshot → SQL that reads it. classes: those that were asked for, by kind.
    """

    graph: Graph
    tables: Mapping[str, str]
    classes: dict[str, type[Kind]] = field(default_factory=dict)

    def arrow(self, sql: str, values: Sequence[object] = ()) -> pa.Table:
        """The rows of a SELECT in columns. Raises GraphError where a value does not fit its column."""
        try:
            return cast(pa.Table, self.graph.frame.connection.sql(sql, params=list(values)).to_arrow_table())
        except duckdb.Error as error:
            fix = "use values of the columns' own types"
            raise GraphError("where", str(error).split("\n")[0], fix) from error

    def number(self, sql: str, values: Sequence[object] = ()) -> int:
        """The one number of a SELECT."""
        count: int = self.arrow(sql, values).column(0)[0].as_py()
        return count

    def columns(self, sql: str, values: Sequence[object] = ()) -> dict[str, str]:
        """Name and SQL type of each column of a SELECT."""
        rows = self.graph.frame.run(f"DESCRIBE {sql}", values).fetchall()
        return {str(row[0]): str(row[1]) for row in rows}

    def kind_name(self, kind: type[Kind] | str) -> str:
        """The name of a kind from its class or its name. Raises GraphError with the kinds that there are."""
        names = {class_name(each): each for each in self.graph.schema.kinds}
        told = kind if isinstance(kind, str) else kind.__name__
        found = told if told in self.graph.schema.kinds else names.get(told)
        if found is None:
            known = ", ".join(names) if isinstance(kind, type) else ", ".join(self.graph.schema.kinds)
            raise GraphError(told, "there is no such kind", f"use one of: {known}")
        if not isinstance(kind, str):
            self.classes[found] = kind
        return found

    def class_of(self, kind: str) -> type[Kind]:
        """The class of a kind: as it was asked for, else the shipped one, else one made for a kind of the project."""
        if kind not in self.classes:
            shipped = importlib.util.find_spec(f"{SHIPPED}.{kind}")
            name = class_name(kind)
            said = {"__doc__": self.graph.schema.kinds[kind].says}
            made = getattr(importlib.import_module(f"{SHIPPED}.{kind}"), name) if shipped else type(name, (Kind,), said)
            self.classes[kind] = made
        return self.classes[kind]

    def edge(self, told: EdgeOf[Any, Any] | str) -> tuple[str, EdgeSpec]:
        """Kind and declaration of an edge, from its class or `kind.edge`. Raises GraphError with the edges."""
        kind, name = told.rpartition(".")[::2] if isinstance(told, str) else (self.kind_name(told.kind), told.name)
        kind = self.kind_name(kind)
        edges = self.graph.schema.kinds[kind].edges
        if name not in edges:
            raise GraphError(f"{kind}.{name}", f"{kind} has no such edge", f"use one of: {', '.join(edges) or 'none'}")
        return kind, edges[name]

    def build(self, kind: str, row: Mapping[str, Any]) -> Kind:
        """One artifact from its row."""
        made = object.__new__(self.class_of(kind))
        told = {name: utc(row[name]) for name in self.graph.schema.kinds[kind].fields}
        if kind == "model_deployment":
            told["is_live"] = row["is_live"]
        lists = {"flags": tuple(row["flags"] or ()), "told_by": tuple(row["sources"] or ())}
        vars(made).update({"id": row["id"], **told, **lists})
        return made


def utc(value: Any) -> Any:
    """A value of a table as Python takes it: a time with its zone."""
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def plain(value: object) -> object:
    """A value of Python as tables take it: a time in UTC without its zone."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value

"""Sets of artifacts and of links: SELECTs over the frozen tables, worked out in columns where they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Generic, TypeVar, cast

import pyarrow as pa

from stocktake.errors import GraphError
from stocktake.graph.typed_view import View, utc
from stocktake.graph.typed_where import narrowed
from stocktake.schema import Kind

K = TypeVar("K", bound=Kind)
L = TypeVar("L", bound=Kind)
K_co = TypeVar("K_co", bound=Kind, covariant=True)
S_co = TypeVar("S_co", bound=Kind, covariant=True)
T_co = TypeVar("T_co", bound=Kind, covariant=True)


@dataclass(frozen=True)
class Artifacts(Generic[K_co]):
    """A set of artifacts of one kind or of several.

    members: SQL that gives their `id`, and its values. Nothing is read until it is counted, listed or taken as columns;
    then one statement (to list artifacts: one per kind) reads all.
    """

    view: View
    kinds: tuple[str, ...]
    members: tuple[str, tuple[object, ...]]

    def where(self, condition: str | None = None, *values: object, **equal: object) -> Artifacts[K_co]:
        """Those that meet a condition on columns (SQL, a `?` for each value) and have these values.

        `where(is_live=True)`, `where(status=["ready", "pending"])`, `where("size_bytes > ?", 1000)`. A list of values
        means any of them; None means unknown. Raises GraphError with the columns that there are.
        """
        sql, given = narrowed(self.view, self._rows(), (condition, values), equal)
        return Artifacts(self.view, self.kinds, (f"SELECT id FROM ({sql}) AS narrowed", tuple(given)))

    def of(self, kind: type[K]) -> Artifacts[K]:
        """Those of one kind, of a set of several."""
        name = self.view.kind_name(kind)
        if name not in self.kinds:
            raise GraphError(name, "the set holds none of this kind", f"use one of: {', '.join(self.kinds)}")
        return Artifacts(self.view, (name,), self.members)

    def count(self) -> int:
        """How many there are."""
        sql, values = self._rows()
        return self.view.number(f"SELECT COUNT(*) FROM ({sql}) AS told", values)

    def arrow(self) -> pa.Table:
        """Their rows in columns: `kind`, `id`, the fields, `flags`, `sources`; unknown is NULL, times are UTC."""
        sql, values = self._rows()
        return self.view.arrow(f"{sql} ORDER BY kind, name, id", values)

    def ids(self) -> list[str]:
        """Their ids, in order."""
        sql, values = self._rows()
        ids = self.view.arrow(f"SELECT id FROM ({sql}) AS told ORDER BY id", values).column("id")
        return [str(each) for each in ids.to_pylist()]

    def one(self) -> K_co:
        """The only one. Raises GraphError where there are none or several."""
        found = list(self)
        if len(found) != 1:
            raise GraphError(" or ".join(self.kinds), f"there are {len(found)}", "narrow the set with where(…)")
        return found[0]

    def __iter__(self) -> Iterator[K_co]:
        # Kind by kind: two kinds may give a field of one name different types.
        for kind in sorted(self.kinds):
            for batch in replace(self, kinds=(kind,)).arrow().to_batches():
                for row in batch.to_pylist():
                    yield cast(K_co, self.view.build(kind, row))

    def __bool__(self) -> bool:
        return self.count() > 0

    def __or__(self, other: Artifacts[L]) -> Artifacts[K_co | L]:
        kinds = tuple(dict.fromkeys((*self.kinds, *other.kinds)))
        return Artifacts(self.view, kinds, self._with("UNION", other))

    def __and__(self, other: Artifacts[Kind]) -> Artifacts[K_co]:
        return Artifacts(self.view, self.kinds, self._with("INTERSECT", other))

    def __sub__(self, other: Artifacts[Kind]) -> Artifacts[K_co]:
        return Artifacts(self.view, self.kinds, self._with("EXCEPT", other))

    def __repr__(self) -> str:
        return f"<{self.count()} of {', '.join(self.kinds)}>"

    def _with(self, word: str, other: Artifacts[Kind]) -> tuple[str, tuple[object, ...]]:
        """Members of both sets, put together."""
        (left, values), (right, more) = self.members, other.members
        return f"SELECT id FROM ({left}) AS a {word} SELECT id FROM ({right}) AS b", (*values, *more)

    def _rows(self) -> tuple[str, tuple[object, ...]]:
        """SQL of the rows of all members, with their kind."""
        sql, values = self.members
        rows = " UNION ALL BY NAME ".join(
            f"SELECT '{kind}' AS kind, told.* FROM ({self.view.tables[kind]}) AS told SEMI JOIN member USING (id)"
            for kind in self.kinds
        )
        return f"SELECT * FROM (WITH member AS ({sql}) {rows}) AS listed", values


@dataclass(frozen=True)
class Link(Generic[S_co, T_co]):
    """One link. end: None where it is only referred to, or retired (`to_is` says which).

    attributes: those that its edge declares, such as share and slot. from_at, until_at: UTC, since and until it holds.
    """

    start: S_co
    end: T_co | None
    to_id: str
    to_kind: str
    to_is: str
    attributes: Mapping[str, Any]
    from_at: datetime | None
    until_at: datetime | None

    def __getitem__(self, attribute: str) -> Any:
        if attribute not in self.attributes:
            known = ", ".join(self.attributes) or "none"
            raise GraphError(attribute, "the edge has no such attribute", f"use one of: {known}")
        return self.attributes[attribute]


@dataclass(frozen=True)
class Links(Generic[S_co, T_co]):
    """A set of links along one edge. rows: SQL that gives them, and its values."""

    view: View
    kind: str
    edge: str
    rows: tuple[str, tuple[object, ...]]

    def where(self, condition: str | None = None, *values: object, **equal: object) -> Links[S_co, T_co]:
        """Those that meet a condition on columns and have these values, as of artifacts: `where(role="canary")`."""
        sql, given = narrowed(self.view, self.rows, (condition, values), equal)
        return Links(self.view, self.kind, self.edge, (sql, tuple(given)))

    def count(self) -> int:
        """How many there are."""
        sql, values = self.rows
        return self.view.number(f"SELECT COUNT(*) FROM ({sql}) AS told", values)

    def arrow(self) -> pa.Table:
        """Their rows in columns: `from_id`, `to_id`, `to_kind`, `to_is`, the attributes, `from_at`, `until_at`."""
        sql, values = self.rows
        return self.view.arrow(f"{sql} ORDER BY ALL", values)

    def starts(self) -> Artifacts[S_co]:
        """The artifacts that they start from."""
        return self._ends("from_id", (self.kind,))

    def ends(self) -> Artifacts[T_co]:
        """The artifacts that they reach, of those that a source describes."""
        schema = self.view.graph.schema
        return self._ends("to_id", schema.targets(schema.kinds[self.kind].edges[self.edge]))

    def __iter__(self) -> Iterator[Link[S_co, T_co]]:
        starts = {each.id: each for each in self.starts()}
        ends = {each.id: each for each in self.ends()}
        names = [each.name for each in self.view.graph.schema.kinds[self.kind].edges[self.edge].attributes]
        for row in self.arrow().to_pylist():
            attributes = MappingProxyType({name: utc(row[name]) for name in names})
            start, end = starts[row["from_id"]], ends.get(row["to_id"])
            told = (row["to_id"], row["to_kind"], row["to_is"], attributes, utc(row["from_at"]), utc(row["until_at"]))
            yield Link(start, end, *told)

    def __repr__(self) -> str:
        return f"<{self.count()} links {self.kind}.{self.edge}>"

    def _ends(self, column: str, kinds: tuple[str, ...]) -> Artifacts[Any]:
        sql, values = self.rows
        return Artifacts(self.view, kinds, (f"SELECT DISTINCT {column} AS id FROM ({sql}) AS told", values))

"""The typed face of the graph: read, traverse, in sets of artifacts of the classes that declare the kinds.

```python
binaries = graph.all(ModelBinary).where(approval="approved")
runs = graph.follow(binaries, ModelBinary.workflow_run)  # Artifacts[WorkflowRun]
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NoReturn, Self, TypeVar, cast, overload

from stocktake.errors import GraphError
from stocktake.graph.edits import iid_of, parse_identifier
from stocktake.graph.ids import LETTERS, artifact_id
from stocktake.graph.snapshot import Graph
from stocktake.graph.typed_sets import Artifacts, Links
from stocktake.graph.typed_view import View
from stocktake.library.kinds.owner import Owner
from stocktake.schema import EdgeOf, Kind

K = TypeVar("K", bound=Kind)
S = TypeVar("S", bound=Kind)
T = TypeVar("T", bound=Kind)
ID = re.compile(LETTERS)
OWN = f"""
SELECT claimed.namespace || ':' || claimed.value FROM claimed JOIN claim_artifact USING (claim_id)
WHERE claim_artifact.artifact_id = $id
    AND {artifact_id("$kind", "claimed.namespace", "claimed.value")} = $id LIMIT 1
"""
# What no identifier joins has its id from the key of its claim.
CLAIM_KEY = """
SELECT 'claim:' || claim.source || '/' || claim.label || '/' || claim.part
FROM claim JOIN claim_artifact USING (claim_id)
WHERE claim_artifact.artifact_id = $id ORDER BY 1 LIMIT 1
"""


class TypedGraph:
    """A graph as it stood at one moment, read by the classes of its kinds.

    Every method takes a kind as its class, and then answers in its type; or by its name, and then answers in `Kind`.
    Nothing is read but what is asked for; a set is one statement, however many artifacts it holds.
    """

    def __init__(self, graph: Graph, as_of: datetime) -> None:
        """graph: frozen at as_of."""
        self.as_of = as_of
        self.view = View(graph, graph.tables())

    @overload
    def all(self, kind: type[K]) -> Artifacts[K]: ...
    @overload
    def all(self, kind: str) -> Artifacts[Kind]: ...
    def all(self, kind: type[Kind] | str) -> Artifacts[Any]:
        """Every artifact of a kind that exists. Raises GraphError with the kinds that there are."""
        name = self.view.kind_name(kind)
        return Artifacts(self.view, (name,), (f"SELECT id FROM ({self.view.tables[name]}) AS told", ()))

    @overload
    def get(self, kind: type[K], identifier: str) -> K: ...
    @overload
    def get(self, kind: str, identifier: str) -> Kind: ...
    def get(self, kind: type[Kind] | str, identifier: str) -> Any:
        """The artifact of a kind that bears an identifier (`namespace:value`), or has this id.

        Raises GraphError where there is none, saying what bears the identifier instead.
        """
        name = self.view.kind_name(kind)
        wanted = f"'{identifier}'" if ID.fullmatch(identifier) else self._borne(name, identifier)
        found: list[Kind] = list(Artifacts(self.view, (name,), (f"SELECT UNNEST([{wanted}]) AS id", ())))
        if len(found) != 1:
            self._refuse(name, identifier)
        return found[0]

    @overload
    def follow(self, start: S | Iterable[S], edge: EdgeOf[S, T]) -> Artifacts[T]: ...
    @overload
    def follow(self, start: Kind | Iterable[Kind], edge: str) -> Artifacts[Kind]: ...
    def follow(self, start: Kind | Iterable[Kind], edge: EdgeOf[Any, Any] | str) -> Artifacts[Any]:
        """The artifacts that some reach along an edge (`ModelBinary.workflow_run`, or "model_binary.workflow_run").

        What nobody describes has no artifact: see `links`. Raises GraphError with the edges that there are.
        """
        return self.links(start, cast(EdgeOf[Any, Any], edge)).ends()

    @overload
    def back(self, end: T | Iterable[T], edge: EdgeOf[S, T]) -> Artifacts[S]: ...
    @overload
    def back(self, end: Kind | Iterable[Kind], edge: str) -> Artifacts[Kind]: ...
    def back(self, end: Kind | Iterable[Kind], edge: EdgeOf[Any, Any] | str) -> Artifacts[Any]:
        """The artifacts that reach some along an edge: against its direction."""
        kind, spec = self.view.edge(edge)
        return Links[Any, Any](self.view, kind, spec.name, self._links(kind, spec.name, ("to_id", end))).starts()

    @overload
    def links(self, start: S | Iterable[S], edge: EdgeOf[S, T]) -> Links[S, T]: ...
    @overload
    def links(self, start: Kind | Iterable[Kind], edge: str) -> Links[Kind, Kind]: ...
    def links(self, start: Kind | Iterable[Kind], edge: EdgeOf[Any, Any] | str) -> Links[Any, Any]:
        """The links of some artifacts along an edge, with their attributes; also those to what nobody describes."""
        kind, spec = self.view.edge(edge)
        return Links(self.view, kind, spec.name, self._links(kind, spec.name, ("from_id", start)))

    def owners(self, artifacts: Kind | Iterable[Kind]) -> Artifacts[Owner]:
        """Who answers for some artifacts: their `owners`, as far as a source describes them."""
        ids, values = self._ids(artifacts)
        kinds = artifacts.kinds if isinstance(artifacts, Artifacts) else tuple(self.view.graph.schema.kinds)
        owned = " UNION ALL ".join(f"SELECT from_id, owner_id FROM ({self._owned(kind)}) AS told" for kind in kinds)
        sql = f"SELECT DISTINCT owner_id AS id FROM ({owned}) AS owned WHERE from_id IN ({ids})"
        return Artifacts(self.view, (self.view.kind_name(Owner),), (sql, values))

    def identifier_of(self, artifact: Kind | str) -> str:
        """The identifier that an artifact has its id from, `namespace:value`; an identifier is its own."""
        if isinstance(artifact, str):
            return artifact
        kind = self.view.kind_name(type(artifact))
        connection = self.view.graph.frame.connection
        for sql, given in ((OWN, {"id": artifact.id, "kind": kind}), (CLAIM_KEY, {"id": artifact.id})):
            rows = connection.execute(sql, given).fetchall()
            if rows:
                return str(rows[0][0])
        raise GraphError(artifact.id, "it is no artifact of this graph", "take it from this graph")

    def close(self) -> None:
        """Give the memory back; sets of this graph can't be read any more."""
        self.view.graph.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _owned(self, kind: str) -> str:
        return self.view.tables[f"{kind}_owned_by"]

    def _links(self, kind: str, edge: str, end: tuple[str, Kind | Iterable[Kind]]) -> tuple[str, tuple[object, ...]]:
        """SQL of the links that have some artifacts at one end."""
        column, artifacts = end
        ids, values = self._ids(artifacts)
        table = self.view.tables[f"{kind}_{edge}"]
        return f"SELECT * FROM ({table}) AS link WHERE link.{column} IN ({ids})", values

    def _ids(self, artifacts: Kind | Iterable[Kind]) -> tuple[str, tuple[object, ...]]:
        """SQL of the ids of some artifacts: a set stays a SELECT."""
        if isinstance(artifacts, Artifacts):
            sql, values = artifacts.members
            return f"SELECT id FROM ({sql}) AS chosen", values
        ids = [artifacts.id] if isinstance(artifacts, Kind) else [each.id for each in artifacts]
        return "SELECT UNNEST(CAST(? AS VARCHAR[])) AS id", (ids,)

    def _borne(self, kind: str, identifier: str) -> str:
        """SQL list of the ids of what bears an identifier."""
        iid = iid_of(*parse_identifier(identifier))
        rows = self.view.graph.frame.run(
            "SELECT DISTINCT artifact_id FROM address WHERE iid = ? AND kind = ? ORDER BY 1", [iid, kind]
        ).fetchall()
        return ", ".join(f"'{row[0]}'" for row in rows) or "NULL"

    def _refuse(self, kind: str, identifier: str) -> NoReturn:
        """Say why there is not one artifact of a kind with an identifier."""
        frame = self.view.graph.frame
        borne = []
        if not ID.fullmatch(identifier):
            iid = iid_of(*parse_identifier(identifier))
            borne = frame.run("SELECT DISTINCT kind FROM address WHERE iid = ? ORDER BY 1", [iid]).fetchall()
            if frame.run("SELECT 1 FROM all_ghost WHERE iid = ?", [iid]).fetchall():
                fix = "read the source that describes it; `links` shows what refers to it"
                raise GraphError(identifier, f"no source describes this {kind}: it is only referred to", fix)
        kinds = [str(row[0]) for row in borne]
        if kinds and kind not in kinds:
            raise GraphError(identifier, f"no {kind} bears it", f"it is borne by: {', '.join(kinds)}")
        problem = f"this {kind} does not exist at {self.as_of:%Y-%m-%d %H:%M} UTC" if kinds else "nothing bears it"
        raise GraphError(identifier, problem, "look for its spelling with `stocktake get NAME`")

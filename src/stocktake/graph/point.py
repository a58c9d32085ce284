"""Point reads: one artifact by any of its identifiers, by the same functions as the snapshot, on its few claims."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import duckdb
import pyarrow as pa

from stocktake.graph.edits import iid_of, parse_identifier, read_edits
from stocktake.graph.frame import LOOKED_UP, Focus, GraphInput
from stocktake.graph.snapshot import Graph

ROUNDS = 4


def neighbourhood(given: GraphInput, iids: Iterable[UUID]) -> GraphInput:
    """The same input narrowed to the claims that some identifiers lead to, and to those around them.

    Follows identifiers to claims and back until nothing is added, then links in both directions, a few rounds: all that
    the values, flags and links of the artifacts in the middle rest on.
    """
    connection = duckdb.connect()
    for name, columns in (("identifiers", "claim_id, iid, namespace"), ("links", "claim_id, to_iid, namespace, value")):
        paths = [str(path) for folder in given.segments if (path := folder / f"{name}.parquet").exists()]
        if paths:
            connection.execute(
                f"CREATE VIEW all_{name} AS SELECT {columns} FROM read_parquet({paths!r}, union_by_name = true) "
                f"WHERE seq <= {given.known_at}"
            )
        else:
            listed = ", ".join(
                f"NULL::UUID AS {each}" if each.endswith("id") else f"'' AS {each}" for each in columns.split(", ")
            )
            connection.execute(f"CREATE VIEW all_{name} AS SELECT {listed} WHERE FALSE")
    _apply_lookups(connection, given)
    walk = _Walk(connection, given)
    walk.add_iids(iids)
    for number in range(ROUNDS):
        walk.close()
        if number < ROUNDS - 1:
            walk.follow()
    focus = walk.focus()
    connection.close()
    return replace(given, focus=focus)


def _apply_lookups(connection: duckdb.DuckDBPyConnection, given: GraphInput) -> None:
    """`all_link`: the links, with what was looked up at a commit in place of the reference."""
    if given.lookups is None:
        connection.execute("CREATE VIEW all_link AS SELECT claim_id, to_iid FROM all_links")
        return
    connection.register("given_lookups", given.lookups)
    connection.execute(
        f"""CREATE VIEW all_link AS SELECT told.claim_id, COALESCE(CAST(found.iid AS UUID), told.to_iid) AS to_iid
        FROM all_links AS told LEFT JOIN given_lookups AS found
            ON told.namespace = '{LOOKED_UP}' AND found.value = told.value"""
    )


class _Walk:
    """The claims and identifiers reached so far, as tables `claim` and `node` of a connection."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, given: GraphInput) -> None:
        self.connection = connection
        connection.register("given_namespaces", given.namespaces)
        connection.execute("CREATE TABLE node (iid UUID PRIMARY KEY)")
        connection.execute("CREATE TABLE claim (claim_id UUID PRIMARY KEY)")
        connection.execute("CREATE TABLE crowded (iid UUID PRIMARY KEY)")
        connection.execute("CREATE TABLE asked (iid UUID PRIMARY KEY)")
        connection.execute("CREATE TABLE decided (a UUID, b UUID)")
        self.max_join = given.max_join
        edits = [each.edit for each in read_edits(given.edits)]
        for edit in edits:
            if edit.left and edit.right:
                pair = [iid_of(*parse_identifier(edit.left)), iid_of(*parse_identifier(edit.right))]
                connection.execute("INSERT INTO decided VALUES (?, ?), (?, ?)", [*pair, *reversed(pair)])

    def add_iids(self, iids: Iterable[UUID]) -> None:
        """Begin with these identifiers."""
        for iid in iids:
            self.connection.execute("INSERT OR IGNORE INTO node VALUES (?)", [iid])

    def close(self) -> None:
        """Follow identifiers to claims and claims to identifiers until nothing is added; crowded ones lead nowhere."""
        before = -1
        while before != (now := self._size()):
            before = now
            self._find_crowded()
            self.connection.execute(
                """INSERT OR IGNORE INTO claim
                SELECT DISTINCT told.claim_id FROM all_identifiers AS told
                SEMI JOIN (SELECT iid FROM node ANTI JOIN crowded USING (iid)) AS open ON open.iid = told.iid
                UNION SELECT iid FROM node"""
            )
            self.connection.execute(
                """INSERT OR IGNORE INTO node
                SELECT DISTINCT told.iid FROM all_identifiers AS told SEMI JOIN claim ON claim.claim_id = told.claim_id
                UNION SELECT decided.b FROM decided SEMI JOIN node ON node.iid = decided.a"""
            )

    def _find_crowded(self) -> None:
        self.connection.execute(
            f"""INSERT OR IGNORE INTO crowded
            SELECT told.iid FROM all_identifiers AS told
            LEFT JOIN given_namespaces AS known ON known.namespace = told.namespace
            SEMI JOIN (SELECT iid FROM node ANTI JOIN asked USING (iid)) AS open ON open.iid = told.iid
            GROUP BY told.iid HAVING COUNT(DISTINCT told.claim_id) > MIN(COALESCE(known.max_join, {self.max_join}))"""
        )
        self.connection.execute("INSERT OR IGNORE INTO asked SELECT iid FROM node")

    def follow(self) -> None:
        """Add what the claims link to, and the claims that link to what was reached."""
        self.connection.execute(
            """INSERT OR IGNORE INTO claim
            SELECT DISTINCT told.claim_id FROM all_link AS told SEMI JOIN node ON node.iid = told.to_iid"""
        )
        self.connection.execute(
            """INSERT OR IGNORE INTO node
            SELECT DISTINCT told.to_iid FROM all_link AS told SEMI JOIN claim ON claim.claim_id = told.claim_id"""
        )
        self.connection.execute("INSERT OR IGNORE INTO node SELECT claim_id FROM claim")

    def _size(self) -> int:
        counted = "SELECT (SELECT COUNT(*) FROM node) + (SELECT COUNT(*) FROM claim)"
        return int(self.connection.execute(counted).fetchall()[0][0])

    def focus(self) -> Focus:
        """What was reached, in columns."""
        claims: pa.Table = self.connection.sql("SELECT claim_id FROM claim").to_arrow_table()
        crowded: pa.Table = self.connection.sql("SELECT iid FROM crowded").to_arrow_table()
        return Focus(claims, crowded)


def find(given: GraphInput, identifier: str, as_of: datetime) -> tuple[Graph, list[tuple[str, str]]]:
    """The graph around an identifier, frozen at as_of, and the (kind, id) of the artifacts that bear it.

    identifier: `namespace:value`; the id of an artifact is looked up by its identifiers. A ghost is found too, with
    the kind `ghost` before its own.
    """
    iid = iid_of(*parse_identifier(identifier))
    graph = Graph(neighbourhood(given, [iid]))
    graph.freeze(as_of)
    found = graph.frame.rows(f"SELECT DISTINCT kind, artifact_id FROM address WHERE iid = '{iid}' ORDER BY ALL")
    ghosts = graph.frame.rows(f"SELECT DISTINCT kind, id FROM all_ghost WHERE iid = '{iid}' ORDER BY ALL")
    return graph, [(str(kind), str(key)) for kind, key in [*found, *ghosts]]

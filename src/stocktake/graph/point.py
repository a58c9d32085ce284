"""Point reads: one artifact by any of its identifiers, by the same functions as the snapshot, on its few claims."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import duckdb

from stocktake.graph.edits import iid_of, parse_identifier
from stocktake.graph.frame import Focus, GraphInput
from stocktake.graph.snapshot import Graph
from stocktake.graph.told import make_told

STEPS = 3
CHAINS = ("base", "carries", "member_of")
"""Edges whose chains count to their ends: cycles are flagged, and what only carries passes links on."""


def neighbourhood(given: GraphInput, iids: Iterable[UUID]) -> GraphInput:
    """The same input narrowed to the claims that some identifiers lead to, and to those around them.

    Follows identifiers to claims and back until nothing is added; links in both directions and owners, a few steps, and
    chains to their ends; and who names what is in the middle: all that its values, flags and links rest on.
    """
    start = list(iids)
    connection = duckdb.connect()
    make_told(connection, given)
    walk = _Walk(connection, given)
    walk.begin(start)
    walk.find_namers()
    walk.begin(start)
    for _ in range(STEPS):
        walk.follow()
    walk.follow_chains()
    focus = walk.focus()
    connection.close()
    return replace(given, focus=focus)


class _Walk:
    """Claims and identifiers that are reached, as tables `claim` and `node` of a connection with what claims tell."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, given: GraphInput) -> None:
        self.connection = connection
        connection.register("given_namespaces", given.namespaces)
        for name, column in (
            ("node", "iid"),
            ("claim", "claim_id"),
            ("crowded", "iid"),
            ("asked", "iid"),
            ("kept", "claim_id"),
        ):
            connection.execute(f"CREATE TABLE {name} ({column} UUID PRIMARY KEY)")
        self.max_join = given.max_join

    def begin(self, iids: Iterable[UUID]) -> None:
        """Keep what was reached so far, and begin anew with these identifiers."""
        self._keep()
        self.connection.execute("TRUNCATE node")
        self.connection.execute("TRUNCATE claim")
        for iid in iids:
            self.connection.execute("INSERT OR IGNORE INTO node VALUES (?)", [iid])
        self._close()

    def find_namers(self) -> None:
        """Add who names them as owners or passes links on to them, and who names these; then who links to any of them.

        Whom a name leads to, by a name or an address, is known with all whom its namers name.
        """
        self._settle(self._find_namers)
        self._add_claims(LINKING)
        self._add_nodes(OWNERS)
        self._close()

    def follow(self) -> None:
        """Add what the claims link to, who owns them, and the claims that link to what was reached."""
        self._add_claims(LINKING)
        self._add_nodes(f"SELECT told.to_iid FROM {LINKED} UNION {OWNERS}")
        self._close()

    def follow_chains(self) -> None:
        """Add what chains of links lead to, until they end."""
        self._settle(self._follow_chains)

    def focus(self) -> Focus:
        """All that was reached, in columns."""
        self._keep()
        return Focus(
            self.connection.sql("SELECT claim_id FROM kept").to_arrow_table(),
            self.connection.sql("SELECT iid FROM crowded").to_arrow_table(),
        )

    def _keep(self) -> None:
        self.connection.execute("INSERT OR IGNORE INTO kept FROM claim")

    def _find_namers(self) -> None:
        self._add_claims(f"{LINKING} WHERE told.edge = 'carries'")
        self._add_claims(
            """SELECT told.claim_id FROM all_owner AS told
            SEMI JOIN (SELECT name FROM owner_name SEMI JOIN node ON node.iid = owner_name.iid) AS named ON named.name = told.name"""
        )
        self._close()

    def _follow_chains(self) -> None:
        self._add_nodes(f"SELECT told.to_iid FROM {LINKED} WHERE told.edge IN {CHAINS}")
        self._close()

    def _close(self) -> None:
        """Follow identifiers to claims and claims to identifiers until nothing is added; crowded ones lead nowhere."""
        self._settle(self._join)

    def _join(self) -> None:
        self._find_crowded()
        self._add_claims(
            """SELECT told.claim_id FROM all_identifier AS told
            SEMI JOIN (SELECT iid FROM node ANTI JOIN crowded USING (iid)) AS open ON open.iid = told.iid
            UNION SELECT iid FROM node"""
        )
        self._add_nodes(
            """SELECT told.iid FROM all_identifier AS told SEMI JOIN claim ON claim.claim_id = told.claim_id
            UNION SELECT claim_id FROM claim
            UNION SELECT decided.b FROM decided SEMI JOIN node ON node.iid = decided.a"""
        )

    def _find_crowded(self) -> None:
        self.connection.execute(
            f"""INSERT OR IGNORE INTO crowded
            SELECT told.iid FROM all_identifier AS told
            LEFT JOIN given_namespaces AS known ON known.namespace = told.namespace
            SEMI JOIN (SELECT iid FROM node ANTI JOIN asked USING (iid)) AS open ON open.iid = told.iid
            GROUP BY told.iid HAVING COUNT(DISTINCT told.claim_id) > MIN(COALESCE(known.max_join, {self.max_join}))"""
        )
        self.connection.execute("INSERT OR IGNORE INTO asked SELECT iid FROM node")

    def _add_claims(self, sql: str) -> None:
        self.connection.execute(f"INSERT OR IGNORE INTO claim {sql}")

    def _add_nodes(self, sql: str) -> None:
        self.connection.execute(f"INSERT OR IGNORE INTO node {sql}")

    def _settle(self, step: Callable[[], None]) -> None:
        """Do a step until it adds nothing."""
        before = -1
        while before != (now := self._size()):
            before = now
            step()

    def _size(self) -> int:
        counted = "SELECT (SELECT COUNT(*) FROM node) + (SELECT COUNT(*) FROM claim)"
        return int(self.connection.execute(counted).fetchall()[0][0])


LINKING = "SELECT told.claim_id FROM all_link AS told SEMI JOIN node ON node.iid = told.to_iid"
LINKED = "all_link AS told SEMI JOIN claim ON claim.claim_id = told.claim_id"
OWNERS = """SELECT owner_name.iid FROM owner_name
    SEMI JOIN (SELECT name FROM all_owner SEMI JOIN claim USING (claim_id)) AS told USING (name)"""


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

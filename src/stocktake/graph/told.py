"""What claims tell, whatever they tell it of: identifiers, links and owners, straight from the segments and edits."""

from __future__ import annotations

from uuid import UUID

import duckdb

from stocktake.graph.edits import Decided, claim_id_of, iid_of, parse_identifier, read_edits
from stocktake.graph.frame import LOOKED_UP, GraphInput

EMPTY = {
    "identifiers": "SELECT NULL::UUID AS claim_id, NULL::UUID AS iid, '' AS namespace WHERE FALSE",
    "links": "SELECT NULL::UUID AS claim_id, '' AS edge, NULL::UUID AS to_iid, '' AS namespace, '' AS value WHERE FALSE",
}


def make_told(connection: duckdb.DuckDBPyConnection, given: GraphInput) -> None:
    """Make what is told until known_at, in tables.

    `all_identifier` (claim_id, iid, namespace), `all_link` (claim_id, edge,
    to_iid), `all_owner` (claim_id, name) with `owner_name` (name, iid), and `decided` (a, b: what edits join, both ways).

    In links, what was looked up at a commit stands in place of the reference. Identifiers leave those of edits out.
    """
    _make_edited(connection, given)
    identifiers = _segments(given, "identifiers", "claim_id, iid, namespace") or EMPTY["identifiers"]
    connection.execute(f"CREATE TABLE all_identifier AS {identifiers}")
    links = _segments(given, "links", "claim_id, edge, to_iid, namespace, value") or EMPTY["links"]
    if given.lookups is None:
        looked_up = f"SELECT claim_id, edge, to_iid FROM ({links})"
    else:
        connection.register("given_lookups", given.lookups)
        looked_up = f"""SELECT told.claim_id, told.edge, COALESCE(CAST(found.iid AS UUID), told.to_iid) AS to_iid
            FROM ({links}) AS told LEFT JOIN given_lookups AS found
                ON told.namespace = '{LOOKED_UP}' AND found.value = told.value"""
    connection.execute(f"CREATE TABLE all_link AS {looked_up} UNION ALL FROM edit_link")
    kinds = [f"claims_{kind}" for kind in (*given.schema.kinds, "open")]
    owners = [told for kind in kinds if (told := _segments(given, kind, "claim_id, TRIM(UNNEST(owners)) AS name"))]
    connection.execute(f"CREATE TABLE all_owner AS {' UNION ALL '.join([*owners, 'FROM edit_owner'])}")
    connection.execute(
        """CREATE TABLE owner_name AS SELECT name, CAST(LEFT(sha256(namespace || chr(31) || name), 32) AS UUID) AS iid
        FROM (SELECT DISTINCT name FROM all_owner) CROSS JOIN (VALUES ('owner'), ('email')) AS known (namespace)"""
    )


def _segments(given: GraphInput, name: str, columns: str) -> str | None:
    """SQL of columns of a table of the segments; None where none holds it."""
    paths = [str(path) for folder in given.segments if (path := folder / f"{name}.parquet").exists()]
    told = f"SELECT {columns} FROM read_parquet({paths!r}, union_by_name = true) WHERE seq <= {given.known_at}"
    return told if paths else None


def _make_edited(connection: duckdb.DuckDBPyConnection, given: GraphInput) -> None:
    """`decided`, `edit_link`, `edit_owner`: what people joined, linked and named as owners."""
    connection.execute("CREATE TABLE decided (a UUID, b UUID)")
    connection.execute("CREATE TABLE edit_link (claim_id UUID, edge VARCHAR, to_iid UUID)")
    connection.execute("CREATE TABLE edit_owner (claim_id UUID, name VARCHAR)")
    for each in read_edits(given.edits):
        edit, claim_id = each.edit, claim_id_of(each.record)
        a, b = _joined(each)
        connection.execute("INSERT INTO decided VALUES ($a, $b), ($b, $a)", {"a": a, "b": b})
        if edit.action == "link":
            to_iid = iid_of(*parse_identifier(str(edit.to)))
            connection.execute("INSERT INTO edit_link VALUES (?, ?, ?)", [claim_id, edit.edge, to_iid])
        if edit.field == "owners":
            names = edit.value if isinstance(edit.value, list) else [edit.value]
            for name in names:
                connection.execute("INSERT INTO edit_owner VALUES (?, TRIM(?))", [claim_id, str(name)])


def _joined(each: Decided) -> tuple[UUID, UUID]:
    """Both sides of a decision on a join; else the edit's own claim and what it is on."""
    edit = each.edit
    if edit.left and edit.right:
        return iid_of(*parse_identifier(edit.left)), iid_of(*parse_identifier(edit.right))
    return claim_id_of(each.record), iid_of(*parse_identifier(str(edit.on)))

"""What an artifact may be mistaken for: claims and references elsewhere in the log that have its name or its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    import duckdb

    from stocktake.graph.snapshot import Graph

MOST = 200  # a name that so many bear suggests nothing
PLAIN = "REGEXP_REPLACE(LOWER({}), '[-_ .]+', '-', 'g')"
LAST_WORD = "REGEXP_EXTRACT(value, '[^/#:|]+$')"
STEM = "REGEXP_REPLACE(value, '(\\.tar)?\\.(gz|tgz|zip|tar|bin|pkl|onnx)$', '')"
FOLDER = "REGEXP_REPLACE(value, '/[^/]*$', '')"


def alike(graph: Graph, segments: Sequence[Path], kind: str, artifact_id: str) -> list[UUID]:
    """Identifiers and claims that have the name of an artifact, or lie where it lies: what suggestions are made from.

    graph: frozen around the artifact. A point read that starts from these too has its suggestions.
    """
    import duckdb

    names = _told(graph, "plain", "name_hint", artifact_id)
    places = _told(graph, STEM, "place_hint", artifact_id) + _told(graph, FOLDER, "place_hint", artifact_id)
    connection = duckdb.connect()
    try:
        return _found(connection, segments, kind, {"names": names, "places": places})
    finally:
        connection.close()


def _told(graph: Graph, column: str, table: str, artifact_id: str) -> list[str]:
    rows = graph.frame.run(f"SELECT DISTINCT {column} FROM {table} WHERE id = ?", [artifact_id]).fetchall()
    return [str(row[0]) for row in rows]


def _found(
    connection: duckdb.DuckDBPyConnection, segments: Sequence[Path], kind: str, values: dict[str, list[str]]
) -> list[UUID]:
    """Ids of the claims and identifiers that share one of the names or places."""
    lies = f"list_contains($places, {STEM}) OR list_contains($places, {FOLDER})"
    is_called = {each: f"list_contains($names, {PLAIN.format(each)})" for each in ("name", "value", LAST_WORD)}
    searches = [
        ("links", "to_iid", f"{is_called[LAST_WORD]} OR (namespace = 'place' AND ({lies}))"),
        ("identifiers", "iid", f"namespace = 'place' AND ({lies})"),
        ("hints", "claim_id", f"(hint = 'place' AND ({lies})) OR (hint = 'name' AND {is_called['value']})"),
        (f"claims_{kind}", "claim_id", is_called["name"]),
        ("claims_open", "claim_id", is_called["name"]),
    ]
    found: list[UUID] = []
    for table, column, condition in searches:
        paths = [str(path) for folder in segments if (path := folder / f"{table}.parquet").exists()]
        if paths:
            given = {name: value for name, value in values.items() if f"${name}" in condition}
            rows = f"read_parquet($paths, union_by_name = true) WHERE {condition} LIMIT {MOST}"
            sql = f"SELECT DISTINCT {column} FROM {rows}"
            found += [row[0] for row in connection.execute(sql, {"paths": paths, **given}).fetchall()]
    return found

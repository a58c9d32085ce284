"""Seeds: the identifiers that artifacts have their ids from, where a point read begins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from stocktake.graph.ids import CLAIM_KEY, artifact_id

if TYPE_CHECKING:
    import duckdb

    from stocktake.explain.near import Things


def seeds(segments: Sequence[Path], things: Things) -> list[UUID] | None:
    """An identifier of each described artifact, found by its hash in one pass per kind; None where one is missing."""
    import duckdb

    connection = duckdb.connect()
    try:
        found: list[UUID] = []
        for kind, ids in things.items():
            told = _of_kind(connection, segments, kind, ids)
            if ids - told.keys():
                return None
            found += told.values()
        return found
    finally:
        connection.close()


def _of_kind(
    connection: duckdb.DuckDBPyConnection, segments: Sequence[Path], kind: str, ids: frozenset[str]
) -> dict[str, UUID]:
    """Identifiers by artifact; of one that bears none, the key of its claim."""
    if not ids:
        return {}
    named = artifact_id(f"'{kind}'", "namespace", "value")
    own = f"SELECT {named} AS id, ANY_VALUE(iid) FROM {{files}} WHERE kind IN ('{kind}', 'open') GROUP BY 1"
    found = _read(connection, segments, "identifiers", own, ids)
    claim = artifact_id(f"'{kind}'", "'claim'", CLAIM_KEY)
    for table in (f"claims_{kind}", "claims_open"):
        rest = ids - found.keys()
        if rest:
            sql = f"SELECT {claim} AS id, ANY_VALUE(claim_id) FROM {{files}} GROUP BY 1"
            found |= _read(connection, segments, table, sql, rest)
    return found


def _read(
    connection: duckdb.DuckDBPyConnection, segments: Sequence[Path], table: str, sql: str, ids: frozenset[str]
) -> dict[str, UUID]:
    paths = [str(path) for folder in segments if (path := folder / f"{table}.parquet").exists()]
    if not paths:
        return {}
    files = "read_parquet($paths, union_by_name = true)"
    rows = connection.execute(
        f"SELECT * FROM ({sql.format(files=files)}) AS told WHERE LIST_CONTAINS($ids, id)",
        {"paths": paths, "ids": sorted(ids)},
    ).fetchall()
    return {str(key): UUID(str(iid)) for key, iid in rows}

"""From what a person writes (an identifier, the beginning of an id, a name) to artifacts and their identifiers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.errors import GraphError
from stocktake.graph.ids import CLAIM_KEY, artifact_id
from stocktake.pipeline.names import Named, begun, called

if TYPE_CHECKING:
    import duckdb

    from stocktake.pipeline.line import Measured
    from stocktake.schema import Schema

SHOWN = 8
SHORTEST = 4
"""How many letters of an id it takes at least to find what it is of."""


def seek(measured: Measured, words: str) -> list[Named]:
    """Artifacts and ghosts of a run that are called so, ghosts by their identifier; else those whose id begins so."""
    snapshot, kinds = measured.snapshot, measured.project.schema.kinds
    return called(snapshot, kinds, words) or (begun(snapshot, kinds, words) if len(words) >= SHORTEST else [])


def seek_one(measured: Measured, words: str) -> Named:
    """The only one that is found so. Raises GraphError, with those that there are."""
    found = seek(measured, words)
    if len(found) == 1:
        return found[0]
    if not found:
        raise GraphError(
            words, "nothing is called so", "write namespace:value, the beginning of an id, or a name (`stocktake show`)"
        )
    listed = _listed([f"{each.id} ({each.kind} {each.name})" for each in found])
    raise GraphError(words, f"{len(found)} artifacts are called so: {listed}", "write the beginning of one of the ids")


def _listed(told: Sequence[str]) -> str:
    """The first few, and how many more there are."""
    more = f"; and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return "; ".join(told[:SHOWN]) + more


def is_identifier(words: str, namespaces: Iterable[str]) -> bool:
    """Whether a text is `namespace:value` of a known namespace, or a claim's key."""
    namespace, colon, value = words.partition(":")
    return bool(colon and value) and (namespace == "claim" or namespace in set(namespaces))


def identifier_of(measured: Measured, segments: Sequence[Path], named: Named) -> str:
    """The identifier that an artifact or ghost has its id from: `namespace:value`."""
    if named.is_ghost:
        return named.name
    return strongest(segments, measured.project.schema, named)


def strongest(segments: Sequence[Path], schema: Schema, named: Named) -> str:
    """An artifact's strongest identifier, found by its hash among all that claims bear."""
    import duckdb

    connection = duckdb.connect()
    try:
        return _own(connection, segments, named) or _claim_key(connection, segments, schema, named)
    finally:
        connection.close()


def _own(connection: duckdb.DuckDBPyConnection, segments: Sequence[Path], named: Named) -> str | None:
    paths = _files(segments, "identifiers")
    if not paths:
        return None
    rows = connection.execute(
        f"""SELECT namespace, value FROM read_parquet($paths, union_by_name = true)
        WHERE {artifact_id("$kind", "namespace", "value")} = $id LIMIT 1""",
        {"paths": paths, "kind": named.kind, "id": named.id},
    ).fetchall()
    return f"{rows[0][0]}:{rows[0][1]}" if rows else None


def _claim_key(connection: duckdb.DuckDBPyConnection, segments: Sequence[Path], schema: Schema, named: Named) -> str:
    """The key of the claim that an artifact without any identifier has its id from."""
    for table in (f"claims_{named.kind}", "claims_open"):
        paths = _files(segments, table)
        rows = (
            paths
            and connection.execute(
                f"""SELECT source || '/' || label || '/' || part FROM read_parquet($paths, union_by_name = true)
                WHERE {artifact_id("$kind", "'claim'", CLAIM_KEY)} = $id LIMIT 1""",
                {"paths": paths, "kind": named.kind, "id": named.id},
            ).fetchall()
        )
        if rows:
            return f"claim:{rows[0][0]}"
    known = ", ".join(schema.kinds)
    raise GraphError(named.id, f"no claim of a {named.kind} has this id", f"run `stocktake measure`; kinds: {known}")


def _files(segments: Sequence[Path], table: str) -> list[str]:
    return [str(path) for folder in segments if (path := folder / f"{table}.parquet").exists()]


def find_model(measured: Measured, words: str) -> str:
    """The id of the model that is called so, or whose id begins so. Raises GraphError, with those that there are."""
    rows = measured.tables["models"].select(["model_id", "name"]).to_pylist()
    found = [row for row in rows if words in (row["name"], row["model_id"])]
    found = found or [row for row in rows if len(words) >= SHORTEST and row["model_id"].startswith(words)]
    if len(found) == 1:
        return str(found[0]["model_id"])
    listed = _listed([f"{row['model_id']} ({row['name']})" for row in found or rows])
    raise GraphError(words, f"{len(found)} models are called so", f"use one of: {listed or 'there is no model'}")

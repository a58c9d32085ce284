"""A made-up snapshot of any size, written straight into a lake: what a benchmark of engines begins with.

Each binary comes of one run and is served three times, by deployments of up to thirty servings; a thousandth of the
servings are old. Codes, families, owners and datasets are a hundredth, a fiftieth and so on of the binaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from stocktake.engines import lake as lakes
from stocktake.standards import Standards, conform, moment_table

SERVINGS = 3
PER_DEPLOYMENT = 30
GRAPH = "graph"

ID = "LEFT(MD5('{0}' || {1}), 12)"
START = "TIMESTAMP '2024-01-01 00:00:00'"
LINK = {"to_is": "'described'", "from_at": START, "sources": "['estate']"}

Columns = Mapping[str, str]


def id_of(kind: str, number: str) -> str:
    """SQL of an artifact's id."""
    return ID.format(kind, number)


def tables(binaries: int) -> dict[str, tuple[int, Columns]]:
    """Table -> how many rows, and the SQL of the columns that are known, over the row's number `i`."""
    codes, families = max(1, binaries // 100), max(1, binaries // 50)
    owners, datasets = max(1, binaries // 1000), max(1, binaries // 200)
    servings = SERVINGS * binaries
    deployments = max(1, servings // PER_DEPLOYMENT)
    day = "to_days(CAST(i % 1000 AS INTEGER))"
    told = {"sources": "['estate']"}

    def link(from_kind: str, of: str, to_kind: str, to: str, **more: str) -> Columns:
        ends = {"from_id": id_of(from_kind, of), "to_id": id_of(to_kind, to), "to_kind": f"'{to_kind}'"}
        return {**ends, **LINK, **more}

    def owned(kind: str) -> Columns:
        owner = f"i % {owners}"
        name = f"'owner-' || ({owner})"
        return {"from_id": id_of(kind, "i"), "owner_id": id_of("owner", f"({owner})"), "owner_name": name,
                "to_is": "'described'"}  # fmt: skip

    return {
        "owner": (owners, {"id": id_of("owner", "i"), "name": "'owner-' || i", "is_active": "i % 9 > 0", **told}),
        "dataset": (datasets, {
            "id": id_of("dataset", "i"), "name": "'train-' || i", "uri": "'s3://lake/' || i", **told}),
        "model_code": (codes, {
            "id": id_of("model_code", "i"), "name": "'jobs/train_' || i || '.py'", "repository": "'ml/train'",
            "path": "'jobs/train_' || i || '.py'", "last_changed_at": f"{START} + {day}", **told}),
        "model_code_owned_by": (codes, owned("model_code")),
        "model_family": (families, {"id": id_of("model_family", "i"), "name": "'model-' || i", **told}),
        "workflow_run": (binaries, {
            "id": id_of("workflow_run", "i"), "name": "'run-' || i", "status": "'succeeded'", "is_training": "TRUE",
            "started_at": f"{START} + {day}", "ended_at": f"{START} + {day} + INTERVAL 2 HOUR", **told}),
        "workflow_run_model_code": (binaries, link("workflow_run", "i", "model_code", f"(i % {codes})")),
        "workflow_run_datasets": (binaries, link(
            "workflow_run", "i", "dataset", f"(i % {datasets})", digest="'d' || i")),
        "model_binary": (binaries, {
            "id": id_of("model_binary", "i"), "name": "'model-' || i", "version": "'' || i",
            "uri": "'s3://models/' || i",
            "created_at": f"{START} + {day}", "digest": "MD5('' || i)", **told}),
        "model_binary_workflow_run": (binaries, link("model_binary", "i", "workflow_run", "i")),
        "model_binary_family": (binaries, link("model_binary", "i", "model_family", f"(i % {families})")),
        "model_deployment": (deployments, {
            "id": id_of("model_deployment", "i"), "name": "'endpoint-' || i", "status": "'up'", "mode": "'online'",
            "environment": "CASE i % 3 WHEN 0 THEN 'staging' ELSE 'production' END", "created_at": START,
            "last_request_at": f"{START} + {day}", **told}),
        "model_deployment_owned_by": (deployments, owned("model_deployment")),
        "model_deployment_serves": (servings, link(
            "model_deployment", f"(i % {deployments})", "model_binary", f"(i // {SERVINGS})",
            share="(i % 100) / 100.0", slot="'slot-' || i", role="CASE i % 5 WHEN 0 THEN 'canary' ELSE 'live' END",
            until_at=f"CASE i % 1000 WHEN 0 THEN {START} + INTERVAL 9 DAY END")),
    }  # fmt: skip


def write_lake(lake: Path, standards: Standards, binaries: int, as_of: datetime) -> None:
    """Write the snapshot; the tables of the graph that the estate knows nothing of are empty."""
    lakes.write(lake, conform(standards, {"standard.run": moment_table(as_of, 1)}))
    with duckdb.connect() as connection:
        for name, (rows, known) in tables(binaries).items():
            table = f"{GRAPH}.{name}"
            schema = standards.layer[table]
            columns = ", ".join(_column(field, known) for field in schema)
            unknown = set(known) - set(schema.names)
            assert not unknown, f"{table} has no {unknown}"
            with lakes.publish(lake, table) as path:
                query = f"SELECT {columns} FROM range({rows}) AS numbers(i)"
                connection.execute(f"COPY ({query}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def _column(field: pa.Field[pa.DataType], known: Columns) -> str:
    kinds = {pa.string(): "VARCHAR", pa.int64(): "BIGINT", pa.float64(): "DOUBLE", pa.bool_(): "BOOLEAN",
             pa.timestamp("us"): "TIMESTAMP"}  # fmt: skip
    kind = kinds.get(field.type, "VARCHAR[]")
    return f'CAST({known.get(field.name, "NULL")} AS {kind}) AS "{field.name}"'

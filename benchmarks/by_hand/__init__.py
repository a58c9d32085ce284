"""The files of a run, written by hand: what an analyst would have DuckDB do with a frozen snapshot, and no more.

Scores and roll-ups are SQL of their own in this folder, each file named like the one that it writes; definitions and
tables are those that ship, which are written by hand as well.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import duckdb

HERE = Path(__file__).parent
LIBRARY = HERE.parents[1] / "src" / "stocktake" / "library"
TABLES = (
    "active_deployment", "assessed", "code_health", "data_lineage", "last_training", "model", "model_owner",
    "production_deployment", "purpose_fit", "run_start", "training_set", "active_model", "model_parts", "model_place",
    "ownership", "datasets", "feature_sources", "features", "membership", "model_assessed", "model_risk", "binaries",
    "families", "models", "runs", "servings", "counts", "coverage", "deployments", "owners",
)  # fmt: skip
"""Each after those that it reads."""
SCORES = ("servings", "binaries", "runs", "deployments", "models", "datasets", "features", "feature_sources")
ROLLUPS = ("servings_pairs", "models", "slices", "members", "populations", "exposure")
BEFORE = {
    "scores/servings": ("macros",),
    "rollups/models": ("parts", "goals"),
    "rollups/populations": ("states",),
}
"""What is run before some files: macros, and tables that no run keeps."""
LAYERS = {"tables": TABLES, "scores": SCORES, "rollups": ROLLUPS}
FILES = tuple(f"{layer}/{name}" for layer, names in LAYERS.items() for name in names)
"""All that is written, by the names that a run gives its files, in order."""
SCHEMAS = {"tables": "standard", "scores": "score", "rollups": "rollup"}
"""What the SQL calls the files of a layer."""


def write_by_hand(graph: Path, results: Path, at: tuple[datetime, int], spill: Path) -> None:
    """Write FILES into a folder.

    graph: a folder per table of the snapshot, as a run's lake has them. at: what it was frozen at, (as_of, known_at).
    spill: where DuckDB puts what its memory does not hold.
    """
    with duckdb.connect(config={"temp_directory": str(spill)}) as connection:
        connection.execute("SET preserve_insertion_order = false")
        for schema in ("graph", *SCHEMAS.values()):
            connection.execute(f"CREATE SCHEMA {schema}")
        for folder in sorted(graph.iterdir()):
            connection.execute(f"CREATE VIEW graph.{folder.name} AS FROM '{folder}/*.parquet'")
        moment = f"TIMESTAMP '{at[0]:%Y-%m-%d %H:%M:%S}' AS as_of, {at[1]}::BIGINT AS known_at"
        connection.execute(f"CREATE TABLE standard.run AS SELECT {moment}")
        for file in FILES:
            for step in BEFORE.get(file, ()):
                connection.execute((HERE / "steps" / f"{step}.sql").read_text("utf-8"))
            _write(connection, file, results / f"{file}.parquet")


def _write(connection: duckdb.DuckDBPyConnection, file: str, path: Path) -> None:
    """Write one file, and let further SQL read it."""
    layer, _, name = file.partition("/")
    path.parent.mkdir(parents=True, exist_ok=True)
    connection.execute(f"COPY ({_sql_of(file)}) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")
    connection.execute(f"CREATE VIEW {SCHEMAS[layer]}.{name} AS FROM '{path}'")


def _sql_of(file: str) -> str:
    """The SELECT of a file: of this folder, else a definition or table that ships."""
    shipped = (LIBRARY / kind / f"{Path(file).name}.sql" for kind in ("definitions", "tables"))
    return next(path for path in (HERE / f"{file}.sql", *shipped) if path.exists()).read_text("utf-8")

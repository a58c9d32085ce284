"""Any table or node of a run as a file: CSV, JSON or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.errors import ResultsError, one_of
from stocktake.results import FORMATS, node_table

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.pipeline.line import Measured

SNAPSHOT = "graph."
SCORES = "scores."


def names(measured: Measured) -> list[str]:
    """What can be exported: tables and definitions, nodes, the scores of each table, the graph's own tables."""
    tables = [*measured.tables, "populations", "exposure", "model_nodes", *measured.catalogue.nodes()]
    scores = [f"{SCORES}{name}" for name in measured.scores.tables]
    return [*tables, *scores, *(f"{SNAPSHOT}{name}" for name in measured.snapshot)]


def find_table(measured: Measured, name: str) -> pa.Table:
    """A table of a run by its name. Raises ResultsError with the names that there are."""
    rollups = measured.rollups
    if name.startswith(SNAPSHOT) and name.removeprefix(SNAPSHOT) in measured.snapshot:
        return measured.snapshot[name.removeprefix(SNAPSHOT)]
    if name.startswith(SCORES) and name.removeprefix(SCORES) in measured.scores.tables:
        return measured.scores.tables[name.removeprefix(SCORES)]
    if name in measured.tables:
        return measured.tables[name]
    if name in measured.catalogue.nodes():
        return node_table(rollups.models, name)
    found = {"populations": rollups.populations, "exposure": rollups.exposure, "model_nodes": rollups.models}.get(name)
    if found is None:
        raise ResultsError(name, "there is no such table or node", one_of(names(measured), name))
    return found


def format_of(path: Path | None, told: str | None) -> str:
    """The format that is told, else by the file's ending, else JSON. Raises ResultsError."""
    ending = path.suffix.removeprefix(".").lower() if path else ""
    chosen = told or (ending if ending in FORMATS else "" if ending else "json")
    if chosen not in FORMATS:
        fix = f"use --format with one of: {', '.join(FORMATS)}"
        raise ResultsError(str(path or told), f"no format {told or ending!r}", fix)
    return chosen

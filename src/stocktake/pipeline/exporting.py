"""Any table or node of a run as a file: CSV, JSON or Parquet."""

from __future__ import annotations

from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from stocktake.errors import ResultsError
from stocktake.pipeline.report import rows_of

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.pipeline.line import Measured

FORMATS = ("csv", "json", "parquet")
SNAPSHOT = "graph."
SCORES = "scores."


def names(measured: Measured) -> list[str]:
    """What can be exported: tables and definitions, nodes, the scores of each table, the graph's own tables."""
    tables = [*measured.tables, "populations", "exposure", "model_nodes", *measured.catalogue.nodes()]
    return [*tables, *(f"{SCORES}{name}" for name in measured.scores.tables), *(f"{SNAPSHOT}{name}" for name in measured.snapshot)]


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
        return _node(measured, name)
    found = {"populations": rollups.populations, "exposure": rollups.exposure, "model_nodes": rollups.models}.get(name)
    if found is None:
        raise ResultsError(name, "there is no such table or node", f"use one of: {', '.join(names(measured))}")
    return found


def _node(measured: Measured, name: str) -> pa.Table:
    """A node's part of the wide table of models: model_id, model_by, is_live, and its own columns."""
    table = measured.rollups.models
    prefix = f"{name}__"
    own = [column for column in table.column_names if column.startswith(prefix)]
    kept = table.select(["model_id", "model_by", "is_live", *own])
    return kept.rename_columns([column.removeprefix(prefix) for column in kept.column_names])


def format_of(path: Path | None, told: str | None) -> str:
    """The format that is told, else by the file's ending, else JSON. Raises ResultsError."""
    ending = path.suffix.removeprefix(".").lower() if path else ""
    chosen = told or (ending if ending in FORMATS else "" if ending else "json")
    if chosen not in FORMATS:
        raise ResultsError(str(path or told), f"no format {told or ending!r}", f"use --format with one of: {', '.join(FORMATS)}")
    return chosen


def write(table: pa.Table, chosen: str, stream: IO[bytes]) -> None:
    """Write a table in a format; JSON is one list of rows, lists in CSV are JSON."""
    if chosen == "parquet":
        import pyarrow.parquet as pq

        pq.write_table(table, stream)
    elif chosen == "csv":
        _write_csv(table, stream)
    else:
        import msgspec

        stream.write(msgspec.json.format(msgspec.json.encode(rows_of(table)), indent=2) + b"\n")


def _write_csv(table: pa.Table, stream: IO[bytes]) -> None:
    import csv
    import io

    text = io.TextIOWrapper(stream, encoding="utf-8", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow(table.column_names)
    for row in rows_of(table):
        writer.writerow([_cell(value) for value in row.values()])
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    """A value as CSV takes it: nothing for unknown, lists as JSON, times as ISO 8601."""
    import msgspec

    if isinstance(value, str | int | float) or value is None:
        return value
    return msgspec.json.encode(value).decode().strip('"')

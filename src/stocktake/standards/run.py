"""Running the standards of a project over one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import Engine
from stocktake.engines.lift import AT
from stocktake.errors import Problem, StandardsError
from stocktake.standards.spec import Standard, Standards

if TYPE_CHECKING:
    import pyarrow as pa


def run(
    standards: Standards,
    graph: Path | Mapping[str, pa.Table],
    *,
    as_of: datetime,
    known_at: int,
    engine: Engine | None = None,
) -> dict[str, pa.Table]:
    """The rows of every definition and table, by name.

    graph: tables by full name (`graph.model_binary`; a bare `model_binary` is taken as of that layer), or the folder of
    a snapshot with one Parquet file per table. Tables that are missing count as empty, columns that are missing as
    unknown. engine: DuckDB in this process unless given. Raises StandardsError where two rows have one key.
    """
    from stocktake.engines.duckdb import DuckDb

    given = _read_folder(graph) if isinstance(graph, Path) else graph
    tables = conform(standards, {**given, "standard.run": moment_table(as_of, known_at)})
    steps = [each.step for each in standards.steps]
    results = (engine or DuckDb()).run_tables(steps, tables)
    rows = {name.partition(".")[2]: table for name, table in results.items()}
    if problems := [problem for each in standards.steps for problem in _key_problems(each, rows[each.name])]:
        raise StandardsError(problems=tuple(problems))
    return rows


def run_lake(standards: Standards, lake: Path, engine: Engine) -> None:
    """The same over a lake that holds every table of the layer; the rows go there. Raises as `run` does."""
    from stocktake.engines.duckdb import DuckDb

    engine.run_lake([each.step for each in standards.steps], lake)
    doubled = DuckDb().doubled(lake, {f"standard.{each.name}": each.key for each in standards.steps if each.key})
    named = {f"standard.{each.name}": each for each in standards.steps}
    if problems := [problem for name, rows in doubled.items() for problem in _doubled(named[name], rows)]:
        raise StandardsError(problems=tuple(problems))


def _key_problems(standard: Standard, table: pa.Table) -> list[Problem]:
    """A problem where two rows have one key: what is counted or joined by it would count twice."""
    key = list(standard.key)
    return _doubled(standard, table.num_rows - table.select(key).group_by(key).aggregate([]).num_rows if key else 0)


def _doubled(standard: Standard, doubled: int) -> list[Problem]:
    """The problem of a table that has so many more rows than values of its key."""
    key = list(standard.key)
    problem = f"{standard.name} has {doubled} more rows than values of its key {', '.join(key)}"
    fix = "let the SELECT give one row per key, or name further columns in `-- key:`"
    return [Problem(standard.where, problem, fix)] if doubled else []


def moment_table(as_of: datetime, known_at: int) -> pa.Table:
    """The one row of `standard.run`: the moment that is looked at, in whole seconds UTC."""
    return moments_table([as_of], known_at).select(["as_of", "known_at"])


def moments_table(moments: Sequence[datetime], known_at: int) -> pa.Table:
    """The same of several moments, a row each, told apart by `lift.AT`."""
    import pyarrow as pa

    times = [moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment for moment in moments]
    seconds = pa.array([time.replace(microsecond=0) for time in times], pa.timestamp("us"))
    return pa.table({"as_of": seconds, "known_at": pa.array([known_at] * len(times), pa.int64()), AT: seconds})


def conform(standards: Standards, tables: Mapping[str, pa.Table], beside: str = "") -> dict[str, pa.Table]:
    """Tables with exactly the columns and types of the layer: missing tables empty, missing columns unknown.

    Tables that the layer does not have are left out. beside: a column that tables may have beside those of the layer.
    """
    named = {name if "." in name else f"graph.{name}": table for name, table in tables.items()}
    return {
        name: _fit(named[name], schema, beside) if name in named else schema.empty_table()
        for name, schema in standards.layer.items()
    }


def _fit(table: pa.Table, schema: pa.Schema, beside: str) -> pa.Table:
    """A table cast to a schema."""
    import pyarrow as pa

    if beside in table.column_names:
        schema = schema.append(table.schema.field(beside))
    if table.schema.equals(schema):
        return table
    columns = [
        table.column(field.name).cast(field.type, safe=False)
        if field.name in table.column_names
        else pa.nulls(len(table), field.type)
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def _read_folder(folder: Path) -> dict[str, pa.Table]:
    """The tables of a snapshot's folder: files `model_binary.parquet` or `graph.model_binary.parquet`."""
    import pyarrow.parquet as pq

    return {path.stem: pq.ParquetFile(path).read() for path in sorted(folder.glob("*.parquet"))}

"""DuckDB: the default engine, in process, spilling to disk."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from stocktake.engines import lake as lakes
from stocktake.engines.options import Options
from stocktake.engines.protocol import Step
from stocktake.engines.scratch import scratch
from stocktake.engines.translate import declared
from stocktake.errors import EngineError, EngineMemoryError
from stocktake.stages import stage

OF_THE_MACHINE = (duckdb.IOException, duckdb.OutOfMemoryException)
"""Errors of the disk or the memory: no SQL is at fault."""


def machine_error(error: duckdb.Error, where: str = "DuckDB") -> EngineError:
    """One of them, with its remedy."""
    told = " ".join(str(error).split("\n\n")[0].split())
    if "No space left" in told or "disk is full" in told:
        return EngineError(where, told, "make room on the disk, then run this again")
    if isinstance(error, duckdb.OutOfMemoryException):
        return EngineMemoryError(
            where, told, "give it more (`engines: {duckdb: {memory_limit: 4GB}}`), or a disk with more room to spill to"
        )
    return EngineError(where, told, "run this again; if it stays so, `stocktake store verify` says what to take away")


@dataclass(frozen=True, slots=True)
class DuckDb:
    """The engine in this process.

    memory_limit: such as `2GB`; DuckDB's own default unless said. temp_directory: where it spills; the system's
    folder for temporary files unless said. threads: DuckDB's own default unless said.
    """

    memory_limit: str | None = None
    temp_directory: Path | None = None
    threads: int | None = None
    name: str = "duckdb"

    def run_lake(self, steps: Sequence[Step], lake: Path) -> None:
        """Run the steps in order over a lake, and publish each result there with its declared types."""
        with self._connect() as connection:
            for table in lakes.tables_of(lake):
                _make_view(connection, table, f"read_parquet({_quoted_list(lakes.files_of(lake, table))})")
            for step in steps:
                with stage("step", step=step.name), lakes.publish(lake, step.name) as path:
                    _execute(connection, step, f"COPY ({declared(step)}) TO {as_file(path)}")
                _make_view(connection, step.name, f"read_parquet({_quoted_list(lakes.files_of(lake, step.name))})")

    def run_tables(
        self, steps: Sequence[Step], tables: Mapping[str, pa.Table], wanted: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """Run the steps in order over tables in memory (`graph.model_binary`); gives each step's rows by its name.

        wanted: the steps whose rows are given; all unless said.
        """
        with self._connect() as connection:
            for number, (name, table) in enumerate(tables.items()):
                connection.register(f"given_{number}", table)
                _make_view(connection, name, f"given_{number}")
            for step in steps:
                _run(connection, step)
            names = [step.name for step in steps if wanted is None or step.name in wanted]
            return {name: connection.table(name).to_arrow_table() for name in names}

    def ask(self, lake: Path, sql: str) -> pa.Table:
        """The rows of one SELECT over a lake."""
        with self._connect() as connection:
            for table in lakes.tables_of(lake):
                _make_view(connection, table, f"read_parquet({_quoted_list(lakes.files_of(lake, table))})")
            found: pa.Table = connection.sql(sql).to_arrow_table()
            return found

    def doubled(self, lake: Path, keys: Mapping[str, Sequence[str]]) -> dict[str, int]:
        """How many more rows tables of a lake have than values of their keys; tables that have none are left out.

        keys: full name of a table -> its key columns.
        """
        parts = []
        for table, key in keys.items():
            listed = ", ".join(f'"{column}"' for column in key)
            distinct = f"SELECT COUNT(*) FROM (SELECT DISTINCT {listed} FROM {_named(table)}) AS keys"
            parts.append(f"SELECT '{table}' AS name, COUNT(*) - ({distinct}) AS doubled FROM {_named(table)}")
        found = self.ask(lake, " UNION ALL ".join(parts)).to_pylist() if parts else []
        return {row["name"]: row["doubled"] for row in found if row["doubled"]}

    def describe(self, steps: Sequence[Step], schemas: Mapping[str, pa.Schema]) -> dict[str, dict[str, str]]:
        """Column name -> SQL type of each step's result, found by running the steps over empty tables."""
        with self._without_rows(steps, schemas) as connection:
            return {step.name: _columns(connection, step) for step in steps}

    def schemas(self, steps: Sequence[Step], schemas: Mapping[str, pa.Schema]) -> dict[str, pa.Schema]:
        """The same as Arrow's types: what every other engine publishes its results with."""
        with self._without_rows(steps, schemas) as connection:
            return {step.name: connection.table(step.name).to_arrow_table().schema for step in steps}

    @contextmanager
    def _without_rows(
        self, steps: Sequence[Step], schemas: Mapping[str, pa.Schema]
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection on which the steps have run over empty tables."""
        with self._connect() as connection:
            for number, (name, schema) in enumerate(schemas.items()):
                connection.register(f"given_{number}", schema.empty_table())
                _make_view(connection, name, f"given_{number}")
            for step in steps:
                _run(connection, step)
            yield connection

    @contextmanager
    def _connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own, with the layers made; nothing of it stays."""
        with scratch("duckdb", self.temp_directory) as spill:
            config: dict[str, str | bool | int | float | list[str]] = {"temp_directory": str(spill)}
            config |= {"memory_limit": self.memory_limit} if self.memory_limit else {}
            config |= {"threads": self.threads} if self.threads else {}
            with duckdb.connect(config=config) as connection:
                connection.execute("CREATE SCHEMA graph; CREATE SCHEMA standard; SET preserve_insertion_order = false")
                yield connection


OPTIONS: Mapping[str, type] = {"memory_limit": str, "temp_directory": str, "threads": int}


def from_settings(options: Options) -> DuckDb:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    told = options.check(OPTIONS)
    folder = told.get("temp_directory")
    return DuckDb(told.get("memory_limit"), Path(folder).expanduser() if folder else None, told.get("threads"))


WRITTEN = "COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 10000"
"""How Parquet is written: a dictionary that keeps growing is given up early, as one of ids never pays."""


def as_file(path: Path) -> str:
    """SQL of a Parquet file as the target of a COPY."""
    stamp = ", ".join(f"{name}: '{told}'" for name, told in lakes.STAMP.items())
    return f"{_quoted(path)} (FORMAT parquet, {WRITTEN}, KV_METADATA {{{stamp}}})"


def _run(connection: duckdb.DuckDBPyConnection, step: Step) -> None:
    """Make one step's table."""
    _execute(connection, step, f"CREATE TABLE {_named(step.name)} AS {declared(step)}")


def _execute(connection: duckdb.DuckDBPyConnection, step: Step, statement: str) -> None:
    """Run a statement; what DuckDB says against it is told as this step's problem."""
    try:
        connection.execute(statement)
    except OF_THE_MACHINE as error:
        raise machine_error(error, step.name) from error
    except duckdb.Error as error:
        text = str(error).split("\n\n")[0].strip()
        fix = "mend the SQL of this file"
        raise EngineError(where=step.name, problem=f"DuckDB refuses it: {text}", fix=fix) from error


def _columns(connection: duckdb.DuckDBPyConnection, step: Step) -> dict[str, str]:
    """The columns of a step's table with their SQL types."""
    rows = connection.execute(f"DESCRIBE {_named(step.name)}").fetchall()
    return {str(row[0]): str(row[1]) for row in rows}


def _make_view(connection: duckdb.DuckDBPyConnection, name: str, relation: str) -> None:
    """Name a relation, in place of an earlier one of that name."""
    connection.execute(f"CREATE OR REPLACE VIEW {_named(name)} AS SELECT * FROM {relation}")


def _named(name: str) -> str:
    """A table's full name, quoted."""
    return ".".join(f'"{part}"' for part in name.split("."))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _quoted_list(paths: Sequence[Path]) -> str:
    return "[" + ", ".join(_quoted(path) for path in paths) + "]"

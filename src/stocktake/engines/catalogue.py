"""Publications in a Hive catalogue: flat tables that anybody can query by name, and always sees of one run, whole.

A table is an external one, partitioned by run, under a name that nobody uses; its view shows the run that the view
`publication` names. So a single statement publishes all tables at once, and a query that reads several of them looks
that run up once. A table whose columns change becomes another one, and its view shows both until the next publication.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from stocktake.engines.ask import Ask
from stocktake.engines.hive import HiveEngine
from stocktake.engines.hive_types import column_type, columns_of, quoted, text
from stocktake.engines.shelf import RUN, Shelf
from stocktake.errors import EngineError

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket

POINTER = "publication"
BY = "__by_"
SETTLING = 2.0
"""Seconds in which every query that has read a view's old text has read what it names, too."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One schema of a Hive catalogue. lake: where its files are; schema: its name, made when it is not there."""

    engine: HiveEngine
    lake: Path | Bucket
    schema: str = "stocktake"

    def publish(self, run_id: str, tables: Mapping[str, pa.Table]) -> None:
        """Let the views show these tables. Until the last statement they show the run before, whole.

        A publication that is cut off anywhere changes nothing that a view shows; it can be done again. Raises
        EngineError.
        """
        for name, table in tables.items():
            if name == POINTER or RUN in table.column_names:
                problem = f"a table or column is named {POINTER if name == POINTER else RUN}"
                raise EngineError(f"{self.schema}.{name}", problem, "give it another name")
        ask = self.engine.connect().of(self.schema)
        ask.run(f"CREATE SCHEMA IF NOT EXISTS {self._in_catalogue(self.schema)}")
        existing = self._existing(ask)
        if POINTER not in existing:
            self._point(ask, "")
        changed = [self._add(ask, run_id, name, table, existing) for name, table in tables.items()]
        self._check_rows(ask, run_id, tables)
        if any(changed) and POINTER in existing:
            time.sleep(SETTLING)
        self._point(ask, run_id)

    def published(self) -> str | None:
        """The run that the views show; None before the first."""
        ask = self.engine.connect().of(self.schema)
        if POINTER not in self._existing(ask):
            return None
        return str(ask.run(f"SELECT {RUN} FROM {self._full(POINTER)}")[0][0]) or None

    def keep(self, runs: Sequence[str]) -> None:
        """Take away the files of all runs but some, and the one that the views show."""
        kept = {*runs, *filter(None, [self.published()])}
        ask, shelf = self.engine.connect().of(self.schema), Shelf(self.lake)
        for shape in (name for name in shelf.shapes() if BY in name):
            shelf.keep(shape, kept)
            self._look(ask, shape, "DROP")

    def _existing(self, ask: Ask) -> list[str]:
        """The tables and views of the schema, in order; none where it is not there."""
        tables = f"{self._in_catalogue('information_schema')}.tables"
        return sorted(
            str(row[0]) for row in ask.run(f"SELECT table_name FROM {tables} WHERE table_schema = {text(self.schema)}")
        )

    def _add(self, ask: Ask, run_id: str, name: str, table: pa.Table, existing: Sequence[str]) -> bool:
        """Put a table's rows beside those of earlier runs; whether its view had to change for it."""
        table = _plain(table)
        shape = f"{name}{BY}{_digest(table.schema)}"
        Shelf(self.lake).write(shape, run_id, table)
        if shape not in existing:
            columns = f"{columns_of(table.schema, self.engine.times)}, {RUN} VARCHAR"
            at = f"format = 'PARQUET', external_location = {text(self._address(shape))}"
            with_ = f"{at}, partitioned_by = ARRAY[{text(RUN)}]"
            ask.run(f"CREATE TABLE IF NOT EXISTS {self._full(shape)} ({columns}) WITH ({with_})")
        self._look(ask, shape, "ADD")
        others = [each for each in existing if each.startswith(f"{name}{BY}") and each != shape]
        if name in existing and self._shown(ask, name) == [shape, *others]:
            return False
        selects = [self._select(shape, table.schema, [name.lower() for name in table.schema.names])]
        for other in others:
            known = [str(row[0]) for row in ask.run(f"DESCRIBE {self._full(other)}")]
            selects.append(self._select(other, table.schema, known))
        ask.run(f"CREATE OR REPLACE VIEW {self._full(name)} AS {' UNION ALL '.join(selects)}")
        return True

    def _check_rows(self, ask: Ask, run_id: str, tables: Mapping[str, pa.Table]) -> None:
        """Raises EngineError where the server does not see the rows that were written for it."""
        name = max(tables, key=lambda each: tables[each].num_rows, default="")
        if not name:
            return
        shape = f"{name}{BY}{_digest(_plain(tables[name]).schema)}"
        [[found]] = ask.run(f"SELECT COUNT(*) FROM {self._full(shape)} WHERE {RUN} = {text(run_id)}")
        if int(found) != tables[name].num_rows:
            problem = f"the server sees {found} of {tables[name].num_rows:,} rows, which are in {self.lake}"
            fix = "let `mount` and `uri` of the engine lead it there (file:///, local:///, s3://bucket/)"
            if not isinstance(self.lake, Path):
                fix = "let the server's catalogue read that store"
            raise EngineError(f"{self.schema}.{name}", problem, fix)

    def _shown(self, ask: Ask, name: str) -> list[str]:
        """The tables that a view reads, in their order."""
        told = str(ask.run(f"SHOW CREATE VIEW {self._full(name)}")[0][0])
        return re.findall(rf"{re.escape(name)}{BY}\w+", told)

    def _select(self, shape: str, schema: pa.Schema, known: Sequence[str]) -> str:
        """The rows of the published run, with the columns of a schema; those that a table does not have are unknown."""
        columns = ", ".join(self._column(field, known) for field in schema)
        return (
            f"SELECT {columns} FROM {self._full(shape)} AS told "
            f"INNER JOIN {self._full(POINTER)} AS {POINTER} ON told.{RUN} = {POINTER}.{RUN}"
        )

    def _column(self, field: pa.Field[pa.DataType], known: Sequence[str]) -> str:
        kind = column_type(field.type, self.engine.times)
        value = f"told.{quoted(field.name)}" if field.name.lower() in known else "NULL"
        return f"TRY_CAST({value} AS {kind}) AS {quoted(field.name)}"

    def _address(self, shape: str) -> str:
        """Where the server finds the files of a shape."""
        if isinstance(self.lake, Path):
            return self.engine.access.place.give(self.lake / shape)
        return self.lake.below(shape).address

    def _look(self, ask: Ask, shape: str, mode: str) -> None:
        """Let the catalogue look which runs a table has (ADD), or no longer has (DROP)."""
        procedure = f"{quoted(self.engine.access.catalogue)}.system.sync_partition_metadata"
        ask.run(f"CALL {procedure}({text(self.schema)}, {text(shape)}, {text(mode)})")

    def _point(self, ask: Ask, run_id: str) -> None:
        """Let all views show a run."""
        ask.run(f"CREATE OR REPLACE VIEW {self._full(POINTER)} AS SELECT CAST({text(run_id)} AS VARCHAR) AS {RUN}")

    def _full(self, table: str) -> str:
        return f"{self._in_catalogue(self.schema)}.{quoted(table)}"

    def _in_catalogue(self, schema: str) -> str:
        return f"{quoted(self.engine.access.catalogue)}.{quoted(schema)}"


def _plain(table: pa.Table) -> pa.Table:
    """A table every column of which may hold unknowns."""
    return table.cast(pa.schema([pa.field(field.name, field.type) for field in table.schema]))


def _digest(schema: pa.Schema) -> str:
    """What tells two shapes of a table apart, as a part of a name."""
    told = "|".join(f"{field.name} {field.type}" for field in schema)
    return hashlib.sha256(told.encode()).hexdigest()[:8]

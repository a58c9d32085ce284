"""The working tables of one run in a Hive catalogue: each names a folder of the lake, and goes with the run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines.access import Access
from stocktake.engines.ask import Ask
from stocktake.engines.hive_types import quoted, text
from stocktake.engines.scratch import KEPT, TOKEN, has_gone, label
from stocktake.errors import EngineError

if TYPE_CHECKING:
    from sqlglot import exp

PREFIX = "run_"
STAMP = "%Y%m%d%H%M%S"
NAMED = re.compile(rf"{PREFIX}\d{{14}}_(\w{{{TOKEN}}}_\w{{{TOKEN}}})__")


@dataclass(frozen=True, slots=True)
class Work:
    """The tables that a run's steps read and make. tables: full name in the lake -> name in the working schema."""

    ask: Ask
    access: Access
    run: str
    tables: dict[str, str] = field(default_factory=dict)

    def named(self, layer: str, table: str) -> exp.Table:
        """What the server calls a table of the lake."""
        from sqlglot import exp

        return exp.table_(self.tables.get(f"{layer}.{table}", table), db=self.access.schema, quoted=True)

    def full(self, name: str) -> str:
        """The quoted full name of a table, made for this run."""
        layer, _, table = name.partition(".")
        return self._full(self.tables.setdefault(name, f"{self.run}__{layer}__{table}"))

    def register(self, name: str, columns: str, address: str) -> None:
        """Name what is, or will be, at an address."""
        at = f"format = 'PARQUET', external_location = {text(address)}"
        self.ask.of(name).run(f"CREATE TABLE {self.full(name)} ({columns}) WITH ({at})")

    def drop(self) -> None:
        """Take the names away; the files stay."""
        for table in self.tables.values():
            self.ask.run(f"DROP TABLE IF EXISTS {self._full(table)}")

    def drop_forgotten(self, now: datetime, lake: Path) -> None:
        """Take away what runs that were killed have left: their lake has gone, or they are old."""
        before = f"{PREFIX}{now - KEPT:{STAMP}}"
        for (table,) in self.ask.run(f"SHOW TABLES FROM {self._schema} LIKE '{PREFIX}%'"):
            named = NAMED.match(table)
            if table < before or (named and has_gone(named[1], lake)):
                self.ask.run(f"DROP TABLE IF EXISTS {self._full(table)}")

    @property
    def _schema(self) -> str:
        return f"{quoted(self.access.catalogue)}.{quoted(self.access.schema)}"

    def _full(self, table: str) -> str:
        return f"{self._schema}.{quoted(table)}"


@contextmanager
def working(ask: Ask, access: Access, lake: Path) -> Iterator[Work]:
    """A run's working tables over a lake, for as long as it lasts."""
    now = datetime.now(UTC)
    work = Work(ask, access, f"{PREFIX}{now:{STAMP}}_{label(lake)}")
    ask.run(f"CREATE SCHEMA IF NOT EXISTS {quoted(access.catalogue)}.{quoted(access.schema)}")
    work.drop_forgotten(now, lake)
    try:
        yield work
    except BaseException:
        with suppress(EngineError):  # what went wrong first is told; what stays goes with a later run
            work.drop()
        raise
    work.drop()

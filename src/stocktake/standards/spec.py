"""The values of this stage: one file as a Standard, and all of a project's in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stocktake.engines import Step

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """One output column: its SQL type (`VARCHAR`, `BIGINT`, `VARCHAR[]` …) and what it is."""

    name: str
    type: str
    says: str


@dataclass(frozen=True, slots=True)
class Standard:
    """One definition or table, ready to run.

    name: as the file is named; SQL reads it as `standard.<name>`. columns: in the order of the SELECT. sql: canonical,
    without comments, so that two files mean the same when it is equal. reads: full names of the tables that it reads.
    absence: fields whose absence it, or what it reads, takes as a state. key: the columns that no two rows have in
    common. where: `file:line` of its header. engine: the one that it asks to run on; empty: as the project says.
    """

    name: str
    is_table: bool
    says: str
    grain: str
    version: int
    owner: str
    source: str
    columns: Mapping[str, Column]
    sql: str
    reads: tuple[str, ...]
    absence: frozenset[str] = frozenset()
    where: str = ""
    key: tuple[str, ...] = ()
    engine: str = ""

    @property
    def file(self) -> str:
        """The file that it stands in; empty for what Stocktake makes itself."""
        return self.where.rpartition(":")[0]

    @property
    def step(self) -> Step:
        """It as a step of an engine."""
        types = {name: column.type for name, column in self.columns.items()}
        return Step(f"standard.{self.name}", self.sql, types, engine=self.engine)


@dataclass(frozen=True, slots=True)
class Standards:
    """All definitions and tables of a project, each after what it reads.

    layer: the tables of a snapshot that they may read, by full name.
    """

    steps: tuple[Standard, ...]
    layer: Mapping[str, pa.Schema]

    def __getitem__(self, name: str) -> Standard:
        """The definition or table of that name; KeyError when there is none."""
        for each in self.steps:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all definitions and tables, in the order in which they run."""
        return tuple(each.name for each in self.steps)

    @property
    def definitions(self) -> tuple[Standard, ...]:
        """The definitions."""
        return tuple(each for each in self.steps if not each.is_table)

    @property
    def tables(self) -> tuple[Standard, ...]:
        """The flat tables."""
        return tuple(each for each in self.steps if each.is_table)

    def needed_for(self, name: str) -> tuple[Standard, ...]:
        """A definition or table after all that it rests on, in the order in which they run."""
        wanted = {f"standard.{name}"}
        for each in reversed(self.steps):
            if f"standard.{each.name}" in wanted:
                wanted |= set(each.reads)
        return tuple(each for each in self.steps if f"standard.{each.name}" in wanted)

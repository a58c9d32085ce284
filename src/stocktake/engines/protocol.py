"""What an SQL engine must be able to do, and the values that pass to it and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Step:
    """One SELECT whose rows become a table that later steps may read.

    name: `layer.table`, such as `standard.models`. sql: the portable subset of DuckDB's SQL; the engine translates it.
    types: column name -> SQL type that the result is published with; empty leaves the engine's own types. many: SQL of
    the same over relations of many moments (see `lift`), where that is quicker than to lift the statement. engine: the
    one that its file asks for; empty: that of the project's rules.
    """

    name: str
    sql: str
    types: Mapping[str, str] = field(default_factory=dict)
    many: str = ""
    engine: str = ""


class Engine(Protocol):
    """Runs steps over a lake of Parquet folders, or over tables in memory.

    A lake is a folder with one folder per table, `<layer>/<table>/*.parquet`; what an engine writes there is what the
    next step reads, so each step can run on another engine. Times are UTC, whole seconds, without zone.
    """

    @property
    def name(self) -> str:
        """How files and projects name it."""
        ...

    def run_lake(self, steps: Sequence[Step], lake: Path) -> None:
        """Run the steps in order over a lake, and publish each result there with its declared types."""
        ...

    def run_tables(
        self, steps: Sequence[Step], tables: Mapping[str, pa.Table], wanted: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """Run the steps in order over tables in memory (`graph.model_binary`); gives each step's rows by its name.

        wanted: the steps whose rows are given; all unless said.
        """
        ...

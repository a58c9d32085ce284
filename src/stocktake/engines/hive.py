"""What PrestoDB and Trino share: steps run over Parquet folders, which a Hive catalogue holds as external tables."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
import pyarrow.parquet as pq

from stocktake.engines import lake as lakes
from stocktake.engines.access import Access
from stocktake.engines.apart import take_apart
from stocktake.engines.ask import Ask, Failures
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.hive_types import cast_columns, columns_of, quoted
from stocktake.engines.lift import relations_of
from stocktake.engines.place import Place
from stocktake.engines.protocol import Step
from stocktake.engines.translate import translate
from stocktake.engines.work import Work, working
from stocktake.errors import EngineError
from stocktake.stages import stage

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket


@dataclass(frozen=True, slots=True)
class HiveEngine(ABC):
    """A server that reads and writes the lake through a Hive catalogue.

    bucket: by which it is handed tables; unless given, by the disk that its access tells of.
    """

    access: Access
    bucket: Bucket | None = None

    name: ClassVar[str]
    product: ClassVar[str]
    times: ClassVar[str]
    """The SQL type of a time of the lake."""

    @property
    def place(self) -> Place:
        """How it is handed tables."""
        return self.bucket or self.access.place

    @abstractmethod
    def _client(self, words: Mapping[str, Any]) -> tuple[Callable[[], Any], Failures]:
        """What gives a cursor, and the client's errors. words: what each client is told in the same words."""

    def connect(self) -> Ask:
        """A connection to the server. Raises EngineError where its client is not installed."""
        access = self.access
        words = {
            "host": access.host,
            "port": access.port,
            "http_scheme": access.scheme,
            "user": access.user,
            "catalog": access.catalogue,
            "schema": access.schema,
        }
        try:
            cursor, failures = self._client(words)
        except ImportError as error:
            fix = f'install it: pip install "stocktake[{self.name}]"'
            raise EngineError(self.name, f"{self.product}'s client is not installed", fix) from error
        return Ask(self.product, access, cursor, failures)

    def greet(self) -> str:
        """Ask for the schemas of the catalogue, and say what was found. Raises EngineError where that can't be."""
        access = self.access
        schemas = self.connect().run(f"SHOW SCHEMAS FROM {quoted(access.catalogue)}")
        is_there = [access.schema] in schemas
        told = f"schema {access.schema} {'is there' if is_there else 'will be made'}"
        return f"{self.product} lets {access.user} in; catalogue {access.catalogue} is there, {told}"

    def run_lake(self, steps: Sequence[Step], lake: Path) -> None:
        """Run the steps in order over a lake, and publish all results there with their declared types, or none."""
        given = {name: lakes.schema_of(lake, name) for name in lakes.tables_of(lake) if name in _given(steps)}
        parts = [part for step in steps for part in take_apart(step)]
        types, results = DuckDb().schemas(parts, given), {step.name for step in steps}
        with working(self.connect(), self.access, lake) as work, ExitStack() as published:
            for name, schema in given.items():
                work.register(name, columns_of(schema, self.times), self.place.give(lakes.folder_of(lake, name)))
            self._check_reading(work, {name: lakes.rows_of(lake, name) for name in given})
            for step in parts:
                made = lakes.publish_folder if step.name in results else lakes.hidden_folder
                folder = published.enter_context(made(lake, step.name))
                with stage("step", step=step.name):
                    if self._run(work, step, types[step.name], folder) and step.name in results:
                        self._take(step.name, folder)

    def run_tables(
        self, steps: Sequence[Step], tables: Mapping[str, pa.Table], wanted: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """Run the steps in order over tables in memory (`graph.model_binary`); gives each step's rows by its name.

        wanted: the steps whose rows are given; all unless said.
        """
        given = {name: table for name, table in tables.items() if name in _given(steps)}
        return lakes.run_over(self, steps, given, wanted, self.access.scratch, self.bucket)

    def _run(self, work: Work, step: Step, types: pa.Schema, folder: Path) -> int:
        """One step: its rows as Parquet in a folder, and a working table that later steps read; gives how many rows."""
        query = translate(step.sql, self.name, work.named)
        work.register(step.name, columns_of(types, self.times), self.place.make(folder))
        # PrestoDB makes an external table empty only, and Trino fails to make one of no rows: both can fill one.
        select = f"SELECT {cast_columns(types, self.times)} FROM (\n{query}\n) AS step"
        told = work.ask.of(step.name).run(f"INSERT INTO {work.full(step.name)}\n{select}")
        written = int(told[0][0] or 0) if told else 0
        if not written:  # A server writes no file for no rows.
            pq.write_table(types.empty_table(), folder / "part.parquet")
            self.place.put(folder)
        return written

    def _take(self, name: str, folder: Path) -> None:
        """Let the rows that the server wrote be in a folder. Raises EngineError where none is."""
        self.place.take(folder)
        if not any(not lakes.is_hidden(path) for path in folder.iterdir()):
            raise self._elsewhere(name, folder, "the server wrote rows, and none of them is there")

    def _check_reading(self, work: Work, rows: Mapping[str, int]) -> None:
        """Raises EngineError where the server reads another place than the lake. rows: of each table that is given."""
        name = max(rows, key=lambda each: rows[each], default="")
        if not name or not rows[name]:
            return
        [[found]] = work.ask.of(name).run(f"SELECT COUNT(*) FROM {work.full(name)}")
        if int(found) != rows[name]:
            raise self._elsewhere(name, self.access.mount, f"the server reads {found} rows of {rows[name]:,}")

    def _elsewhere(self, where: str, folder: Path, problem: str) -> EngineError:
        """What is wrong where server and lake do not meet."""
        at = f"{self.access.mount} is taken to be {self.access.uri} there"
        fix = "let `mount` and `uri` of the engine lead it to the lake (file:///, local:///, s3://bucket/)"
        if self.bucket:
            at, fix = f"the lake is {self.bucket.address}", "let the server's catalogue read and write that store"
        return EngineError(where, f"{problem}: {folder}; {at}", fix)


def _given(steps: Sequence[Step]) -> set[str]:
    """The tables that steps read and do not make."""
    return {name for step in steps for name in relations_of(step.sql)} - {step.name for step in steps}

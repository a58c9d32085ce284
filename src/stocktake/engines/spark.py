"""Spark: for the steps that need more memory than other engines give; local, on a cluster, or by Spark Connect."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import lake as lakes
from stocktake.engines.lift import relations_of
from stocktake.engines.options import Options
from stocktake.engines.place import Mounted, Place
from stocktake.engines.protocol import Step
from stocktake.engines.spark_session import REMOTE, failed, greet, name_of, open_session, reason
from stocktake.engines.translate import declared, translate
from stocktake.engines.typed import typed
from stocktake.errors import EngineError
from stocktake.stages import stage

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import SparkSession
    from sqlglot import exp

    from stocktake.engines.bucket import Bucket


LOCAL = "local[*]"


@dataclass(frozen=True, slots=True)
class Spark:
    """The engine behind one address.

    master: `local[*]`, a cluster's address, or `sc://host:port`. settings: Spark's own, as `spark.executor.memory`; a
    server that runs already takes those of a session alone. bucket: by which it is handed tables; unless given, it sees
    the same disk.
    """

    master: str = LOCAL
    settings: Mapping[str, str] = field(default_factory=dict)
    bucket: Bucket | None = None
    name: str = "spark"

    @property
    def place(self) -> Place:
        """How it is handed tables."""
        return self.bucket or Mounted()

    def run_lake(self, steps: Sequence[Step], lake: Path) -> None:
        """Run the steps in order over a lake, and publish each result there with its declared types."""
        session = open_session(self.master, {**self._store(), **self.settings})
        seen: set[str] = set()
        for step in typed(steps, lakes.schemas_of(lake)):
            for table in relations_of(step.sql) & set(lakes.tables_of(lake)) - seen:
                _make_view(session, table, self.place.give(lakes.folder_of(lake, table)))
                seen.add(table)
            with stage("step", step=step.name), lakes.publish_folder(lake, step.name) as folder:
                address = self.place.make(folder)
                with _told(step.name, session):
                    session.sql(translate(declared(step), "spark", _named)).write.mode("append").parquet(_s3a(address))
                self.place.take(folder)
            seen.discard(step.name)

    def greet(self) -> str:
        """What a session would need, and has, as far as that is known before it starts. Raises EngineError."""
        return greet(self.master)

    def run_tables(
        self, steps: Sequence[Step], tables: Mapping[str, pa.Table], wanted: Collection[str] | None = None
    ) -> dict[str, pa.Table]:
        """Run the steps in order over tables in memory (`graph.model_binary`); gives each step's rows by its name.

        wanted: the steps whose rows are given; all unless said.
        """
        return lakes.run_over(self, steps, tables, wanted, bucket=self.bucket)

    def _store(self) -> dict[str, str]:
        """Where a Spark that is started here finds the bucket, unless its own settings say."""
        if self.bucket is None or self.master.startswith(REMOTE):
            return {}
        told = {"endpoint": self.bucket.endpoint, "endpoint.region": self.bucket.region}
        told["path.style.access"] = "true" if self.bucket.endpoint else ""
        return {f"spark.hadoop.fs.s3a.{name}": value for name, value in told.items() if value}


OPTIONS: Mapping[str, type] = {"master": str, "settings": dict}


def from_settings(options: Options) -> Spark:
    """The engine with the options that a project gives it. Raises EngineError for one that it does not take."""
    return Spark(**options.check(OPTIONS), bucket=options.bucket)


def _named(layer: str, table: str) -> exp.Table:
    """A table of a layer as a view of the session: views of a session belong to no database."""
    from sqlglot import exp

    return exp.to_table(_view(layer, table))


def _view(layer: str, table: str) -> str:
    return f"{layer}__{table}"


def _make_view(session: SparkSession, table: str, address: str) -> None:
    """Name a table of the lake, in place of an earlier one of that name. address: of its files."""
    with _told(table, session):
        session.read.parquet(_s3a(address)).createOrReplaceTempView(_view(*table.split(".")))


def _s3a(address: str) -> str:
    """An address as Hadoop's own client of S3 knows it."""
    return re.sub("^s3:", "s3a:", address)


@contextmanager
def _told(where: str, session: SparkSession) -> Iterator[None]:
    """Tell what Spark says against a step as that step's problem."""
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped]
    from pyspark.errors import AnalysisException, ParseException, PySparkException

    try:
        yield
    except (AnalysisException, ParseException) as error:
        raise EngineError(where, f"Spark refuses it: {reason(error)}", "mend the SQL of this file") from error
    except (PySparkException, Py4JJavaError) as error:
        raise failed(where, reason(error), name_of(session)) from error

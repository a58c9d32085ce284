"""The same numbers from a log that lacks some records: the claims decoded from them are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from stocktake.engines.duckdb import DuckDb
from stocktake.explain import Context
from stocktake.graph.snapshot import Graph
from stocktake.metrics import Rollups, roll_up, score
from stocktake.standards import run


class Without:
    """Measures again without some records. The segments are read once."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.connection = duckdb.connect()
        names = {path.stem for folder in context.given.segments for path in folder.glob("*.parquet")}
        for name in names:
            paths = [str(each) for folder in context.given.segments if (each := folder / f"{name}.parquet").exists()]
            self.connection.execute(f"CREATE TABLE {name} AS FROM read_parquet({paths!r}, union_by_name = true)")
        self.names = sorted(names)

    def measure(self, seqs: Iterable[int], folder: Path) -> Rollups:
        """The roll-ups without the records of these places in the log."""
        gone = sorted(seqs)
        folder.mkdir()
        for name in self.names:
            kept = f"FROM {name} WHERE NOT LIST_CONTAINS({gone}, seq)"
            self.connection.execute(f"COPY ({kept}) TO '{folder / name}.parquet' (FORMAT parquet)")
        context = self.context
        edits = tuple(each for each in context.given.edits if each.seq not in gone)
        graph = Graph(replace(context.given, segments=(folder,), edits=edits))
        snapshot = graph.snapshot(context.as_of)
        graph.close()
        engine = DuckDb()
        known_at = context.given.known_at
        tables = run(context.standards, snapshot, as_of=context.as_of, known_at=known_at, engine=engine)
        return roll_up(context.catalogue, score(context.catalogue, tables, context.as_of, engine), tables, engine)

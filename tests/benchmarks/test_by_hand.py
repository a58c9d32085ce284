"""The hand-written SQL that results are timed against gives what a run gives: else its time would say nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from benchmarks.by_hand import FILES, write_by_hand

from stocktake.engines.lake import files_of
from stocktake.estate import Size
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import graph_of, open_project
from stocktake.pipeline.running import freeze_into, work_over
from stocktake.pipeline.session import collect, log


@dataclass(frozen=True)
class Both:
    """The files of one company. ours: of a run, by name. by_hand: the folder of the others."""

    ours: dict[str, Path]
    by_hand: Path


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Both:
    """A small made-up company with a year behind it, so that what is scored has every age, measured in both ways."""
    folder = tmp_path_factory.mktemp("by_hand")
    project = open_project(make_demo(folder / "company", "synthetic", Size(models=10, days=400)))
    collect(project)
    lake, as_of = folder / "lake", project.as_of
    assert as_of is not None
    with log(project) as store:
        known_at = store.newest_seq()
        with graph_of(project, store, known_at) as graph:
            freeze_into(lake, project, graph, as_of)
    write_by_hand(lake / "graph", folder / "results", (as_of, known_at), folder / "spill")
    ours = work_over(project, lake, (as_of, known_at)).make()
    made = {name: files_of(lake, table)[0] for name, table in ours.items() if not name.startswith("graph/")}
    return Both(made, folder / "results")


def test_every_file_of_a_run_is_written(both: Both) -> None:
    """A definition, table or metric that is added needs its part in the hand-written SQL, or its time is too short."""
    assert sorted(FILES) == sorted(both.ours)


@pytest.mark.parametrize("name", FILES)
def test_rows_are_those_of_a_run(both: Both, name: str) -> None:
    """The same columns, types and rows; the last of nine places may be rounded either way."""
    ours, theirs = str(both.ours[name]), str(both.by_hand / f"{name}.parquet")

    with duckdb.connect() as connection:
        columns = _columns(connection, ours)
        assert _columns(connection, theirs) == columns
        rounded = [f'ROUND("{column}", 7)' if kind == "DOUBLE" else f'"{column}"' for column, kind in columns.items()]
        shown = ", ".join(rounded)
        for one, other in ((ours, theirs), (theirs, ours)):
            lacking = f"SELECT {shown} FROM '{one}' EXCEPT ALL SELECT {shown} FROM '{other}' LIMIT 3"
            assert connection.execute(lacking).fetchall() == []


def _columns(connection: duckdb.DuckDBPyConnection, file: str) -> dict[str, str]:
    """The columns of a file in any order, with their types."""
    return dict(connection.execute(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{file}')").fetchall())

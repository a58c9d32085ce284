"""Reading a saved run back, each file held against the hash that the run was committed with."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.errors import Problem, ResultsError
from stocktake.nouns import sha256_of
from stocktake.results.save import PACKAGE, VERSION, folder_of
from stocktake.store import Store
from stocktake.store.runs import Run

if TYPE_CHECKING:
    import pyarrow as pa

LATEST = "latest"


def find(store: Store, wanted: str = LATEST, of: Callable[[Run], bool] = lambda _: True) -> Run:
    """A run by its id, its first letters, the day of its as_of (`2026-11-23`), or that of the latest moment.

    Of several runs of one day or moment the last that was made. of: which runs are looked at. Raises ResultsError,
    naming the runs that there are.
    """
    runs = [run for run in store.runs() if of(run)]
    if not runs:
        raise ResultsError("results", "no run was saved yet", "make one: stocktake run")
    exact = [run for run in runs if run.id == wanted]
    of_day = [run for run in runs if f"{run.as_of:%Y-%m-%d}" == wanted]
    begun = [run for run in runs if run.id.startswith(wanted)]
    if wanted == LATEST:
        return max(reversed(runs), key=lambda run: run.as_of)
    if exact or of_day:
        return (exact or of_day)[-1]
    if len(begun) == 1:
        return begun[0]
    shown = ", ".join(run.id for run in (begun or runs)[-5:])
    problem = f"{len(begun)} runs begin with {wanted}" if begun else f"there is no run {wanted}"
    raise ResultsError("results", problem, f"use {LATEST}, a day such as {runs[-1].as_of:%Y-%m-%d}, or one of: {shown}")


def names(run: Run) -> list[str]:
    """The tables of a run, such as `tables/servings`."""
    return sorted(path.removesuffix(".parquet") for path in run.files)


def read(folder: Path, run: Run, name: str) -> pa.Table:
    """One table of a run. Raises ResultsError when the run has none of that name, or its file is not what was saved."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if f"{name}.parquet" not in run.files:
        raise ResultsError(run.id, f"the run has no table {name}", f"use one of: {', '.join(names(run))}")
    problem = _problem_of_file(folder, run, f"{name}.parquet")
    if problem:
        raise ResultsError(problems=(problem,))
    with pq.ParquetFile(folder_of(folder, run.id) / f"{name}.parquet") as file:
        table = file.read()
    # Whether a column may hold unknowns is for the table to say, and not for who wrote its file.
    return table.cast(pa.schema([field.with_nullable(True) for field in table.schema]))


def read_all(folder: Path, run: Run, layer: str) -> dict[str, pa.Table]:
    """All tables of a layer, such as `scores`, by their own names."""
    prefix = f"{layer}/"
    return {name.removeprefix(prefix): read(folder, run, name) for name in names(run) if name.startswith(prefix)}


def is_of_this_version(folder: Path, run: Run, path: str) -> bool:
    """Whether this version of Stocktake made a file of a run."""
    import pyarrow.parquet as pq

    return (pq.read_schema(folder_of(folder, run.id) / path).metadata or {}).get(VERSION) == version(PACKAGE).encode()


def problems_of(folder: Path, run: Run) -> list[Problem]:
    """The files of a run that are gone or are not what was saved."""
    return [problem for path in sorted(run.files) if (problem := _problem_of_file(folder, run, path))]


def _problem_of_file(folder: Path, run: Run, path: str) -> Problem | None:
    """What is wrong with one file of a run."""
    file = folder_of(folder, run.id) / path
    moment = f"stocktake measure --as-of {run.as_of:%Y-%m-%dT%H:%M:%SZ}"
    if not file.exists():
        return Problem(str(file), "the file is gone", f"bring it back from a copy, or compute it again: {moment}")
    if sha256_of(file) != run.files[path]:
        return Problem(
            str(file), "the file is not what was saved", f"bring it back from a copy, or compute it again: {moment}"
        )
    return None

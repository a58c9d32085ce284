"""What runs say of a moment: a run of one moment, or of many (a series), read in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.errors import ResultsError
from stocktake.results.read import LATEST, find, read
from stocktake.store import Store
from stocktake.store.runs import Run

if TYPE_CHECKING:
    import pyarrow as pa

MOMENTS = "moments"
"""The table of a series that lists its moments; its other tables have `as_of` as their first column."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One moment of a run. as_of: UTC. folder: of all results."""

    folder: Path
    run: Run
    as_of: datetime

    def table(self, name: str) -> pa.Table:
        """Its rows of a table, such as `rollups/models`. Raises ResultsError where the run has none of that name."""
        import pyarrow as pa
        import pyarrow.compute as pc

        table = self.whole(name)
        if self.key is None:
            return table
        at = pa.scalar(self.key, pa.timestamp("us"))
        return table.filter(pc.equal(table["as_of"], at)).drop_columns(["as_of"])

    def whole(self, name: str) -> pa.Table:
        """The rows of all moments of its run. Raises ResultsError where the run has none of that name."""
        return read(self.folder, self.run, name)

    @property
    def key(self) -> datetime | None:
        """Its value of `as_of` in the tables of a series; None where it is a run's only moment."""
        return self.as_of.astimezone(UTC).replace(tzinfo=None) if is_series(self.run) else None


def is_series(run: Run) -> bool:
    """Whether a run is of many moments."""
    return f"{MOMENTS}.parquet" in run.files


def moments_of(folder: Path, run: Run) -> list[datetime]:
    """The moments of a run, in their order."""
    if not is_series(run):
        return [run.as_of]
    rows = read(folder, run, MOMENTS).to_pylist()
    return sorted(row["as_of"].replace(tzinfo=UTC) for row in rows)


def kept(store: Store, folder: Path) -> Iterator[Kept]:
    """Every moment that was saved, in the order in which it was measured."""
    for run in store.runs():
        for moment in moments_of(folder, run):
            yield Kept(folder, run, moment)


def find_kept(store: Store, folder: Path, wanted: str = LATEST) -> Kept:
    """A moment by its run (see `read.find`; of a series its last), or by its day, such as `2026-11-23`: the latest of
    that day, of the run that was made last. Raises ResultsError, naming the runs that there are.
    """
    try:
        day = date.fromisoformat(wanted)
    except ValueError:
        run = find(store, wanted)
        return Kept(folder, run, run.as_of)
    runs = [run for run in store.runs() if run.as_of.date() == day or (run.as_of.date() > day and is_series(run))]
    for run in reversed(runs):
        of_day = [moment for moment in moments_of(folder, run) if moment.date() == day]
        if of_day:
            return Kept(folder, run, of_day[-1])
    raise ResultsError(wanted, "no run of that day was saved", f"measure it: stocktake measure --as-of {wanted}")

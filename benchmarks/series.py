"""How long a year of daily numbers takes: `python -m benchmarks.series PROJECT [DAYS]`.

Make the project first: `stocktake demo PROJECT --estate synthetic`.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from stocktake.pipeline.line import open_project
from stocktake.pipeline.series import keep_series, measure_series
from stocktake.pipeline.session import log


def main(folder: Path, days: int = 365) -> None:
    """Measure and save the last days of a project; prints seconds and the peak of memory."""
    project = open_project(folder)
    last = (project.as_of or datetime.now(UTC)).replace(microsecond=0)
    moments = [last - timedelta(days=number) for number in reversed(range(days))]
    with log(project) as store:
        started_at, wall, work = datetime.now(UTC), time.monotonic(), time.process_time()
        series = measure_series(project, store, moments)
        measured = time.monotonic() - wall
        keep_series(project, store, series, started_at)
    wall, work = time.monotonic() - wall, time.process_time() - work
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = series.tables["rollups/models"].num_rows
    print(f"{days} days, {rows} rows of models, peak of memory {peak:.0f} MB")
    print(f"{wall:.0f} s, {measured:.0f} s of them measuring; {work:.0f} s of work on all cores")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(each) for each in sys.argv[2:]))

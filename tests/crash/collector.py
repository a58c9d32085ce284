"""One of several that collect at once: each day of a small company, until the time is over.

python -m tests.crash.collector ROOT PREFIX SECONDS    prints `ready`, begins on a line of stdin, prints how many days
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from tests.crash.company import tell

from stocktake.pipeline.session import collect


def main(root: Path, prefix: str, seconds: float) -> int:
    """Collect day after day; gives how many days."""
    until, day = time.monotonic() + seconds, 0
    while time.monotonic() < until or day < 2:
        outcomes = collect(tell(root, day, prefix=prefix))
        if not all(each.complete for each in outcomes):
            raise RuntimeError(str([each.problems for each in outcomes]))
        day += 1
    return day


if __name__ == "__main__":
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    sys.stdout.write(f"{main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))}\n")

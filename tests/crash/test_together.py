"""Several processes that collect into one log at once, and a reader that looks on.

STOCKTAKE_TOGETHER=60 python3 tasks.py test tests/crash/test_together.py    a minute of it
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.crash.company import make, tell
from tests.crash.watch import Watch, whole

from stocktake.pipeline.session import collect
from stocktake.project import Project, open_project
from stocktake.store import Store

SECONDS = float(os.environ.get("STOCKTAKE_TOGETHER", "3"))
PROCESSES = 4


def test_what_several_collect_at_once_is_lost_doubled_and_reordered_nowhere(
    tmp_path: Path, postgresql_address: str
) -> None:
    """Each source's records stand in the log as if it had been alone, and what was known once is known for ever."""
    prefixes = [f"p{number}-" for number in range(PROCESSES)]
    for prefix in prefixes:
        make(tmp_path / prefix, postgresql_address)
    with Watch(open_project(tmp_path / prefixes[0])) as watch:
        days = together(tmp_path, prefixes)

    assert watch.wrong == []
    assert watch.looks > 2
    shared = open_project(tmp_path / prefixes[0])
    whole(shared)
    for prefix, count in days.items():
        alone = make(tmp_path / f"alone-{prefix}")
        for day in range(count):
            collect(tell(alone, day, prefix=prefix))
        assert sequence(shared, prefix) == sequence(open_project(alone), prefix)


def together(root: Path, prefixes: list[str]) -> dict[str, int]:
    """Let one process per prefix collect, all at once; gives how many days each came to."""
    processes = {
        prefix: subprocess.Popen(
            [sys.executable, "-m", "tests.crash.collector", str(root / prefix), prefix, str(SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for prefix in prefixes
    }
    for process in processes.values():
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes.values():
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    return {prefix: int(process.communicate()[0]) for prefix, process in processes.items()}


def sequence(project: Project, prefix: str) -> dict[str, list[tuple[Any, ...]]]:
    """What each source of a prefix said, in the order of the log: its records, and after them their pulls."""
    with Store.open(project.store_address) as store:
        sources = [name for name in store.sources() if name.startswith(prefix)]
        found: dict[str, list[tuple[Any, ...]]] = {}
        for source in sources:
            rows = [row for batch in store.lines(sources=[source]) for row in batch.to_pylist()]
            said = [(row["label"], row["key"], row["observed_at"], row["op"], row["body"]) for row in rows]
            pulls = [row for row in store.pulls().to_pylist() if row["source"] == source]
            found[source] = [*said, *((row["from_at"], row["to_at"], row["complete"], row["lines"]) for row in pulls)]
        return found

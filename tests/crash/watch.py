"""What a reader may see at any time, whatever becomes of those who write; and whether two projects came to the same."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

import pyarrow as pa
from tests.graph.otherwise import Rows, rows_of, unlike

from stocktake.pipeline.line import freeze
from stocktake.pipeline.storing import verify
from stocktake.project import Project
from stocktake.results import names, problems_of, read
from stocktake.store import Store

PAUSE = 0.2  # seconds between two looks, each of which reads the whole log


class Watch:
    """A reader that looks all the time, from its own connection. wrong: what it saw that must never be seen."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.wrong: list[str] = []
        self.looks = 0
        self._cut, self._seen = 0, pa.table({})
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look_on)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def _look_on(self) -> None:
        try:
            with Store.open(self.project.store_address) as store:
                while not self._is_over.is_set():
                    self._look(store)
                    self.looks += 1
                    time.sleep(PAUSE)
        except Exception as error:  # noqa: BLE001 - told by the test, in its own thread
            self.wrong.append(f"a reader failed: {error!r}")

    def _look(self, store: Store) -> None:
        """The past is as it was, pulls are whole, runs and publications have all that is theirs."""
        newest = store.newest_seq()
        if newest < self._cut:
            self.wrong.append(f"the log went back from {self._cut} to {newest}")
        if store.records(1, self._cut) != self._seen and self._cut:
            self.wrong.append(f"what was known at {self._cut} changed")
        records, pulls = store.records(1, newest), store.pulls(newest)
        numbers = sorted([*records["seq"].to_pylist(), *pulls["id"].to_pylist()])
        if numbers != list(range(1, newest + 1)):
            self.wrong.append(f"of entries 1 to {newest} there are {len(numbers)}")
        lines = dict(records.group_by("pull_id").aggregate([("seq", "count")]).select([0, 1]).to_pydict().items())
        counts = dict(zip(*lines.values(), strict=True))
        self.wrong += [
            f"pull {row['id']} has {counts.get(row['id'], 0)} of {row['lines']} lines"
            for row in pulls.to_pylist()
            if counts.get(row["id"], 0) != row["lines"]
        ]
        self.wrong += [str(each) for run in store.runs()[-3:] for each in problems_of(self.project.results, run)]
        for each in store.publications()[-3:]:
            store.kept_files(each.project_hash)  # raises where one is missing
        self._cut, self._seen = newest, records


def told_by(store: Store) -> set[tuple[object, ...]]:
    """What the log says, each thing once: who said what of which thing when."""
    bodies = store.bodies_by_id({each for each in store.records()["body_id"].to_pylist() if each})
    return {
        (row["source"], row["label"], row["key"], row["observed_at"], row["op"], bodies.get(row["body_id"]))
        for row in store.records().to_pylist()
    }


def readings(store: Store) -> list[tuple[object, ...]]:
    """The complete readings, in their order per source."""
    rows = [row for row in store.pulls().to_pylist() if row["complete"]]
    return sorted({(row["source"], row["scope"], row["from_at"], row["to_at"], tuple(row["labels"])) for row in rows})


def saved(project: Project) -> Rows:
    """All that the latest run saved."""
    with Store.open(project.store_address) as store:
        run = store.runs()[-1]
        return rows_of({name: read(project.results, run, name) for name in names(run)})


def same(disturbed: Project, undisturbed: Project) -> None:
    """Both logs say the same, and neither lost or doubled a reading."""
    with Store.open(disturbed.store_address) as one, Store.open(undisturbed.store_address) as other:
        assert told_by(one) == told_by(other)
        assert readings(one) == readings(other)


def same_numbers(disturbed: Project, undisturbed: Project) -> None:
    """The latest runs of both saved the same."""
    found = unlike(saved(disturbed), saved(undisturbed))
    assert not found, "\n".join(found[:20])


def same_graph(disturbed: Project, undisturbed: Project) -> None:
    """The graphs of both logs are the same."""
    found = unlike(graph(disturbed), graph(undisturbed))
    assert not found, "\n".join(found[:20])


def graph(project: Project) -> Rows:
    """The graph as it stands at the project's moment."""
    assert project.as_of
    with Store.open(project.store_address) as store:
        return rows_of(freeze(project, store, project.as_of))


def whole(project: Project) -> None:
    """The log, its segments and all saved runs are as they were written."""
    assert verify(project).problems == ()

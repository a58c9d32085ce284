"""The recorded company, run once for all tests of it, on whichever worker comes first."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import Measured, open_project
from stocktake.pipeline.session import collect, current

Row = dict[str, Any]


@dataclass(frozen=True)
class Estate:
    """A project and its numbers."""

    folder: Path
    measured: Measured

    def rows(self, table: str) -> list[Row]:
        """The rows of a table of the snapshot."""
        return self.measured.snapshot[table].to_pylist()

    def one(self, kind: str, name: str, **fields: Any) -> Row:
        """The only artifact of a name (and of some values)."""
        wanted = {"name": name, **fields}
        found = [row for row in self.rows(kind) if all(row[key] == value for key, value in wanted.items())]
        assert len(found) == 1, f"{len(found)} of {kind} {wanted}"
        return found[0]

    def names(self, kind: str) -> list[str]:
        """What the artifacts of a kind are called."""
        return sorted(row["name"] for row in self.rows(kind))

    def ends(self, kind: str, edge: str, artifact: Row) -> list[Row]:
        """The links of an artifact along an edge."""
        return [row for row in self.rows(f"{kind}_{edge}") if row["from_id"] == artifact["id"]]

    def ghosts(self, kind: str) -> list[str]:
        """What is only referred to."""
        return sorted(f"{row['namespace']}:{row['value']}" for row in self.rows("ghost") if row["kind"] == kind)


def shared(folder: Path, make: Callable[[Path], Estate]) -> Estate:
    """An estate that the first worker makes, and the others read."""
    kept = folder.with_suffix(".pickle")
    try:
        os.close(os.open(folder.with_suffix(".lock"), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        for _ in range(6000):
            if kept.exists():
                return pickle.loads(kept.read_bytes())  # type: ignore[no-any-return]
            time.sleep(0.1)
        raise
    estate = make(folder)
    part = kept.with_suffix(".part")
    part.write_bytes(pickle.dumps(estate))
    part.rename(kept)
    return estate


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


def _run(folder: Path) -> Estate:
    project = open_project(make_demo(folder, "acme"))
    outcomes = collect(project)
    assert [problem for each in outcomes for problem in each.problems] == []
    return Estate(folder, current(project))


@pytest.fixture(scope="session")
def acme(root: Path) -> Estate:
    """The demonstration as it comes. Nobody may write to its folder."""
    return shared(root / "acme", _run)


@pytest.fixture(scope="session")
def confirmed(root: Path, acme: Estate) -> Estate:
    """The same after a person confirmed that KServe's binary is version 2."""
    from stocktake.pipeline.deciding import Reason, confirm
    from stocktake.pipeline.suggesting import suggestions

    def make(folder: Path) -> Estate:
        shutil.copytree(acme.folder, folder)
        project = open_project(folder)
        number = next(each.number for each in suggestions(acme.measured) if each.kind == "model_binary")
        confirm(project, [str(number)], Reason("its package lies there", "ana"))
        return Estate(folder, current(project))

    return shared(root / "confirmed", make)

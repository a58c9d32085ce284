"""The recorded company for these tests: collected once, its numbers explained by the whole graph."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stocktake.cli.explaining import opened
from stocktake.explain import Context
from stocktake.pipeline import session
from stocktake.pipeline.demo import make_demo
from stocktake.project import Project, open_project


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The demo, collected and decoded, on whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "explained"
    try:
        (shared / "explained.begun").mkdir()
    except FileExistsError:
        deadline = time.monotonic() + 120
        while not (shared / "explained.made").exists():
            assert time.monotonic() < deadline, "the worker that makes the demo did not end"
            time.sleep(0.1)
        return open_project(folder)
    made = open_project(make_demo(folder, "acme"))
    session.collect(made)
    (shared / "explained.made").touch()
    return made


@pytest.fixture(scope="module")
def context(project: Project) -> Iterator[Context]:
    """The demo's numbers, with its log open."""
    with opened(project) as (_, context):
        yield context


@pytest.fixture
def copied(project: Project, tmp_path: Path) -> Project:
    """The demo again, to be changed."""
    folder = tmp_path / "copied"
    shutil.copytree(project.root, folder)
    return open_project(folder)


@contextmanager
def explained(project: Project, as_of: str | None = None) -> Iterator[Context]:
    """A project's numbers at another moment."""
    from stocktake.pipeline.editing import moment

    with opened(project, as_of=moment(as_of) if as_of else None) as (_, context):
        yield context

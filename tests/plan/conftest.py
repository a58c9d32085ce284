"""The published project, and what its changes do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.demo.estate import Estate, acme, root
from tests.plan.estate import Workshop, fill

from stocktake.pipeline.publishing import publish
from stocktake.pipeline.session import log

__all__ = ["acme", "root"]


@pytest.fixture(scope="session")
def published(acme: Estate, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a published project. Nobody may write to it."""
    folder = Path(shutil.copytree(acme.folder, tmp_path_factory.mktemp("published") / "acme"))
    workshop = Workshop(folder)
    fill(workshop, acme.measured)
    with log(workshop.project) as store:
        publish(workshop.project, store, why="first agreement", who="ana")
    return folder


@pytest.fixture
def workshop(published: Path, tmp_path: Path) -> Workshop:
    """A copy of the published project that a test may change."""
    return Workshop(Path(shutil.copytree(published, tmp_path / "acme")))


@pytest.fixture
def untouched(workshop: Workshop) -> Callable[[], None]:
    """Checks that what is derived by the published project is as it was."""
    before = _derived(workshop.folder)

    def check() -> None:
        assert _derived(workshop.folder) == before

    return check


def _derived(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every derived file, with its place on the disk and content."""
    derived = folder / ".stocktake" / "derived"
    files = [path for path in sorted(derived.glob("*/segments/**/*")) if path.is_file()]
    return {str(path.relative_to(derived)): (path.stat().st_ino, path.read_bytes()) for path in files}

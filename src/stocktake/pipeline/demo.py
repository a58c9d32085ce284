"""The demonstration: a project made of answers that real tools gave once."""

from __future__ import annotations

import shutil
from pathlib import Path

from stocktake.errors import ProjectError

ESTATES = Path(__file__).resolve().parents[1] / "library" / "estates"
MARK = "stocktake.yaml"


def estates() -> tuple[str, ...]:
    """The estates that there are."""
    return tuple(sorted(each.name for each in ESTATES.iterdir() if (each / MARK).exists()))


def make_demo(folder: Path, estate: str) -> Path:
    """Make the project of an estate in a folder; one that was made there before is brought up to date.

    Raises ProjectError for an unknown estate, and where the folder holds something else.
    """
    if estate not in estates():
        raise ProjectError(f"--estate {estate}", "there is no such estate", f"use one of: {', '.join(estates())}")
    if folder.exists() and not _is_ours(folder, estate):
        raise ProjectError(str(folder), "something else is there", "name a folder that is new or empty")
    shutil.copytree(ESTATES / estate, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    return folder


def _is_ours(folder: Path, estate: str) -> bool:
    """Whether a folder is empty, or holds the same estate."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    theirs = folder / MARK
    return theirs.exists() and _project_line(theirs) == _project_line(ESTATES / estate / MARK)


def _project_line(path: Path) -> str:
    """The line of a project's file that names it."""
    lines = path.read_text("utf-8").splitlines()
    return next((line.strip() for line in lines if line.startswith("project:")), "")

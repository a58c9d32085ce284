"""The demonstrations: a project of answers that real tools gave once, and one of a made-up company."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict
from pathlib import Path

from stocktake.errors import ProjectError
from stocktake.estate import Size, generate
from stocktake.estate.generate import SUMMARY

ESTATES = Path(__file__).resolve().parents[1] / "library" / "estates"
MARK = "stocktake.yaml"
SYNTHETIC = "synthetic"


def estates() -> tuple[str, ...]:
    """The estates that there are."""
    return tuple(sorted(each.name for each in ESTATES.iterdir() if (each / MARK).exists()))


def make_demo(folder: Path, estate: str, size: Size | None = None) -> Path:
    """Make the project of an estate in a folder; one that was made there before is brought up to date.

    size: of the synthetic estate. Raises ProjectError for an unknown estate, for a size of an estate that was recorded,
    and where the folder holds something else.
    """
    if estate not in estates():
        raise ProjectError(f"--estate {estate}", "there is no such estate", f"use one of: {', '.join(estates())}")
    if estate != SYNTHETIC and size is not None:
        fix = f"leave out --models, --days, --seed and --scale, or say --estate {SYNTHETIC}"
        raise ProjectError(f"--estate {estate}", "it was recorded, and has the size that it has", fix)
    chosen = size or Size()
    if folder.exists() and not _is_ours(folder, estate, chosen):
        raise ProjectError(str(folder), "something else is there", "name a folder that is new or empty")
    shutil.copytree(ESTATES / estate, folder, dirs_exist_ok=True, copy_function=shutil.copyfile)
    if estate == SYNTHETIC:
        generate(folder, chosen)
    return folder


def _is_ours(folder: Path, estate: str, size: Size) -> bool:
    """Whether a folder is empty, or holds the same estate, made alike."""
    if not folder.is_dir():
        return False
    if not any(folder.iterdir()):
        return True
    theirs, summary = folder / MARK, folder / SUMMARY
    if not theirs.exists() or _project_line(theirs) != _project_line(ESTATES / estate / MARK):
        return False
    return not summary.exists() or json.loads(summary.read_bytes())["size"] == asdict(size)


def _project_line(path: Path) -> str:
    """The line of a project's file that names it."""
    lines = path.read_text("utf-8").splitlines()
    return next((line.strip() for line in lines if line.startswith("project:")), "")

"""Reading files as connectors need it: line by line, and when they were written."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from stocktake.collect.bodies import decode
from stocktake.errors import Problem


def read_json_lines(path: Path, name: str | None = None) -> Iterator[tuple[int, Any] | Problem]:
    """Each line's number and value; a line that is no JSON is a Problem, and the rest still comes.

    name: what to call the file in a Problem, its path by default. Empty lines are skipped.
    """
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.isspace():
                continue
            try:
                yield number, decode(line)
            except ValueError as error:
                yield Problem(f"{name or path}:{number}", f"not JSON: {error}", "mend the line, or take it away")


def opened(path: Path) -> BinaryIO:
    """A file to read bytes from, decompressed where its name ends in `.gz`."""
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def matching(path: Path) -> list[Path]:
    """The files that a path or glob means, in order; hidden ones only where it names them."""
    if path.is_file():
        return [path]
    root = Path(path.anchor or ".")
    found = root.glob(str(path.relative_to(path.anchor)))
    wants_hidden = any(part.startswith(".") for part in path.parts)
    return sorted(each for each in found if each.is_file() and (wants_hidden or not each.name.startswith(".")))


def written_at(path: Path) -> float | None:
    """When a file, or the newest one in a folder, was written, in seconds since 1970.

    None where nothing is there, or where a tool works in the folder itself (a git repository): reading that is reading
    the tool now, and no recording of it.
    """
    if path.is_file():
        return path.stat().st_mtime
    if not path.exists():
        return max((each.stat().st_mtime for each in matching(path)), default=None)
    if _is_repository(path):
        return None
    newest: float | None = None
    for folder, folders, files in os.walk(path):
        if ".git" in folders or ".git" in files or any(_is_repository(Path(folder, each)) for each in folders):
            return None
        folders[:] = [each for each in folders if not each.startswith(".")]
        times = [Path(folder, each).stat().st_mtime for each in files if not each.startswith(".")]
        newest = max([*times, *([] if newest is None else [newest])], default=None)
    return newest


def _is_repository(path: Path) -> bool:
    return (path / ".git").exists() or all((path / each).exists() for each in ("HEAD", "objects", "refs"))

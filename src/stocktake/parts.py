"""Folders and files that appear whole or not at all; what a killed process left of them is taken away.

A folder is filled under a hidden name, and renamed when it is whole. As long as its process lives it is locked; the
system lets go of a lock with its process, however that ends, so that nobody waits for the dead.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

HIDDEN = ".part-"


@contextmanager
def part(parent: Path, prefix: str = HIDDEN) -> Iterator[Path]:
    """A hidden folder to be filled. Rename it to let it appear; else it goes away again.

    What killed processes left beside it is taken away first. prefix: of its name, where it may not be hidden.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, prefix)
    folder, handle = _locked(parent, prefix)
    try:
        yield folder
    finally:
        os.close(handle)
        shutil.rmtree(folder, ignore_errors=True)


def take_away(folder: Path) -> None:
    """Remove a folder, at once for all who look: never is there half of it."""
    hidden = folder.with_name(f"{HIDDEN}{secrets.token_hex(4)}")
    with contextlib.suppress(FileNotFoundError):  # another process was faster
        folder.rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)


def sweep(parent: Path, prefix: str = HIDDEN) -> list[Path]:
    """Take away the hidden folders that no living process holds; gives which."""
    return [folder for folder in sorted(parent.glob(f"{prefix}*")) if folder.is_dir() and _sweep(folder)]


@contextmanager
def written(path: Path) -> Iterator[IO[bytes]]:
    """A stream whose content becomes the file's when it ends well; else the file stays as it was.

    What is no plain file, such as a pipe, is written to as it is.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    if not path.parent.is_dir():
        raise OSError(errno.ENOENT, "there is no such folder", str(path.parent))
    hidden = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with hidden.open("wb") as stream:
            yield stream
        hidden.replace(path)
    finally:
        hidden.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Wait until a file or folder is on the disk: a row that counts on it must not outlive it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _locked(parent: Path, prefix: str) -> tuple[Path, int]:
    """A new hidden folder and the handle that holds its lock."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        with contextlib.suppress(FileNotFoundError):  # swept before it was locked: once more
            handle = os.open(folder, os.O_RDONLY)
            _lock(handle)
            if folder.exists():
                return folder, handle
            os.close(handle)


def _sweep(folder: Path) -> bool:
    """Take one hidden folder away, unless a living process holds it."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return False  # another process took it away, or it is not ours to read
    try:
        if not _lock(handle, is_patient=False):
            return False
        shutil.rmtree(folder, ignore_errors=True)
        return True
    finally:
        os.close(handle)


if sys.platform == "win32":

    def _lock(handle: int, *, is_patient: bool = True) -> bool:  # noqa: ARG001
        """Folders can't be locked there: what is left of the killed stays."""
        return is_patient

else:

    def _lock(handle: int, *, is_patient: bool = True) -> bool:
        """Lock an open folder. is_patient: wait for whoever has it; else gives whether nobody did."""
        import fcntl

        try:
            fcntl.flock(handle, fcntl.LOCK_EX if is_patient else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False  # held by another, or on a disk that knows no locks
        return True

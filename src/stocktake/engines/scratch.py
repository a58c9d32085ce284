"""Folders that last as long as a call or a process; what killed processes left of them goes with a later one."""

from __future__ import annotations

import re
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from stocktake.nouns import short_hash
from stocktake.parts import part

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket

KEPT = timedelta(days=2)
"""How long what a process of another machine left stays: longer than any run takes."""
HERE = re.sub(r"[^A-Za-z0-9]", "", socket.gethostname())
LAKE = "stocktake-lake-"
OWN_LAKE = f"{LAKE}{HERE}-"
TOKEN = 8
"""How many letters tell the lakes of one machine apart."""


def scratch(what: str, parent: Path | None = None) -> AbstractContextManager[Path]:
    """A folder of this process. what: for what, a word. parent: the system's folder for temporary files unless said."""
    return part(parent or Path(tempfile.gettempdir()), f"stocktake-{what}-{HERE}-")


@contextmanager
def scratch_lake(parent: Path | None = None, bucket: Bucket | None = None) -> Iterator[Path]:
    """A lake, or a folder of lakes, that goes away again. parent: as above; who may read and write there may here, too.

    bucket: by which other machines are handed tables of it; what is there of it goes, too. Raises EngineError where the
    bucket can't be reached.

    Another machine's lakes can't be seen to be in use, so those that were left go by their age.
    """
    shared = Path(tempfile.gettempdir())
    place = parent or shared
    for folder in place.glob(f"{LAKE}*"):
        with suppress(FileNotFoundError):  # it just went
            if time.time() - folder.stat().st_mtime > KEPT.total_seconds():
                shutil.rmtree(folder, ignore_errors=True)
    with part(place, OWN_LAKE) as lake:
        if place != shared:  # there, it stays ours alone
            shutil.copymode(place, lake)
        if bucket is None:
            yield lake
            return
        bucket.sweep(lake)
        try:
            yield lake
        finally:
            bucket.forget(lake)


def label(lake: Path) -> str:
    """What the working tables of a lake are named by on a server: its place and itself; one of its own if it stays."""
    folder = _folder(lake)
    if folder.name.startswith(OWN_LAKE):
        return f"{_place(folder)}_{folder.name[-TOKEN:]}"
    return f"{uuid4().hex[:TOKEN]}_{uuid4().hex[:TOKEN]}"


def has_gone(told: str, lake: Path) -> bool:
    """Whether a label is that of a lake that was made where this one is, and is there no longer."""
    folder, place, token = _folder(lake), told[:TOKEN], told[-TOKEN:]
    return place == _place(folder) and not folder.with_name(f"{OWN_LAKE}{token}").exists()


def _folder(lake: Path) -> Path:
    """What goes away again: a lake, or the folder of several."""
    return lake.parent if lake.parent.name.startswith(OWN_LAKE) else lake


def _place(folder: Path) -> str:
    """A part of a name: of this machine, and of where a folder is on it."""
    return short_hash(HERE, str(folder.parent.resolve()), length=TOKEN)

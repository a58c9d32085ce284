"""What files were read as, kept on this machine: parsing and checking SQL takes far longer than reading it back."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import msgspec

from stocktake.nouns import short_hash
from stocktake.standards.spec import Standard

VARIABLE = "STOCKTAKE_CACHE"
MOST = 32
"""How many are kept: those that were used last."""


def folder() -> Path:
    """Where they are kept: STOCKTAKE_CACHE, else this user's cache. It can be taken away at any time."""
    from platformdirs import user_cache_path

    told = os.environ.get(VARIABLE)
    return (Path(told) if told else user_cache_path("stocktake", appauthor=False)) / "standards"


def key_of(files: Iterable[tuple[str, Path]], schema_digest: str) -> str:
    """The hash of all that a reading follows from: the files (sort and path), the schema, the code that reads."""
    told = [f"{sort}\x1f{path}\x1f{path.read_text('utf-8', errors='replace')}" for sort, path in files]
    return short_hash(_code(), schema_digest, *told, length=32)


def recall(key: str) -> tuple[Standard, ...] | None:
    """What was kept under a key; None where nothing was, or where it can't be read any more."""
    path = folder() / f"{key}.json"
    try:
        steps = msgspec.json.decode(path.read_bytes(), type=tuple[Standard, ...])
        path.touch()
    except (OSError, msgspec.DecodeError):
        return None
    return steps


def keep(key: str, steps: tuple[Standard, ...]) -> None:
    """Keep a reading, whole or not at all. A folder that can't be written costs time alone, so that is no error."""
    place = folder()
    with contextlib.suppress(OSError):
        place.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=place, suffix=".part", delete=False) as file:
            file.write(msgspec.json.encode(steps))
        Path(file.name).replace(place / f"{key}.json")
        _forget(place)


def _forget(place: Path) -> None:
    """Take away what was not used for longest."""
    by_age = sorted(place.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[MOST:]:
        path.unlink(missing_ok=True)


@cache
def _code() -> str:
    """The hash of the code that reads and checks files, and of the libraries that it rests on."""
    here = Path(__file__).parent
    files = [*sorted(here.glob("*.py")), here.parent / "engines" / "duckdb.py"]
    return short_hash(version("sqlglot"), version("duckdb"), *(path.read_text("utf-8") for path in files), length=32)

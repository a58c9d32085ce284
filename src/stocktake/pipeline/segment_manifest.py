"""What a segment was made from, and the hashes of its files, so that a stale or damaged one is known for what it is."""

from __future__ import annotations

from pathlib import Path

import msgspec

from stocktake.errors import Problem
from stocktake.nouns import sha256_of
from stocktake.parts import sync, take_away
from stocktake.store import Store

FILE = "manifest.json"
SEGMENT = "[0-9]*-*"
"""The name of a segment's folder: a range of the log. One that is being made has another."""

FIX = "take the folder away: it is decoded again from the log"


class Manifest(msgspec.Struct, frozen=True):
    """Of a segment. seal: of the log's newest append when it was made, ended at known_at. files: name -> sha256."""

    known_at: int
    seal: str
    files: dict[str, str]


def write_manifest(folder: Path, store: Store) -> None:
    """Seal a segment whose files are written; the last file of it."""
    known_at, seal = store.newest_seal()
    paths = sorted(folder.glob("*.parquet"))
    files = {path.name: sha256_of(path) for path in paths}
    (folder / FILE).write_bytes(msgspec.json.encode(Manifest(known_at, seal, files)))
    for path in [*paths, folder / FILE]:
        sync(path)


def drop_foreign(folder: Path, store: Store) -> None:
    """Remove the segments of a folder that were made from another state of the log, as before a restore."""
    for segment in folder.glob(SEGMENT):
        manifest = _read(segment)
        if manifest is None or store.seal_at(manifest.known_at) != manifest.seal:
            take_away(segment)


def segments_of(derived: Path) -> list[Path]:
    """The folders of all segments of a log."""
    return sorted(path for path in derived.glob(f"segments/*/{SEGMENT}") if path.is_dir())


def problems_of_segment(folder: Path) -> list[Problem]:
    """The files of a segment that are gone, or are not what was written."""
    manifest = _read(folder)
    if manifest is None:
        return [Problem(str(folder), "the segment has no manifest that can be read", FIX)]
    problems = []
    for name, sha256 in sorted(manifest.files.items()):
        path = folder / name
        if not path.exists() or sha256_of(path) != sha256:
            problems.append(Problem(str(path), "the file is not what was decoded", FIX))
    return problems


def _read(folder: Path) -> Manifest | None:
    try:
        return msgspec.json.decode((folder / FILE).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        return None

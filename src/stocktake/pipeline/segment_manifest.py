"""What a segment was made from, and the hashes of its files, so that a stale or damaged one is known for what it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from stocktake.errors import Problem
from stocktake.nouns import sha256_of, short_hash
from stocktake.parts import sync, take_away
from stocktake.store import Store
from stocktake.store.purges import Purge

FILE = "manifest.json"
SEGMENT = "[0-9]*-*"
"""The name of a segment's folder: a range of the log. One that is being made has another."""

FIX = "take the folder away: it is decoded again from the log"


class Manifest(msgspec.Struct, frozen=True):
    """Of a segment. seal: of the log's newest append when it was made, ended at known_at. files: name -> sha256.

    purges: how many there had been when its records were read. digest: of all this.
    """

    known_at: int
    seal: str
    files: dict[str, str]
    purges: int
    digest: str = ""

    def sealed(self) -> Manifest:
        """The same with its digest."""
        told = msgspec.json.encode(msgspec.structs.replace(self, digest="")).decode()
        return msgspec.structs.replace(self, digest=short_hash(told, length=32))


def write_manifest(folder: Path, store: Store, purges: int) -> None:
    """Seal a segment whose files are written; the last file of it."""
    known_at, seal = store.newest_seal()
    paths = sorted(folder.glob("*.parquet"))
    files = {path.name: sha256_of(path) for path in paths}
    (folder / FILE).write_bytes(msgspec.json.encode(Manifest(known_at, seal, files, purges).sealed()))
    for path in [*paths, folder / FILE]:
        sync(path)


def drop_foreign(folder: Path, store: Store) -> None:
    """Remove the segments of a folder that were made from another state of the log: before a restore, or a purge."""
    purges = store.purges()
    for segment in folder.glob(SEGMENT):
        manifest = _read(segment)
        if manifest is None or _is_foreign(segment, manifest, store, purges):
            take_away(segment)


def _is_foreign(segment: Path, manifest: Manifest, store: Store, purges: Sequence[Purge]) -> bool:
    """Whether the log never was as the segment's maker saw it, or something of the segment was erased since."""
    first, last = map(int, segment.name.split("-"))
    since = purges[manifest.purges :]
    is_erased = any(purge.first_seq <= last and first <= purge.last_seq for purge in since)
    return is_erased or len(purges) < manifest.purges or store.seal_at(manifest.known_at) != manifest.seal


def segments_of(derived: Path) -> list[Path]:
    """The folders of all segments of a log; what a killed process was taking away is none."""
    return sorted(path for path in derived.glob(f"segments/[!.]*/{SEGMENT}") if path.is_dir())


def problems_of_segment(folder: Path, store: Store) -> list[Problem]:
    """The files of a segment that are gone, or are not what was written."""
    manifest = _read(folder)
    if manifest is None:
        return [Problem(str(folder), "the segment has no manifest that can be read", FIX)]
    problems = []
    if manifest.sealed() != manifest or store.seal_at(manifest.known_at) != manifest.seal:
        problems.append(Problem(str(folder / FILE), "the manifest is not what was written of this log", FIX))
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

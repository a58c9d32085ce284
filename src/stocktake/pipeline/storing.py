"""The log as a whole: copied, verified, backed up, restored, and bodies erased from it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from stocktake.errors import Problem, StoreError
from stocktake.nouns import sha256_of
from stocktake.parts import part
from stocktake.project import filled
from stocktake.results import problems_of
from stocktake.results.save import folder_of
from stocktake.store import Store

if TYPE_CHECKING:
    from stocktake.project import Project

LOG, RESULTS, MANIFEST = "log.sqlite", "results", "manifest.json"
PART = ".part"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what is not as it was written."""

    entries: int
    runs: int
    segments: int
    problems: tuple[Problem, ...]


def verify(project: Project) -> Verified:
    """Hold the log against its seals, saved results against the hashes in it, segments against their manifests."""
    from stocktake.pipeline.segment_manifest import problems_of_segment, segments_of

    with Store.open(project.store_address) as store:
        runs = store.runs()
        problems = store.verify()
        problems += [each for run in runs for each in problems_of(project.results, run)]
        segments = segments_of(project.derived / store.log_id)
        problems += [each for folder in segments for each in problems_of_segment(folder, store)]
        return Verified(store.newest_seq(), len(runs), len(segments), tuple(problems))


def copy(project: Project, address: str) -> dict[str, int]:
    """Copy the log to an empty store; gives the rows of each table. address: as `store:` takes it."""
    with Store.open(project.store_address) as store, Store.open(filled(address, project.root)) as other:
        return store.copy_to(other)


def back_up(project: Project, folder: Path) -> dict[str, Any]:
    """Write the log and all saved results to a new folder, which appears whole or not at all; gives its manifest.

    Raises StoreError where the folder is there already, or where the log or a result is not as it was written.
    """
    if folder.exists():
        raise StoreError(str(folder), "there is something already", "name a folder that is not there yet")
    with part(folder.parent) as hidden, Store.open(project.store_address) as store:
        with Store.open(hidden / LOG) as copied:
            store.copy_to(copied)
            problems = copied.verify()
        runs = store.runs()
        problems += [each for run in runs for each in problems_of(project.results, run)]
        if problems:
            raise StoreError(problems=tuple(problems))
        for run in runs:
            shutil.copytree(folder_of(project.results, run.id), folder_of(hidden / RESULTS, run.id))
        hashes = {path.relative_to(hidden).as_posix(): sha256_of(path) for path in _files(hidden)}
        manifest = {
            "project": project.name,
            "log": store.log_id,
            "entries": store.newest_seq(),
            "runs": len(runs),
            "made_at": datetime.now(UTC),
            "files": hashes,
        }
        (hidden / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        hidden.rename(folder)
        return manifest


def restore(project: Project, folder: Path) -> dict[str, Any]:
    """Bring a backup into a project whose log is empty; gives its manifest.

    Every file is held against the manifest first. Raises StoreError with all that is wrong, having changed nothing.
    """
    manifest = _read_manifest(folder)
    project.state.mkdir(parents=True, exist_ok=True)
    # A copy of the file: opening a log may bring its tables up to date, and a backup stays as it was made.
    copied = project.state / f"{LOG}{PART}"
    shutil.copy(folder / LOG, copied)
    try:
        with Store.open(copied) as backup, Store.open(project.store_address) as store:
            for run in backup.runs():  # before the rows by which they count
                there, here = (folder_of(place, run.id) for place in (folder / RESULTS, project.results))
                shutil.copytree(there, here, dirs_exist_ok=True)
            backup.copy_to(store)
            problems = [*store.verify(), *(each for run in store.runs() for each in problems_of(project.results, run))]
    finally:
        for path in project.state.glob(f"{LOG}{PART}*"):
            path.unlink()
    shutil.rmtree(project.derived, ignore_errors=True)  # of another state of the log
    if problems:
        raise StoreError(problems=tuple(problems))
    return manifest


def _read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a backup that is as it was made. Raises StoreError."""
    fix = "take another backup"
    try:
        manifest: dict[str, Any] = msgspec.json.decode((folder / MANIFEST).read_bytes())
        hashes = dict(manifest["files"])
    except (OSError, msgspec.DecodeError, KeyError, TypeError) as error:
        raise StoreError(str(folder / MANIFEST), f"no manifest of a backup: {error}", fix) from error
    found = {path.relative_to(folder).as_posix(): path for path in _files(folder) if path.name != MANIFEST}
    problems = [Problem(str(folder / name), "the file is gone", fix) for name in sorted(hashes.keys() - found.keys())]
    problems += [
        Problem(str(path), "the file is not what was backed up", fix)
        for name, path in sorted(found.items())
        if name in hashes and sha256_of(path) != hashes[name]
    ]
    if problems:
        raise StoreError(problems=tuple(problems))
    return manifest


def _files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]

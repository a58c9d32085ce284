"""Readings that were kept by date: each folder below a source's `path` is one, and is read as of its moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from stocktake.errors import CollectError
from stocktake.nouns import Source, to_micros
from stocktake.store import Store

SETTING = "readings"
BY_FOLDER = "by date"


def readings(source: Source, store: Store) -> Iterator[Source]:
    """The source itself; where it says `readings: by date`, one for each dated folder that the log does not hold yet.

    A folder is named for the moment at which the tool was read: 2026-01-31, or 2026-01-31T06-00-00Z. All are UTC.
    Raises CollectError for a folder of another name, and where there is none.
    """
    told = source.settings.get(SETTING)
    if told is None:
        yield source
        return
    where = source.where or source.name
    if told != BY_FOLDER:
        raise CollectError(where, f"{SETTING}: {told!r}", f"say `{SETTING}: {BY_FOLDER}`, or leave it out")
    path = Path(str(source.settings.get("path") or ""))
    folders = sorted(each for each in path.iterdir() if each.is_dir()) if path.is_dir() else []
    if not folders:
        raise CollectError(where, f"no dated folder in {path}", "keep each reading in a folder such as 2026-01-31")
    moments = {folder: _moment(folder) for folder in folders}
    held = _held(source, store)
    for folder in sorted(folders, key=moments.__getitem__):
        if to_micros(moments[folder]) not in held:
            yield replace(source, settings={**source.settings, "path": str(folder), "recorded_at": moments[folder]})


def _moment(folder: Path) -> datetime:
    """When the reading in a folder was made, by its name; a file's name can't hold the colons of a time."""
    day, _, time = folder.name.partition("T")
    try:
        moment = datetime.fromisoformat(f"{day}T{time.replace('-', ':')}" if time else day)
    except ValueError as error:
        fix = "name it for the moment of the reading: 2026-01-31 or 2026-01-31T06-00-00Z"
        raise CollectError(str(folder), "the folder's name is no date", fix) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _held(source: Source, store: Store) -> set[int]:
    """The moments of this source's complete readings in the log, µs."""
    pulls = store.pulls().select(["source", "to_at", "complete"]).to_pylist()
    told = (each["to_at"].replace(tzinfo=UTC) for each in pulls if each["complete"] and each["source"] == source.name)
    return {to_micros(moment) for moment in told}

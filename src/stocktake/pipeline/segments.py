"""Segments: the log decoded into typed columns, once per range of the log and version of a vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.nouns import canonical, short_hash
from stocktake.parts import sweep, take_away
from stocktake.pipeline.decoding import Decoding, Told
from stocktake.pipeline.instances import default_instances
from stocktake.pipeline.segment_manifest import drop_foreign
from stocktake.project import Project
from stocktake.stages import stage
from stocktake.store import Store
from stocktake.vocabulary.decode import SourceSettings

if TYPE_CHECKING:
    import pyarrow as pa

VERSION = "2"
BATCH = 100_000
PERSON = "person/"


def cover(project: Project, store: Store) -> tuple[Path, ...]:
    """Decode what of the log is not yet in segments; the folders of all segments that hold now.

    A segment is keyed by vocabulary, hash (of the vocabulary, its sources' settings and the schema) and range of seq:
    new records decode into new segments only, a changed vocabulary decodes its own sources again beside the old ones.
    How the log is cut into ranges makes no difference to what is read from them.
    """
    newest = store.newest_seq()
    folders: list[Path] = []
    for told in all_told(project, store):
        folder = folder_of(project, store, told)
        drop_foreign(folder, store)
        missing = _gaps(_ranges(folder), newest)
        if missing:
            name = told.vocabulary.name if told.vocabulary else "none"
            with stage("decode", vocabulary=name), closing(Decoding(project, store, told, folder)) as decoding:
                for gap in missing:
                    _decode(store, decoding, gap)
            drop_older(folder)
        folders += [folder / f"{first}-{last}" for first, last in _ranges(folder)]
    return tuple(folders)


def all_told(project: Project, store: Store) -> Iterator[Told]:
    """Every vocabulary that a source of the log is read with; sources without one together, last."""
    configured = {source.name: source for source in project.sources}
    instances = default_instances(project)
    by_vocabulary: dict[str, list[SourceSettings]] = {}
    for name in sorted(store.sources()):
        if name.startswith(PERSON):
            continue
        source = configured.get(name)
        vocabulary = project.vocabulary_of(source) if source else ""
        key = vocabulary if vocabulary in project.vocabularies.by_name else ""
        by_vocabulary.setdefault(key, []).append(settings_of(project, name, instances))
    for key, sources in sorted(by_vocabulary.items()):
        yield Told(project.vocabularies.by_name.get(key), tuple(sources))


def settings_of(project: Project, name: str, instances: Mapping[str, str]) -> SourceSettings:
    """What expressions may know of a source: its settings, with the project's as defaults.

    instances: per tool the installation that is meant where the source itself names none.
    """
    own: dict[str, Any] = next((dict(source.settings) for source in project.sources if source.name == name), {})
    settings = {**project.settings, **own, "instances": {**instances, **(own.get("instances") or {})}}
    instance = own.get("instance")
    return SourceSettings(name, str(instance) if instance is not None else None, settings)


def folder_of(project: Project, store: Store, told: Told) -> Path:
    """Where the segments lie that a vocabulary gives as it stands now."""
    texts = [each.text for each in (told.vocabulary, project.vocabularies.shared) if each]
    settings = canonical([[s.source, s.instance, _plain(s.settings)] for s in told.sources]).decode()
    digest = short_hash(VERSION, project.schema.digest, settings, *texts)
    name = told.vocabulary.name if told.vocabulary else "_unknown"
    return project.derived / store.log_id / "segments" / f"{name}-{digest}"


def _plain(value: Any) -> Any:
    """Settings as JSON takes them: dates and the like as text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _ranges(folder: Path) -> list[tuple[int, int]]:
    """The ranges that a folder holds, in order; of two that overlap, made at one time by two processes, one."""
    found = []
    for path in folder.glob("*-*") if folder.exists() else ():
        first, dash, last = path.name.partition("-")
        if dash and first.isdigit() and last.isdigit():
            found.append((int(first), -int(last)))
    chosen: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not chosen or start > chosen[-1][1]:
            chosen.append((start, -end))
    return chosen


def _gaps(ranges: list[tuple[int, int]], newest: int) -> list[tuple[int, int]]:
    """What of 1 to newest is in none of some ranges that are in order."""
    gaps, start = [], 1
    for first, last in [*ranges, (newest + 1, newest)]:
        if start < first:
            gaps.append((start, min(first - 1, newest)))
        start = max(start, last + 1)
    return [gap for gap in gaps if gap[0] <= gap[1]]


def _decode(store: Store, decoding: Decoding, gap: tuple[int, int]) -> None:
    """Decode a range of the log into segments of at most so many lines; where it holds none, an empty one says so."""
    start, last = gap
    held: pa.Table | None = None
    for lines in store.lines(gap, decoding.told.names, BATCH):
        if held is not None:
            end = held.column("seq")[-1].as_py()
            decoding.add(held, (start, end))
            start = end + 1
        held = lines
    if held is None:
        decoding.add_nothing((start, last))
    else:
        decoding.add(held, (start, last))


def drop_older(folder: Path) -> None:
    """Remove segments of earlier versions of the same vocabulary: they can be decoded again."""
    name = folder.name.rpartition("-")[0]
    for other in folder.parent.glob(f"{name}-*"):
        if other != folder and other.name.rpartition("-")[0] == name:
            take_away(other)
    sweep(folder.parent)

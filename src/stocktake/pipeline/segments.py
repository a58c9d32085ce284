"""Segments: the log decoded into typed columns, once per range of the log and version of a vocabulary."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stocktake.nouns import canonical, short_hash
from stocktake.pipeline.instances import default_instances
from stocktake.pipeline.segment_manifest import drop_foreign, write_manifest
from stocktake.project import Project
from stocktake.store import Store
from stocktake.vocabulary import Vocabularies, Vocabulary
from stocktake.vocabulary.decode import Decoder, SourceSettings

VERSION = "1"
BATCH = 100_000
PERSON = "person/"


@dataclass(frozen=True, slots=True)
class Told:
    """The sources that one vocabulary reads, with the settings that its expressions may know."""

    vocabulary: Vocabulary | None
    sources: tuple[SourceSettings, ...]


def cover(project: Project, store: Store) -> tuple[Path, ...]:
    """Decode what of the log is not yet in segments; the folders of all segments that hold now.

    A segment is keyed by vocabulary, hash (of the vocabulary, its sources' settings and the schema) and range of seq:
    new records decode into a new segment only, a changed vocabulary decodes its own sources again beside the old ones.
    """
    newest = store.newest_seq()
    vocabularies = project.vocabularies
    folders: list[Path] = []
    for told in _told(project, store):
        folder = project.derived / store.log_id / "segments" / _name(told, vocabularies, project)
        drop_foreign(folder, store)
        done = _ranges(folder)
        start = max((last for _, last in done), default=0) + 1
        if start <= newest:
            _decode(project, store, told, folder, (start, newest))
            _drop_older(folder)
        folders += [folder / f"{first}-{last}" for first, last in _ranges(folder)]
    return tuple(folders)


def _told(project: Project, store: Store) -> Iterator[Told]:
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


def _name(told: Told, vocabularies: Vocabularies, project: Project) -> str:
    texts = [each.text for each in (told.vocabulary, vocabularies.shared) if each]
    settings = canonical([[s.source, s.instance, _plain(s.settings)] for s in told.sources]).decode()
    digest = short_hash(VERSION, project.schema.digest, settings, *texts)
    return f"{told.vocabulary.name if told.vocabulary else '_unknown'}-{digest}"


def _plain(value: Any) -> Any:
    """Settings as JSON takes them: dates and the like as text."""
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _ranges(folder: Path) -> list[tuple[int, int]]:
    """The ranges that a folder holds, in order."""
    found = []
    for path in folder.glob("*-*") if folder.exists() else ():
        first, dash, last = path.name.partition("-")
        if dash and first.isdigit() and last.isdigit():
            found.append((int(first), int(last)))
    return sorted(found)


def _decode(project: Project, store: Store, told: Told, folder: Path, span: tuple[int, int]) -> None:
    """Decode a range of the log into a new segment; it appears whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    decoder = Decoder(told.vocabulary, project.vocabularies, project.schema)
    sources = [each.source for each in told.sources]
    for batch in store.lines(span, sources, BATCH):
        decoder.decode(batch, list(told.sources))
    temporary = Path(tempfile.mkdtemp(prefix=".part-", dir=folder))
    try:
        decoder.write(temporary)
        write_manifest(temporary, store)
        temporary.replace(folder / f"{span[0]}-{span[1]}")
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _drop_older(folder: Path) -> None:
    """Remove segments of earlier versions of the same vocabulary: they can be decoded again."""
    name = folder.name.rpartition("-")[0]
    for other in folder.parent.glob(f"{name}-*"):
        if other != folder and other.name.rpartition("-")[0] == name:
            shutil.rmtree(other, ignore_errors=True)

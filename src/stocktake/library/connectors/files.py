"""files: things that lie in JSON lines, CSV or Parquet, one to a line or row. The worked example of a connector.

Settings: `path`, a file, a folder or a glob (`exports/*.jsonl`); `label`, the tool's name for one line; `key`, the
field that names it, or a list of fields, whose values are joined by `/`; `vocabulary`, which says what the label means;
`label_field`, where the lines are of several labels, the field that says of which (`label` then lists them all);
`observed_at`, the field with an event's own time, where the lines are events.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Any

from stocktake.collect.moments import moment_of
from stocktake.collect.reading import matching, opened, read_json_lines
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source

VOCABULARY = "files"
LINES = (".jsonl", ".ndjson")
TABLES = (".csv", ".tsv")
ENDINGS = (*LINES, *TABLES, ".parquet")
ROWS = 10_000  # read at once from Parquet

Row = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the source's file says.

    keys: the fields that name a thing. label_field: the one that says which of the labels it has. observed_at: the one
    with its time.
    """

    labels: tuple[str, ...]
    keys: tuple[str, ...]
    label_field: str | None
    observed_at: str | None


def labels(source: Source) -> tuple[str, ...]:
    """The labels that a complete pull of the source covers; an event is not retired by no longer being listed."""
    told = settings_of(source)
    return () if told.observed_at else told.labels


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every line of every file; one that can't be read is a Problem, and the rest comes."""
    settings = settings_of(source)
    for path in paths_of(source):
        for told in rows_of(path):
            yield told if isinstance(told, Problem) else seen(told, settings, path)


def settings_of(source: Source) -> Settings:
    """The settings that are this connector's own. Raises CollectError with each that is missing."""
    told = source.settings
    where = source.where or source.name
    problems = [
        Problem(where, f"`{name}:` is not set", f"say `{name}: {example}`")
        for name, example in (("path", "exports/*.jsonl"), ("label", "ModelVersion"), ("key", "id"))
        if not told.get(name)
    ]
    if problems:
        raise CollectError(problems=tuple(problems))
    return Settings(_texts(told["label"]), _texts(told["key"]), told.get("label_field"), told.get("observed_at"))


def _texts(told: Any) -> tuple[str, ...]:
    """One value or a list of them."""
    return tuple(map(str, told if isinstance(told, list) else [told]))


def paths_of(source: Source) -> list[Path]:
    """The files that `path` means, by name. Raises CollectError when there is none."""
    path = Path(str(source.settings["path"]))
    if path.is_dir():
        files = [each for each in matching(path / "**/*") if each.name.removesuffix(".gz").endswith(ENDINGS)]
    else:
        files = matching(path)
    if not files:
        fix = f"set `path:` to a file, a folder or a glob with files of {', '.join(ENDINGS)}"
        raise CollectError(source.where or source.name, f"no file at {path}", fix)
    return files


def rows_of(path: Path) -> Iterator[Row | Problem]:
    """Each line or row of a file with its number."""
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    try:
        if ending == ".parquet":
            yield from parquet_rows(path)
        elif ending in TABLES:
            yield from table_rows(path, "\t" if ending == ".tsv" else ",")
        else:
            yield from json_rows(path)
    except (OSError, EOFError, ValueError, csv.Error) as error:
        yield Problem(str(path), f"it can't be read to its end: {error}", "fetch or export the file again")


def json_rows(path: Path) -> Iterator[Row | Problem]:
    """The objects of JSON lines."""
    for told in read_json_lines(path):
        if isinstance(told, Problem) or isinstance(told[1], dict):
            yield told
        else:
            yield Problem(f"{path}:{told[0]}", "the line is no JSON object", 'write it as {"id": …}')


def table_rows(path: Path, separator: str) -> Iterator[Row | Problem]:
    """The rows of a CSV file under the names of its first line. All values are texts; an empty one is null."""
    with opened(path) as file:
        reader = csv.reader(TextIOWrapper(file, "utf-8-sig", newline=""), delimiter=separator)
        names = next(reader, [])
        for values in reader:
            if len(values) == len(names):
                yield reader.line_num, {name: value or None for name, value in zip(names, values, strict=True)}
            elif values:
                told = f"{len(values)} values under {len(names)} names"
                yield Problem(f"{path}:{reader.line_num}", told, "quote values that hold a separator or a line's end")


def parquet_rows(path: Path) -> Iterator[Row]:
    """The rows of a Parquet file."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        number = 0
        for batch in file.iter_batches(ROWS):
            for row in batch.to_pylist():
                number += 1
                yield number, row


def seen(row: Row, settings: Settings, path: Path) -> Seen | Problem:
    """The thing that a row tells, under its key."""
    body = row[1]
    parts = [body.get(name) for name in settings.keys]
    if None in parts or "" in parts:
        return _without_key(row, settings, path)
    label = settings.labels[0] if settings.label_field is None else str(body.get(settings.label_field))
    if label not in settings.labels:
        listed = ", ".join(settings.labels)
        fix = f"add it to the source's `label:`, which lists {listed}"
        return Problem(f"{path}:{row[0]}", f"{settings.label_field} is {label!r}", fix)
    key = "/".join(map(str, parts))
    if settings.observed_at is None:
        return Seen(label, key, body)
    told = body.get(settings.observed_at)
    moment = told if isinstance(told, datetime) else moment_of(told)
    if moment is None:
        return Problem(f"{path}:{row[0]}", f"{settings.observed_at} is no time: {told!r}", "write it as ISO 8601, UTC")
    return Seen(label, key, body, moment)


def _without_key(row: Row, settings: Settings, path: Path) -> Problem:
    number, body = row
    missing = ", ".join(name for name in settings.keys if body.get(name) in (None, ""))
    fix = f"give it one, or set `key:` to one of: {', '.join(map(str, body))}"
    return Problem(f"{path}:{number}", f"it has no {missing}", fix)

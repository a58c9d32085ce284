"""OpenLineage: run, dataset and job events that were kept as files, from any producer.

`path:` is a file or a folder. `.json` holds one event, a list of them, or an answer that lists them (`events`);
`.ndjson` and `.jsonl` hold one on each line. An event may stand by itself or in what carried it: the request of an
HTTP transport ({path, headers, body}), or a message ({key, value}). Facets stay as they came.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from stocktake.collect.answers import ending_of, path_of, read_text
from stocktake.collect.json_values import json_values
from stocktake.collect.moments import moment_of
from stocktake.collect.reading import read_json_lines
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source, canonical, short_hash

# Events are what happened: none is retired because a file no longer holds it.
LABELS: tuple[str, ...] = ()
LINES = (".ndjson", ".jsonl")
ENDINGS = (".json", *LINES)
CARRIERS = ("body", "event", "value", "payload", "data")
WORDS = {"eventType", "run", "job", "dataset", "inputs", "outputs", "lineage"}

Placed = tuple[str, Any]


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every event of the source's files; a line that can't be read is a Problem, and the rest comes."""
    root = path_of(source)
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        name = path.relative_to(root).as_posix() if root.is_dir() else path.name
        is_hidden = any(part.startswith(".") for part in Path(name).parts)
        if path.is_file() and (path == root or (ending_of(path) in ENDINGS and not is_hidden)):
            yield from _read(path, name)


def _read(path: Path, name: str) -> Iterator[Seen | Problem]:
    """The events of one file."""
    try:
        for told in _lines(path, name) if ending_of(path) in LINES else _whole(path, name):
            if isinstance(told, Problem):
                yield told
            else:
                yield from seen_in(told[1], told[0])
    except (OSError, EOFError) as error:
        yield Problem(name, f"can't be read: {error}", "fetch the file again")


def _lines(path: Path, name: str) -> Iterator[Placed | Problem]:
    """The value on each line of a file, with `file:line`."""
    for told in read_json_lines(path, name):
        yield told if isinstance(told, Problem) else (f"{name}:{told[0]}", told[1])


def _whole(path: Path, name: str) -> Iterator[Placed | Problem]:
    """The value of a file, or each where several stand one after another."""
    text = read_text(path, name)
    for told in [text] if isinstance(text, Problem) else json_values(text, name):
        yield told if isinstance(told, Problem) else (f"{name}:{told[0]}", told[1])


def seen_in(value: Any, where: str) -> Iterator[Seen | Problem]:
    """The events in one JSON value, unpacked from what carried them; what is no event is kept as a Document."""
    if isinstance(value, list):
        for number, each in enumerate(value):
            yield from seen_in(each, f"{where}[{number}]")
    elif not isinstance(value, dict):
        yield Problem(where, f"no event but {type(value).__name__}", "keep OpenLineage events alone in these files")
    elif label := label_of(value):
        yield Seen(label, key_of(value), value, moment_of(value.get("eventTime")))
    elif isinstance(value.get("events"), list):
        yield from seen_in(value["events"], f"{where}.events")
    elif (carried := _carried(value)) is not None:
        yield from seen_in(carried, where)
    else:
        yield Seen("Document", where, value)


def _carried(value: dict[str, Any]) -> Any:
    """What a request or message carries, where that holds an event; else None."""
    for name in CARRIERS:
        inner = value.get(name)
        if isinstance(inner, str) and inner.lstrip().startswith(("{", "[")):
            try:
                inner = json.loads(inner)
            except ValueError:
                continue
        first = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(first, dict) and label_of(first):
            return inner
    return None


def label_of(event: dict[str, Any]) -> str | None:
    """Which of OpenLineage's shapes an event has; None for none."""
    told = {word for word in WORDS if event.get(word) is not None}
    if "name" in event and "run" not in told:
        return None  # a job or dataset as a lineage server lists it
    if told & {"run", "eventType"}:
        return "RunEvent"
    if isinstance(event.get("dataset"), dict):
        return "DatasetEvent"
    if isinstance(event.get("job"), dict):
        return "JobEvent"
    if all(isinstance(event.get(word), list) for word in told) and told:
        return "RunEvent"
    return "LineageFacet" if isinstance(event.get("lineage"), dict) else None


def key_of(event: dict[str, Any]) -> str:
    """Run, type and time, and a hash: partial events of one run may come at one time."""
    run = event.get("run")
    run_id = run.get("runId") if isinstance(run, dict) else None
    told = [str(part) for part in (run_id, event.get("eventType"), event.get("eventTime")) if part]
    return "/".join([*told, short_hash(canonical(event).decode())])

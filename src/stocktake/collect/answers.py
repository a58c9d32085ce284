"""Recorded or exported answers of a tool, read from a source's `path`: one file, or every file of a folder.

JSON lines hold one answer each, so that a long recording is read without holding it whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from stocktake.collect.reading import read_json_lines
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Source

LINES = (".jsonl", ".ndjson")  # one answer on each line
JSON = (".json", *LINES)
YAML = (".yaml", ".yml")
SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file. name: the file's path below the source's, with `/`. number: its place in the file."""

    name: str
    value: Any
    number: int = 0

    @property
    def stem(self) -> str:
        """The file's name without folders and ending."""
        return Path(self.name).stem

    @property
    def is_object(self) -> bool:
        """Whether it is a JSON object."""
        return isinstance(self.value, dict)


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: a date stays the text that was written."""


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in PlainLoader.yaml_implicit_resolvers.items()
}


def documents(
    source: Source, *, endings: tuple[str, ...] = JSON, names: tuple[str, ...] = (), as_text: tuple[str, ...] = ()
) -> Iterator[Document | Problem]:
    """Every document of the files with these endings or names; what can't be read is a Problem, and the rest comes.

    as_text: endings of files that are one text each. Raises CollectError when the source has no `path`, or nothing is
    there.
    """
    root = path_of(source)
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        is_hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        if path.is_file() and not is_hidden and (path.suffix.lower() in endings or path.name in names or path == root):
            yield from read_documents(path, path.relative_to(root).as_posix() if path != root else path.name, as_text)


def path_of(source: Source) -> Path:
    """The source's `path`, which must exist."""
    told = source.settings.get("path")
    if not told:
        raise CollectError(source.where or source.name, "neither `url:` nor `path:` is set", "set one of them")
    path = Path(str(told))
    if not path.exists():
        raise CollectError(
            source.where or source.name, f"no such path: {path}", "set `path:` to a file or folder that is there"
        )
    return path


def read_documents(path: Path, name: str, as_text: tuple[str, ...] = ()) -> Iterator[Document | Problem]:
    """The documents of one file: text, JSON or JSON lines by its ending, else YAML, which may hold several."""
    if path.suffix.lower() in LINES:
        for told in read_json_lines(path, name):
            yield told if isinstance(told, Problem) else Document(name, told[1], told[0])
        return
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        yield Problem(f"{name}:1", f"not UTF-8: {error.reason} at byte {error.start}", "save the file as UTF-8")
        return
    if path.suffix.lower() in as_text:
        yield Document(name, text)
        return
    if path.suffix.lower() in JSON:
        try:
            yield Document(name, json.loads(text))
        except json.JSONDecodeError as error:
            yield Problem(f"{name}:{error.lineno}", f"not JSON: {error.msg}", "mend or fetch the file again")
        return
    yield from yaml_documents(text, name)


def yaml_documents(text: str, name: str) -> Iterator[Document | Problem]:
    """Each document of a YAML file; where one is broken, the others still come."""
    try:
        values = [(number, value) for number, value in enumerate(yaml.load_all(text, PlainLoader))]
    except (yaml.YAMLError, ValueError, RecursionError):
        yield from _yaml_parts(text, name)
        return
    yield from (Document(name, plain(value), number) for number, value in values if value is not None)


def _yaml_parts(text: str, name: str) -> Iterator[Document | Problem]:
    """The documents of a file of which at least one is broken, each read on its own."""
    starts = [0, *(match.start() for match in SEPARATOR.finditer(text) if match.start() > 0)]
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(text)], strict=True)):
        first_line = text.count("\n", 0, start)
        try:
            value = yaml.load(text[start:end], PlainLoader)
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = first_line + (mark.line if mark else 0) + 1
            yield Problem(
                f"{name}:{line}", f"not YAML: {getattr(error, 'problem', None) or error}", "mend the YAML at that line"
            )
            continue
        if value is not None:
            yield Document(name, plain(value), number)


def plain(value: Any) -> Any:
    """A YAML value as JSON can say it: keys are texts, sets are lists."""
    if isinstance(value, dict):
        return {_key(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(each) for each in value]
    return value


def _key(key: Any) -> str:
    """A YAML key as a JSON key: `true` and `null` as JSON writes them."""
    return key if isinstance(key, str) else json.dumps(key, default=str)

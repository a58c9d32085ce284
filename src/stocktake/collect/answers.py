"""Recorded or exported answers of a tool, read from a source's `path`: one file, or every file of a folder.

JSON lines hold one answer each, so that a long recording is read without holding it whole.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from stocktake.collect.json_values import json_values
from stocktake.collect.reading import opened, read_json_lines
from stocktake.collect.yaml_values import yaml_values
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source

LINES = (".jsonl", ".ndjson")  # one answer on each line
JSON = (".json", *LINES)
YAML = (".yaml", ".yml")
# What reading an answer raises that is not as its tool writes it: a text for a list, a list without its names.
OTHER_SHAPE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file.

    name: the file's path below the source's, with `/`. number: its place in the file. line: where it begins.
    """

    name: str
    value: Any
    number: int = 0
    line: int = 1

    @property
    def stem(self) -> str:
        """The file's name without folders and ending."""
        return Path(self.name.removesuffix(".gz")).stem

    @property
    def is_object(self) -> bool:
        """Whether it is a JSON object."""
        return isinstance(self.value, dict)

    @property
    def where(self) -> str:
        """`file:line`."""
        return f"{self.name}:{self.line}"


def documents(
    source: Source, *, endings: tuple[str, ...] = JSON, names: tuple[str, ...] = (), as_text: tuple[str, ...] = ()
) -> Iterator[Document | Problem]:
    """Every document of the files with these endings (also with `.gz` behind) or names.

    What can't be read is a Problem, and the rest comes. as_text: endings of files that are one text each. Raises
    CollectError when the source has no `path`, or nothing is there.
    """
    root, is_empty = path_of(source), True
    for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
        is_hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        is_wanted = ending_of(path) in endings or path.name in names or path == root
        if is_wanted and not is_hidden and path.is_file():
            is_empty = False
            yield from read_documents(path, path.relative_to(root).as_posix() if path != root else path.name, as_text)
    if is_empty:
        # Else an export that failed would make all that was seen before vanish.
        wanted = ", ".join((*endings, *names))
        yield Problem(str(root), f"holds no file of {wanted}", "set `path:` to the folder that the tool's files are in")


def read_each(
    told: Iterable[Document | Problem], read: Callable[[Document], Iterable[Seen | Problem]]
) -> Iterator[Seen | Problem]:
    """What `read` finds in each document; one of another shape is a Problem, and the others still come."""
    for document in told:
        if isinstance(document, Problem):
            yield document
            continue
        try:
            yield from read(document)
        except OTHER_SHAPE as error:
            fix = "fetch the answer again, or take the file away"
            yield Problem(document.where, f"not as the tool writes it: {type(error).__name__}: {error}", fix)


def each_answer(document: Document, is_answer: Callable[[dict[str, Any]], bool]) -> Iterator[Document]:
    """The document itself; where it is a list that has answers in it, each element as a document of its own."""
    items = document.value if isinstance(document.value, list) else []
    if any(isinstance(each, dict) and is_answer(each) for each in items):
        yield from (replace(document, value=each) for each in items)
    else:
        yield document


def objects_in(items: Any, where: str) -> Iterator[dict[str, Any] | Problem]:
    """The objects of a list; what else is in it, or stands for it, is a Problem. None is an empty list."""
    if not isinstance(items, list | None):
        yield Problem(where, f"no list but {type(items).__name__}", "fetch the answer again")
        return
    for number, each in enumerate(items or []):
        if isinstance(each, dict):
            yield each
        else:
            yield Problem(where, f"[{number}] is no object but {type(each).__name__}", "fetch the answer again")


def passed_over(document: Document) -> Seen:
    """A file that holds nothing of the tool, such as a model's input: its name, and the names in it."""
    names = sorted(document.value) if document.is_object else [type(document.value).__name__]
    return Seen("Document", f"{document.name}#{document.number}", {"holds": names})


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


def ending_of(path: Path) -> str:
    """A file's ending, without `.gz`."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


def read_documents(path: Path, name: str, as_text: tuple[str, ...] = ()) -> Iterator[Document | Problem]:
    """The documents of one file: text, JSON or JSON lines by its ending, else YAML, which may hold several."""
    if ending_of(path) in LINES:
        yield from _line_documents(path, name)
        return
    text = read_text(path, name)
    if isinstance(text, Problem):
        yield text
    elif ending_of(path) in as_text:
        yield Document(name, text)
    else:
        told = json_values(text, name) if ending_of(path) in JSON else yaml_values(text, name)
        yield from numbered(told, name)


def _line_documents(path: Path, name: str) -> Iterator[Document | Problem]:
    """The documents of a file with one on each line, numbered by their lines."""
    try:
        for told in read_json_lines(path, name):
            yield told if isinstance(told, Problem) else Document(name, told[1], told[0], told[0])
    except (OSError, EOFError) as error:
        yield Problem(f"{name}:1", f"can't be read: {error}", "fetch the file again")


def numbered(told: Iterable[tuple[int, Any] | Problem], name: str) -> Iterator[Document | Problem]:
    """Values with their lines as documents of a file."""
    number = 0
    for each in told:
        if isinstance(each, Problem):
            yield each
        else:
            yield Document(name, each[1], number, each[0])
            number += 1


def read_text(path: Path, name: str) -> str | Problem:
    """A file's text: UTF-8, or UTF-16 where a byte order mark says so, as some shells write it."""
    try:
        with opened(path) as file:
            data = file.read()
        is_utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return data.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        return Problem(f"{name}:{line}", f"not UTF-8: {error.reason} at byte {error.start}", "save the file as UTF-8")
    except (OSError, EOFError) as error:
        return Problem(f"{name}:1", f"can't be read: {error}", "fetch the file again")

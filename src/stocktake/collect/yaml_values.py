"""The documents of a YAML text, as JSON knows their values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from stocktake.errors import Problem

SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%|<%|\$\{")
NotYaml = (yaml.YAMLError, ValueError, RecursionError)
Placed = tuple[int, Any]


class PlainLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML as JSON knows it: a date stays the text that was written. Notes the keys that a mapping repeats."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.repeated: list[tuple[int, str]] = []

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """The mapping; keys that are merged in from elsewhere (`<<`) repeat nothing."""
        told = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.start_mark.index >= node.start_mark.index:
                if key.value in told and key.value != "<<":
                    self.repeated.append((key.start_mark.line, key.value))
                told.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


PlainLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in PlainLoader.yaml_implicit_resolvers.items()
}


def yaml_values(text: str, name: str, first_line: int = 1) -> Iterator[Placed | Problem]:
    """Each document with its line; where one is broken, the others still come. Empty documents are left out.

    first_line: where the text begins in its file.
    """
    if not text.strip():
        yield Problem(f"{name}:{first_line}", "the file is empty", "fetch it again, or take it away")
        return
    try:
        yield from _documents(text, name, first_line)
    except NotYaml:
        starts = [0, *(match.start() for match in SEPARATOR.finditer(text) if match.start() > 0)]
        for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
            yield from _part(text[start:end], name, first_line + text.count("\n", 0, start))


def _part(text: str, name: str, first_line: int) -> Iterator[Placed | Problem]:
    """One document of a file that is broken somewhere."""
    try:
        yield from _documents(text, name, first_line)
    except NotYaml as error:
        mark = getattr(error, "problem_mark", None)
        told = "nested too deeply" if isinstance(error, RecursionError) else getattr(error, "problem", None) or error
        fix = "mend the YAML at that line"
        if TEMPLATE.search(text):
            fix = "it is a template: read what comes out of it instead (`helm template`, `kustomize build`)"
        below = min(mark.line, text.count("\n")) if mark else 0
        yield Problem(f"{name}:{first_line + below}", f"not YAML: {told}", fix)


def _documents(text: str, name: str, first_line: int) -> list[Placed | Problem]:
    """Every document of a text. Raises one of NotYaml where one is broken."""
    loader = PlainLoader(text)
    found: list[Placed | Problem] = []
    try:
        while loader.check_node():
            node = loader.get_node()
            value = loader.construct_document(node)
            if value is not None:
                found.append((first_line + node.start_mark.line, plain(value)))
        found += [
            Problem(f"{name}:{first_line + line}", f"one mapping tells {key!r} twice", "take one of them away")
            for line, key in loader.repeated
        ]
    finally:
        loader.dispose()
    return found


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

"""Hugging Face: model cards.

`path:` is a file or folder of cards (Markdown with YAML in front). A card names no repository: its place in a cache
(`models--org--name/snapshots/…`) does, or the source's `repository:` (`org/name`) for a single card.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stocktake.collect.answers import Document, documents, numbered, read_each
from stocktake.collect.yaml_values import yaml_values
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("ModelCard",)
CARD = (".md",)
FRONT = re.compile(r"\A(---[ \t]*\r?\n.*?\r?\n)---[ \t]*(\r?\n|\Z)", re.DOTALL)
CACHED = re.compile(r"(?:^|/)models--([^/]+?)--([^/]+)/")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every card that has data in front; other Markdown is no card."""
    yield from read_each(documents(source, endings=CARD, as_text=CARD), lambda each: from_document(each, source))


def from_document(document: Document, source: Source) -> Iterator[Seen | Problem]:
    """One card: its data, and the repository that it describes, where something names that."""
    front = FRONT.match(document.value)
    cached = CACHED.search(document.name)
    repository = "/".join(cached.groups()) if cached else source.settings.get("repository")
    for data in numbered(yaml_values(front[1], document.name), document.name) if front else ():
        if isinstance(data, Problem):
            yield data
        elif data.is_object:
            yield Seen("ModelCard", repository or document.name, {"repository": repository, "data": data.value})

"""Files as an explanation names them: what ships as `library/…`, a project's own relative to its folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.project import LIBRARY

if TYPE_CHECKING:
    from stocktake.vocabulary import Vocabularies


class Files:
    """Shortens the paths of one project's files."""

    def __init__(self, root: Path, vocabularies: Vocabularies) -> None:
        self.prefixes = ((f"{LIBRARY}/", "library/"), (f"{root}/", ""), (f"{root.resolve()}/", ""))
        self.rules = {where.rpartition("/")[2]: where for where in _rules(vocabularies)}

    def short(self, where: str) -> str:
        """`file:line` without the folders above the library or the project."""
        for long, short in self.prefixes:
            if where.startswith(long):
                return short + where[len(long) :]
        return where

    def rule(self, name: str | None) -> str | None:
        """The vocabulary's file and line of a rule that claims name without its folder (`mlflow.yaml:136`)."""
        return self.short(self.rules.get(name, name)) if name else None


def _rules(vocabularies: Vocabularies) -> Iterator[str]:
    """Where every rule of claims and links stands."""
    for vocabulary in vocabularies.by_name.values():
        for label in vocabulary.labels.values():
            for claim in label.claims:
                yield claim.where
                yield from (link.where for link in claim.links)

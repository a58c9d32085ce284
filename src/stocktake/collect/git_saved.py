"""What was saved of repositories: files named for what they hold, with or without the repository's name in front."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from stocktake.collect.codeowners import Dialect, parse_codeowners
from stocktake.collect.git_log import text_of
from stocktake.collect.git_owners import Ownership
from stocktake.collect.owners_files import OwnersTree, parse_aliases, parse_owners

NAME = re.compile(
    r"(?:(?P<repository>.+?)(?:__?|[.-]))?(?P<what>CODEOWNERS|OWNERS|OWNERS_ALIASES|log|remote|remotes|tree)(?:\.\w+)?$"
)
BESIDE = re.compile(r"readme|licen[cs]e|notice|manifest|\.", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Saved:
    """The saved files of one repository. name: what stands before the files' names, or the folder's."""

    name: str
    repository: str
    files: dict[str, list[Path]] = field(default_factory=dict)

    def paths(self, what: str) -> list[Path]:
        """The saved files of one sort: log, tree, remote, CODEOWNERS, OWNERS."""
        return self.files.get(what, [])

    def remotes(self) -> list[str]:
        """The addresses of a saved `git remote -v`, or one address per line."""
        lines = [line.split() for path in self.paths("remote") for line in text_of(path.read_bytes()).splitlines()]
        return [words[1] if len(words) > 1 else words[0] for words in lines if words]

    def ownership(self, dialect: Dialect | None) -> Ownership:
        """Its CODEOWNERS and OWNERS files, by the paths that they had in the repository."""
        codeowners = {name: parse_codeowners(text, dialect) for name, text in self._texts("CODEOWNERS")}
        owners = {name: parse_owners(text) for name, text in self._texts("OWNERS")}
        places = {name: str(path) for what in ("CODEOWNERS", "OWNERS") for name, path in self._named(what)}
        aliases = {
            name: people for _, text in self._texts("OWNERS_ALIASES") for name, people in parse_aliases(text).items()
        }
        return Ownership(codeowners, OwnersTree(owners, aliases), places)

    def _texts(self, what: str) -> list[tuple[str, str]]:
        return [(name, text_of(path.read_bytes())) for name, path in self._named(what)]

    def _named(self, what: str) -> list[tuple[str, Path]]:
        """The first file of a sort bears the name that it had in the repository, any further one its own."""
        return [(path.name if place else what, path) for place, path in enumerate(self.paths(what))]


def find_saved(path: Path, beside: list[Path]) -> tuple[list[Saved], list[Path]]:
    """The saved repositories of a file or folder, and the files that are none of theirs.

    beside: folders that are real repositories, and are read as such.
    """
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    found: dict[tuple[Path, str], Saved] = {}
    unread = []
    for file in files:
        if any(folder in file.parents for folder in beside):
            continue
        match = NAME.match(file.name)
        if match is None:
            if path.is_file() or not BESIDE.match(file.name):
                unread.append(file)
            continue
        name = match["repository"] or ""
        key = (file.parent, name)
        where = name or (file.parent.relative_to(path).as_posix() if path.is_dir() else "")
        each = found.setdefault(key, Saved(where if where != "." else "", name.replace("__", "/")))
        each.files.setdefault(
            match["what"].removesuffix("s") if match["what"] == "remotes" else match["what"], []
        ).append(file)
    return list(found.values()), unread

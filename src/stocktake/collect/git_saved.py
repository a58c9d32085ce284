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
    """The saved files of one repository.

    name: what tells it from the others of its folder. files: per sort, by the paths that they had in the repository.
    """

    name: str
    repository: str
    top: Path
    files: dict[str, dict[str, Path]] = field(default_factory=dict)

    def add(self, what: str, place: str, path: Path) -> None:
        """Take a file in; a second one of the same place is known by its own name."""
        files = self.files.setdefault(what, {})
        files[place if place not in files else path.name] = path

    def texts(self, what: str) -> dict[str, str]:
        """The saved files of one sort (log, tree, remote, CODEOWNERS, OWNERS), by their places."""
        return {place: text_of(path.read_bytes()) for place, path in self.files.get(what, {}).items()}

    def where(self, path: Path) -> str:
        """A file's name within what the source's `path` holds."""
        return path.relative_to(self.top).as_posix()

    def remotes(self) -> list[str]:
        """The addresses of a saved `git remote -v`, or one address per line."""
        lines = [line.split() for text in self.texts("remote").values() for line in text.splitlines()]
        return [words[1] if len(words) > 1 else words[0] for words in lines if words]

    def ownership(self, dialect: Dialect | None) -> Ownership:
        """Its CODEOWNERS and OWNERS files."""
        codeowners = {place: parse_codeowners(text, dialect) for place, text in self.texts("CODEOWNERS").items()}
        owners = {place: parse_owners(text) for place, text in self.texts("OWNERS").items()}
        told = [parse_aliases(text) for text in self.texts("OWNERS_ALIASES").values()]
        aliases = {name: people for each in told for name, people in each.items()}
        files = self.files.get("CODEOWNERS", {}) | self.files.get("OWNERS", {})
        return Ownership(
            codeowners, OwnersTree(owners, aliases), {place: self.where(path) for place, path in files.items()}
        )


def find_saved(path: Path, beside: list[Path]) -> tuple[list[Saved], list[str]]:
    """The saved repositories of a file or folder, and the files that are none of theirs.

    beside: folders that are real repositories, and are read as such.
    """
    top = path.parent if path.is_file() else path
    files = [path] if path.is_file() else sorted(each for each in path.rglob("*") if each.is_file())
    found: dict[str, Saved] = {}
    unread: list[str] = []
    for file in files:
        if any(folder in file.parents for folder in beside):
            continue
        match = NAME.match(file.name)
        if match is None:
            if path.is_file() or not BESIDE.match(file.name):
                unread.append(file.relative_to(top).as_posix())
            continue
        owner, _, rest = (match["repository"] or "").partition("__")
        name, *folders = rest.split("__")  # Beyond owner and name: the folders that the file lay in.
        folder = file.parent.relative_to(top).as_posix()
        words = [word for word in ("" if folder == "." else folder, owner, name) if word]
        key, repository = "__".join(words), "/".join(word for word in (owner, name) if word)
        each = found.setdefault(key, Saved(key, repository, top))
        what = match["what"].replace("remotes", "remote")
        each.add(what, "/".join([*folders, what]), file)
    return list(found.values()), unread

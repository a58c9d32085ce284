"""Who owns the files of a repository, by all the files in it that say so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from stocktake.collect.codeowners import CodeOwners, Dialect, LineError, parse_codeowners
from stocktake.collect.git_log import text_of
from stocktake.collect.owners_files import OwnersFile, OwnersTree, parse_aliases, parse_owners

# The first that is there counts: GitHub's order, then GitLab's own folder.
PLACES = (b".github/CODEOWNERS", b"CODEOWNERS", b"docs/CODEOWNERS", b".gitlab/CODEOWNERS")


@dataclass(frozen=True, slots=True)
class Ownership:
    """A CODEOWNERS file (by its path; one at most in a repository) and the OWNERS files."""

    codeowners: dict[str, CodeOwners] = field(default_factory=dict)
    tree: OwnersTree = field(default_factory=lambda: OwnersTree({}))
    saved_at: dict[str, str] = field(default_factory=dict)

    def of(self, path: str) -> dict[str, Any] | None:
        """The owners of a file and what says so; OWNERS files answer where CODEOWNERS has no rule."""
        for file, rules in self.codeowners.items():
            if match := rules.match(path):
                return {"file": file, "lines": match.lines, "owners": match.owners}
        if answer := self.tree.match(path):
            return {"file": answer[0], "owners": answer[1]}
        return None

    def damage(self) -> Iterator[tuple[str, LineError]]:
        """The lines that make a file unreadable as a whole, with the file's place."""
        found = [(path, each.errors) for path, each in self.codeowners.items()]
        found += [(path, each.errors) for path, each in self.tree.files.items()]
        for path, errors in found:
            for error in errors:
                if error.damaged:
                    yield self.saved_at.get(path, path), error


def find_ownership(
    read: Callable[[list[bytes]], dict[bytes, bytes]], paths: list[bytes], dialect: Dialect | None
) -> Ownership:
    """Read the CODEOWNERS file that counts and every OWNERS file of a tree."""
    present = set(paths)
    place = next((each for each in PLACES if each in present), None)
    owners = [path for path in paths if path.rpartition(b"/")[2] == b"OWNERS"]
    contents = read([*([place] if place else []), *owners, b"OWNERS_ALIASES"])
    codeowners = {}
    if place in contents and place:
        told = dialect or ("gitlab" if place.startswith(b".gitlab/") else None)
        codeowners[text_of(place)] = parse_codeowners(text_of(contents[place]), told)
    files: dict[str, OwnersFile] = {text_of(p): parse_owners(text_of(contents[p])) for p in owners if p in contents}
    aliases = parse_aliases(text_of(contents.get(b"OWNERS_ALIASES", b"")))
    return Ownership(codeowners, OwnersTree(files, aliases))

"""The files of a repository: when each came, changed, moved and went, folded from its commits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stocktake.collect.git_log import Change, Commit, is_source

DOCUMENT = re.compile(r"(?i)(readme|model[_-]?card)(\.|$)")
Point = tuple[str, datetime]  # A commit's hash and time.


@dataclass(slots=True)
class FileHistory:
    """One file through its renames. added: None where the history that is at hand does not reach back to it."""

    path: str
    added: Point | None = None
    last: Point | None = None
    removed: Point | None = None
    former: list[str] = field(default_factory=list)
    in_head: bool | None = None
    review: str | None = None

    def to_body(self) -> dict[str, Any]:
        """The file as a record tells it."""
        body: dict[str, Any] = {"path": self.path, "name": self.path.rpartition("/")[2]}
        points = {"added": self.added, "last_changed": self.last, "removed": self.removed}
        for name, point in points.items():
            if point:
                body[f"{name}_in"], body[f"{name}_at"] = point[0], point[1].astimezone(UTC).isoformat()
        body |= {"last_review": self.review} if self.review else {}
        return body | ({"in_head": False} if self.in_head is False else {})


class Files:
    """The files of one repository, as its commits come, parents first.

    boundary: commits below which a shallow clone holds nothing; what they add may be older.
    """

    def __init__(self, boundary: frozenset[str] = frozenset()) -> None:
        self.boundary = boundary
        self.holders: dict[str, FileHistory] = {}  # Who bears, or was the last to bear, a path.

    def take(self, commit: Commit) -> None:
        """Fold one commit in."""
        for change in commit.changes:
            if change.status == "D":
                self._remove(change, commit)
            elif change.status == "R":
                self._move(change, commit)
            else:
                self._touch(change, commit)
            if change.status != "D":
                self._review(change, commit)

    def _review(self, change: Change, commit: Commit) -> None:
        """How the latest change of a file was reviewed: by itself, or by the merge that brought it.

        A saved log tells no parents: what it does not say to be reviewed may have come by a merge all the same.
        """
        held = self.holders.get(change.path)
        if held is None:
            return
        if commit.is_merge:
            held.review = held.review if held.review == "reviewed" else commit.review
        else:
            held.review = commit.review or (None if commit.is_saved else "direct")

    def _touch(self, change: Change, commit: Commit) -> None:
        """A file that was added or edited; a log without statuses tells only that it was there."""
        point = (commit.sha, commit.moment)
        held = self.holders.get(change.path)
        was_added = change.status in ("A", "C")
        if held is None or (held.path != change.path and was_added):
            added = None if commit.sha in self.boundary else point
            self.holders[change.path] = FileHistory(change.path, added, point)
            return
        if (was_added or not change.status) and not commit.is_merge:
            held.removed = None
        if not commit.is_merge:  # A merge tells what its branch did, which was told there.
            held.last = point

    def _remove(self, change: Change, commit: Commit) -> None:
        held = self.holders.get(change.path)
        if held and held.path == change.path and held.removed is None:
            held.removed = (commit.sha, commit.moment)

    def _move(self, change: Change, commit: Commit) -> None:
        held, target = self.holders.get(change.former), self.holders.get(change.path)
        if held is None or held.path != change.former:
            self._touch(Change("A", change.path), commit)
        elif commit.is_merge and target and target.path == change.path and not target.removed:
            self._remove(Change("D", change.former), commit)
        else:
            self._rename(held, change.path)
            held.last = (commit.sha, commit.moment)

    def _rename(self, held: FileHistory, path: str) -> None:
        held.former.append(held.path)
        held.path, held.removed = path, None
        self.holders[path] = held

    def settle(self, head: Iterable[str]) -> None:
        """Agree with the tree of the branch that counts: what it holds is there, whatever side branches did."""
        present = {path for path in head if is_source(path)}
        for path in present:
            held = self.holders.get(path)
            if held is None:
                self.holders[path] = FileHistory(path)
            elif held.path != path and held.path not in present:
                self._rename(held, path)
            elif held.path != path:
                self.holders[path] = FileHistory(path)
            self.holders[path].removed = None
        for path, held in self.holders.items():
            if held.path == path:
                held.in_head = path in present

    def all(self) -> Iterator[FileHistory]:
        """Every file by its last path; a former path that another file bears now is not told."""
        for path in sorted(self.holders):
            held = self.holders[path]
            if held.path == path:
                yield held

    def documented(self) -> dict[str, datetime]:
        """Folder -> when its README or model card was last changed, where it has one."""
        found: dict[str, datetime] = {}
        for path, held in self.holders.items():
            folder, _, name = path.rpartition("/")
            if held.path == path and held.last and not held.removed and DOCUMENT.match(name):
                found[folder] = max(held.last[1], found.get(folder, held.last[1]))
        return found

    def former_paths(self, held: FileHistory) -> list[str]:
        """The paths that a file bore and no other file took over."""
        former = (path for path in dict.fromkeys(held.former) if path != held.path)
        return [path for path in former if self.holders.get(path) is held]

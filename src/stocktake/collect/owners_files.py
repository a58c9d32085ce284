"""OWNERS files, one per folder: Kubernetes' (YAML with approvers) and Chromium's (one address per line).

Source: Kubernetes, "Community Expectations: the OWNERS file"; Chromium, "OWNERS file format".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

import yaml

from stocktake.collect.codeowners import CONFLICT, CONTROL, PAGE, LineError

Style = Literal["kubernetes", "chromium"]
Aliases = dict[str, list[str]]

LINE = re.compile(r"(?P<owner>@?[\w.+-]+(?:@[\w.-]+)?|\*)$|set noparent$|per-file\s+[^=]+=.*|(file|include)[:\s].*")
PEOPLE = ("approvers", "reviewers", "emeritus_approvers", "project-leads")


@dataclass(frozen=True, slots=True)
class OwnersFile:
    """One OWNERS file. told: what it says, in its own words. approvers: who answers for what lies below its folder."""

    style: Style
    told: dict[str, Any]
    approvers: list[str] = field(default_factory=list)
    no_parent: bool = False
    errors: list[LineError] = field(default_factory=list)

    def to_body(self, aliases: Aliases) -> dict[str, Any]:
        """The file as a record tells it, with the people behind aliases."""
        reviewers = expanded(self.told.get("reviewers") or [], aliases)
        people = {"approvers": expanded(self.approvers, aliases), "reviewers": reviewers}
        errors = [{"line": e.line, "source": e.text, "message": e.problem} for e in self.errors]
        return {"style": self.style, "told": self.told} | people | ({"errors": errors} if errors else {})


def parse_owners(text: str) -> OwnersFile:
    """Read an OWNERS file of either style."""
    lines = text.removeprefix("\ufeff").splitlines()
    damage = _damage(text, lines)
    if damage:
        return OwnersFile("kubernetes", {}, errors=[damage])
    told = [(number, line) for number, raw in enumerate(lines, 1) if (line := raw.split("#")[0].strip())]
    if told and all(LINE.match(line) for _, line in told):
        return _chromium(told)
    try:
        data = yaml.load("\n".join(lines), Loader=yaml.BaseLoader)  # All scalars as texts.
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        number = min(mark.line + 1, len(lines)) if mark else 1
        problem = f"not YAML: {getattr(error, 'problem', error)}"
        return OwnersFile("kubernetes", {}, errors=[LineError(number, lines[number - 1][:80], problem, damaged=True)])
    if data in (None, ""):
        return OwnersFile("kubernetes", {})
    if not isinstance(data, dict):
        problem = "neither `approvers:` and `reviewers:` nor one owner per line"
        return OwnersFile("kubernetes", {}, errors=[LineError(told[0][0], told[0][1][:80], problem, damaged=True)])
    return _kubernetes(data)


def _damage(text: str, lines: list[str]) -> LineError | None:
    """What makes the file unreadable as a whole."""
    if PAGE.match(text):
        return LineError(1, lines[0][:80], "a web page, not an OWNERS file", damaged=True)
    for number, line in enumerate(lines, 1):
        if CONFLICT.match(line):
            return LineError(number, line[:80], "a merge conflict that nobody resolved", damaged=True)
        if CONTROL.search(line):
            return LineError(number, ascii(line)[:80], "bytes that are no text", damaged=True)
    return None


def _kubernetes(data: dict[str, Any]) -> OwnersFile:
    """People by role; those of `filters` belong to some files of the folder and are told beside them."""
    told = {str(key): value for key, value in data.items()}
    for role in PEOPLE:
        if role in told:
            told[role] = _people(told[role])
    options = told.get("options")
    no_parent = isinstance(options, dict) and str(options.get("no_parent_owners", "")).lower() == "true"
    filters = told.get("filters")
    everywhere = (filters.get(".*") or {}) if isinstance(filters, dict) else {}
    approvers = [*told.get("approvers", []), *(_people(everywhere.get("approvers")) if everywhere else [])]
    return OwnersFile("kubernetes", told, list(dict.fromkeys(approvers)), no_parent)


def _people(value: Any) -> list[str]:
    """Names of a role: a list, or one name; what is no name is left out."""
    names = value if isinstance(value, list) else [value]
    return [name.strip() for name in names if isinstance(name, str) and name.strip()]


def _chromium(told: Iterable[tuple[int, str]]) -> OwnersFile:
    """One address per line; directives are kept beside them."""
    owners, directives = [], []
    for _, line in told:
        match = LINE.match(line)
        if match and match["owner"]:
            owners.append(line)
        else:
            directives.append(line)
    people = [owner for owner in dict.fromkeys(owners) if owner != "*"]
    says: dict[str, Any] = {"approvers": people} | ({"directives": directives} if directives else {})
    return OwnersFile("chromium", says, people, no_parent="set noparent" in directives)


def parse_aliases(text: str) -> Aliases:
    """Read an OWNERS_ALIASES file: the people behind each alias; none of a file that can't be read."""
    try:
        data = yaml.load(text.removeprefix("\ufeff"), Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return {}
    told = data.get("aliases") if isinstance(data, dict) else None
    return {name: _people(people) for name, people in told.items()} if isinstance(told, dict) else {}


def expanded(names: Iterable[str], aliases: Aliases) -> list[str]:
    """Names with each alias replaced by its people; an alias is known in its own repository only."""
    return list(dict.fromkeys(person for name in names for person in aliases.get(name, [name])))


class OwnersTree:
    """All OWNERS files of a repository, by their paths, and its aliases."""

    def __init__(self, files: dict[str, OwnersFile], aliases: Aliases | None = None) -> None:
        self.files = files
        self.aliases = aliases or {}
        self._answers: dict[str, tuple[str, list[str]] | None] = {}

    def match(self, path: str) -> tuple[str, list[str]] | None:
        """The OWNERS file that answers for a path, and its approvers: the nearest one above it that names any."""
        return self._of(path.rpartition("/")[0]) if self.files else None

    def _of(self, folder: str) -> tuple[str, list[str]] | None:
        if folder not in self._answers:
            name = f"{folder}/OWNERS" if folder else "OWNERS"
            file = self.files.get(name)
            if file and (file.approvers or file.no_parent):
                self._answers[folder] = (name, expanded(file.approvers, self.aliases))
            else:
                self._answers[folder] = self._of(folder.rpartition("/")[0]) if folder else None
        return self._answers[folder]

"""CODEOWNERS files: their rules, and who owns a path by them, as GitHub and GitLab read them.

Source: GitHub, "About code owners"; GitLab, "Code Owners syntax and error handling".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

Dialect = Literal["github", "gitlab"]

SECTION = re.compile(r"\^?\[(?P<name>[^\]]+)\](?:\[\d+\])?(?:\s+(?P<owners>.*))?$")
OWNER = re.compile(r"@{1,2}[\w.-]+(?:\[bot\])?(?:/[\w.-]+)*$|[^@\s]+@[^@\s]+$")
CONFLICT = re.compile(r"(<{7}|>{7}|={7})(\s|$)")
PAGE = re.compile(r"\s*<(!doctype|html|\?xml)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
TOKEN = re.compile(r"(?:\\.|\S)+")


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the file. owners: none takes ownership away. section: GitLab's; each section has its own owners."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    section: str = ""
    excludes: bool = False


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that is no rule. The tools skip such a line; damaged says that the file as a whole can't be trusted."""

    line: int
    text: str
    problem: str
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """Who owns a path: the owners and the lines that say so."""

    owners: list[str]
    lines: list[int]


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """The rules of one CODEOWNERS file, in its order."""

    dialect: Dialect
    rules: list[Rule]
    errors: list[LineError]
    _sections: list[_Section] = field(default_factory=list, compare=False)

    def match(self, path: str) -> Match | None:
        """The owners of a path: in each section the last rule that matches; None when none does."""
        if not self._sections and self.rules:
            names = list(dict.fromkeys(rule.section for rule in self.rules))
            self._sections.extend(_Section([r for r in self.rules if r.section == n], self.dialect) for n in names)
        rules = [rule for section in self._sections if (rule := section.last(path))]
        if not rules:
            return None
        owners = dict.fromkeys(owner for rule in rules for owner in rule.owners)
        return Match(list(owners), sorted(rule.line for rule in rules))

    @property
    def owners(self) -> list[str]:
        """Everyone that the file names."""
        return sorted({owner for rule in self.rules for owner in rule.owners})

    def to_body(self) -> dict[str, Any]:
        """The file as a record tells it."""
        rules = []
        for rule in self.rules:
            told: dict[str, Any] = {"line": rule.line, "pattern": rule.pattern, "owners": list(rule.owners)}
            rules.append(told | ({"section": rule.section} if rule.section else {}))
        errors = [{"line": e.line, "source": e.text, "message": e.problem} for e in self.errors]
        return {"dialect": self.dialect, "owners": self.owners, "rules": rules} | ({"errors": errors} if errors else {})


def parse_codeowners(text: str, dialect: Dialect | None = None) -> CodeOwners:
    """Read a CODEOWNERS file. dialect: without one, a file with `[Section]` lines is GitLab's, any other GitHub's."""
    lines = text.removeprefix("\ufeff").splitlines()
    if dialect is None:
        dialect = "gitlab" if any(SECTION.match(line.strip()) for line in lines) else "github"
    if PAGE.match(text):
        page = LineError(1, lines[0][:80], "a web page, not a CODEOWNERS file", damaged=True)
        return CodeOwners(dialect, [], [page])
    rules: list[Rule] = []
    errors: list[LineError] = []
    section, inherited = "", tuple[str, ...]()
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        header = SECTION.match(line) if dialect == "gitlab" else None
        if header:
            section = header["name"].strip().lower()  # GitLab joins sections whose names differ in case only.
            inherited = tuple(o for o in (header["owners"] or "").split("#")[0].split() if OWNER.match(o))
            continue
        told = _rule(number, line, dialect)
        if isinstance(told, LineError):
            errors.append(told)
        else:
            owners = told.owners or inherited
            rules.append(Rule(told.line, told.pattern, owners, section, told.excludes))
    return CodeOwners(dialect, rules, errors)


def _rule(number: int, line: str, dialect: Dialect) -> Rule | LineError:
    """One line as a rule, or why it is none."""
    if CONFLICT.match(line):
        return LineError(number, line[:80], "a merge conflict that nobody resolved", damaged=True)
    if CONTROL.search(line):
        return LineError(number, ascii(line)[:80], "bytes that are no text", damaged=True)
    pattern, *owners = _words(line)
    excludes = dialect == "gitlab" and pattern.startswith("!")
    wrong = [owner for owner in owners if not OWNER.match(owner)]
    problem = _refused(pattern, wrong) if dialect == "github" else None
    if problem:
        return LineError(number, line[:80], problem)
    known = tuple(dict.fromkeys(owner for owner in owners if owner not in wrong))
    return Rule(number, pattern[1:] if excludes else pattern, known, excludes=excludes)


def _refused(pattern: str, wrong: list[str]) -> str | None:
    """Why GitHub skips a line."""
    if pattern.startswith("!"):
        return "a pattern can't be negated with `!`"
    if "[" in pattern:
        return "a pattern can't hold a range `[ ]`"
    if "***" in pattern:
        return "a pattern can't hold `***`"
    return f"owner {wrong[0]!r} is no @user, @org/team or email address" if wrong else None


def _words(line: str) -> Iterator[str]:
    r"""The words of a line, up to a comment; `\ ` is a space within a word."""
    for place, match in enumerate(TOKEN.finditer(line)):
        if place and match[0].startswith("#"):
            return
        yield match[0]


class _Section:
    """The rules of one section, laid out so that a path is matched without trying each of them."""

    def __init__(self, rules: list[Rule], dialect: Dialect) -> None:
        self.rules = rules
        self.exact: dict[str, int] = {}
        self.below: dict[str, int] = {}
        self.wild: list[tuple[int, re.Pattern[str]]] = []
        self.excluded = [pattern_regex(rule.pattern, dialect) for rule in rules if rule.excludes]
        for place, rule in enumerate(rules):
            pattern = rule.pattern
            if rule.excludes:
                continue
            anchored = pattern.startswith("/") or (dialect == "github" and "/" in pattern.rstrip("/"))
            if not anchored or re.search(r"[*?\\]", pattern) or pattern == "/":
                self.wild.append((place, pattern_regex(pattern, dialect)))
                continue
            literal = pattern.strip("/")
            if pattern.endswith("/") or dialect == "github":
                self.below[literal] = place
            if not pattern.endswith("/"):
                self.exact[literal] = place
        self.wild.reverse()

    def last(self, path: str) -> Rule | None:
        """The last rule that matches; None where none does or an exclusion takes the path out."""
        best = self.exact.get(path, -1)
        parent = path
        while self.below and "/" in parent:
            parent = parent.rpartition("/")[0]
            best = max(best, self.below.get(parent, -1))
        for place, regex in self.wild:
            if place < best:
                break
            if regex.match(path):
                best = place
                break
        if best < 0 or any(regex.match(path) for regex in self.excluded):
            return None
        return self.rules[best]


def pattern_regex(pattern: str, dialect: Dialect) -> re.Pattern[str]:
    """The regular expression of a pattern: gitignore's rules, less negation and ranges.

    GitHub: a pattern without a slash, but at its end, matches at any depth; what names a folder holds all below it, but
    `docs/*` only the files that lie directly in `docs`. GitLab: each pattern without a slash in front matches at any
    depth, and only a slash at the end makes it a folder.
    """
    if pattern == "/":
        return re.compile(r"\Z\A." if dialect == "github" else "")
    parts = pattern.split("/")
    if parts[0] == "":
        parts = parts[1:]
    elif parts[0] != "**" and (dialect == "gitlab" or len([part for part in parts if part]) == 1):
        parts = ["**", *parts]
    if parts[-1] == "":
        parts[-1] = "**"
    text, needs_slash = "", False
    for place, part in enumerate(parts):
        is_last = place == len(parts) - 1
        if part == "**":
            text += _any_folders(place == 0, is_last)
            needs_slash = place != 0 and not is_last
            continue
        text += ("/" if needs_slash else "") + ("[^/]+" if part == "*" else _glob(part))
        text += "(?:/.*)?" if is_last and part != "*" and dialect == "github" else ""
        needs_slash = True
    return re.compile(text + r"\Z", re.DOTALL)


def _any_folders(is_first: bool, is_last: bool) -> str:
    """The regular expression of `**` at its place in a pattern."""
    if is_first:
        return ".+" if is_last else "(?:.+/)?"
    return "/.*" if is_last else "(?:/.+)?"


def _glob(part: str) -> str:
    """The regular expression of one part of a pattern."""
    words = re.findall(r"\\.|.", part, re.DOTALL)
    wild = {"*": "[^/]*", "?": "[^/]"}
    return "".join(wild.get(word) or re.escape(word[-1]) for word in words)

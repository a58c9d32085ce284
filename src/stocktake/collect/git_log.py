"""Commits: from a repository through `git log`, and from a saved log."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from stocktake.errors import Problem

# One header line per fact: names and subjects can't hold a line break.
REVIEWERS = "%(trailers:key=Reviewed-by,key=Approved-by,valueonly,separator=%x2C)"
HEADER = f"%x1e%H%n%P%n%ct%n%an%n%ae%n%aI%n%cn%n%ce%n%cI%n{REVIEWERS}%n%s"
# A merge is told by what it changed against its first parent, so that a tree is the sum of its first-parent line.
LOG = (
    "log", "-z", "--topo-order", "--reverse", "--name-status", "-l2000", "--diff-merges=first-parent",
    "--no-ext-diff", "--no-textconv", "--no-color", "--no-show-signature", "--encoding=UTF-8", f"--format={HEADER}",
)  # fmt: skip
# Files renamed and edited at once are found by comparing contents; where those are not at hand, only equal ones are.
RENAMES = "-M"
EQUAL_RENAMES = "-M100%"
SAVED_FORMAT = "git log --name-status -M --format='%H%x09%an%x09%ae%x09%cI%x09%s'"
SAVED_HEADER = re.compile(r"(?P<sha>[0-9a-f]{40}|[0-9a-f]{64})\t")
# What GitHub, Bitbucket and Azure DevOps write into the subject of what came through a request.
REQUESTED = re.compile(r"^Merge(d)? (pull request|PR) |^Merged in .* \(pull request|\((#|!|PR )\d+\)$")
SAVED_STATUS = re.compile(r"(?P<status>[ACDMRTUX])\d*\t(?P<paths>.+)")
NEVER_SOURCE = frozenset((
    "7z", "a", "aac", "avi", "avif", "avro", "bin", "bmp", "bz2", "class", "ckpt", "dll", "dylib", "eot", "exe",
    "feather", "flac", "gguf", "gif", "gz", "h5", "hdf5", "ico", "icns", "jar", "jpeg", "jpg", "joblib", "keras",
    "lib", "mkv", "mov", "mp3", "mp4", "mpeg", "npy", "npz", "o", "obj", "ogg", "onnx", "orc", "otf", "parquet",
    "pb", "pdf", "pickle", "pkl", "png", "pt", "pth", "pyc", "rar", "rds", "safetensors", "so", "sqlite", "svgz",
    "tar", "tflite", "tfrecord", "tgz", "tif", "tiff", "ttf", "wasm", "wav", "webm", "webp", "whl", "woff",
    "woff2", "xls", "xlsx", "xz", "zip", "zst",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One file that a commit changed. status: git's letter; "" where the log names the file alone."""

    status: str
    path: str
    former: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit, in git's words. previous: the commit below it in a saved log, which tells no parents."""

    sha: str
    moment: datetime
    told: dict[str, Any]
    parents: tuple[str, ...] = ()
    previous: str = ""
    changes: list[Change] = field(default_factory=list)

    @property
    def is_saved(self) -> bool:
        """Whether it is of a saved log, which tells no parents."""
        return "committer_name" not in self.told

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return len(self.parents) > 1

    @property
    def review(self) -> str | None:
        """How it was reviewed, as far as it says: reviewed, merge_request or merged; None: it does not say."""
        if self.told.get("reviewed_by"):
            return "reviewed"
        if REQUESTED.search(self.told.get("subject", "")):
            return "merge_request"
        return "merged" if self.is_merge else None

    def to_body(self) -> dict[str, Any]:
        """The commit as a record tells it: what it added, removed and renamed; what it edited stands on the files."""
        body: dict[str, Any] = {"sha": self.sha, **self.told}
        body |= {"previous": self.previous} if self.previous else {"parents": list(self.parents)}
        sorts: dict[str, list[Any]] = {"added": [], "removed": [], "renamed": [], "named": []}
        for change in self.changes:
            if change.status == "R":
                sorts["renamed"].append({"from": change.former, "to": change.path})
            elif name := {"A": "added", "C": "added", "D": "removed", "": "named"}.get(change.status):
                sorts[name].append(change.path)
        return body | {name: listed for name, listed in sorts.items() if listed}


def is_source(path: str) -> bool:
    """Whether a file can be source code, by its name: images, archives, weights and the like can't."""
    return path.rpartition(".")[2].lower() not in NEVER_SOURCE or "." not in path


def text_of(raw: bytes) -> str:
    r"""Text of bytes that should be UTF-8; a byte that is not reads as `\xe9`."""
    return raw.decode("utf-8", "backslashreplace")


def read_log(chunks: Iterable[bytes]) -> Iterator[Commit]:
    """Commits of the output of `git log` with the options LOG, parents first."""
    tokens = _tokens(chunks)
    token = next(tokens, None)
    while token is not None:
        commit = _commit(text_of(token))
        token = next(tokens, None)
        while token is not None and not token.startswith(b"\x1e"):
            status = text_of(token.strip(b"\n"))[:1]
            first = text_of(next(tokens, b""))
            path, former = (text_of(next(tokens, b"")), first) if status in ("R", "C") else (first, "")
            if change := _change(status, path, former):
                commit.changes.append(change)
            token = next(tokens, None)
        yield commit


def _tokens(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What stands between NUL bytes."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest.strip(b"\n"):
        yield rest


def _commit(header: str) -> Commit:
    told = (header.removeprefix("\x1e").split("\n", 10) + [""] * 11)[:11]
    sha, parents, seconds, *people, reviewers, subject = told
    names = ("author_name", "author_email", "authored_at", "committer_name", "committer_email", "committed_at")
    body = dict(zip(names, people, strict=True)) | {"subject": subject}
    body |= {"reviewed_by": reviewers} if reviewers else {}
    return Commit(sha, _moment(seconds), body, tuple(parents.split()))


def _moment(seconds: str) -> datetime:
    """A commit's time; clocks were wrong at times, and a time that no calendar holds reads as 1970."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _change(status: str, path: str, former: str) -> Change | None:
    """A change of what can be source; a file renamed from or to what can't comes or goes."""
    if status == "R" and not (is_source(path) and is_source(former)):
        return Change("A", path) if is_source(path) else Change("D", former) if is_source(former) else None
    return Change(status, path, former if status == "R" else "") if is_source(path) else None


def read_saved_log(text: str, where: str) -> Iterator[Commit | Problem]:
    """Commits of a saved log, oldest first: a line of hash, name, email, time and subject, then its files.

    The files are named alone (`--name-only`) or with a status (`--name-status`).
    """
    commits: list[Commit] = []
    is_skipped = True
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if not SAVED_HEADER.match(line):
            if is_skipped and not commits:
                yield Problem(
                    f"{where}:{number}", f"not a line of a saved log: {line[:60]!r}", f"save it by {SAVED_FORMAT}"
                )
                return
            if not is_skipped and (change := _saved_change(line)):
                commits[-1].changes.append(change)
            continue
        commit = _saved_commit(line)
        is_skipped = commit is None
        if commit is None:
            yield Problem(f"{where}:{number}", f"an unreadable commit: {line[:60]!r}", f"save it by {SAVED_FORMAT}")
        else:
            commits.append(commit)
    if len(commits) > 1 and commits[0].moment >= commits[-1].moment:
        commits.reverse()
    for place, commit in enumerate(commits):
        previous = commits[place - 1].sha if place else ""
        yield Commit(commit.sha, commit.moment, commit.told, (), previous, commit.changes)


def _saved_commit(line: str) -> Commit | None:
    words = line.split("\t", 4)
    if len(words) < 4:
        return None
    sha, name, email, time, *subject = words
    try:
        moment = datetime.fromisoformat(time.strip())
    except ValueError:
        return None
    moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    told = {"author_name": name, "author_email": email, "committed_at": time.strip(), "subject": "".join(subject)}
    return Commit(sha, moment, told)


def _saved_change(line: str) -> Change | None:
    match = SAVED_STATUS.match(line)
    if not match:
        path = unquoted(line)
        return Change("", path) if is_source(path) else None
    former, _, path = match["paths"].rpartition("\t")
    return _change(match["status"], unquoted(path), unquoted(former))


def unquoted(path: str) -> str:
    r"""A path as it is: git writes one with unusual letters as `"caf\303\251.py"`."""
    if len(path) < 2 or path[0] != '"' or path[-1] != '"':
        return path
    raw = re.sub(rb"\\([0-7]{3})", lambda match: bytes([int(match[1], 8) & 255]), path[1:-1].encode())
    letters = {b"n": b"\n", b"t": b"\t", b"r": b"\r"}
    return text_of(re.sub(rb"\\(.)", lambda match: letters.get(match[1], match[1]), raw))

"""A repository on disk, read through the `git` command; nothing in it is run or changed."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from stocktake.errors import CollectError

QUIET = ("-c", "core.quotePath=false", "-c", "core.fsmonitor=false", "-c", "log.showRoot=true", "-c", "gc.auto=0")
CHUNK = 1 << 20


def is_repository(path: Path) -> bool:
    """Whether a folder is a repository: with a working tree, or bare."""
    return (path / ".git").exists() or (
        (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()
    )


def safe_url(url: str) -> str:
    """A remote's address without the user name or password in it."""
    return re.sub(r"^([A-Za-z][A-Za-z0-9+.-]*://)[^/@]*@", r"\1", url.strip())


class Repository:
    """One repository. Raises CollectError where git fails."""

    def __init__(self, path: Path) -> None:
        self.path = path
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        # Without a ceiling git would read the repository that a broken one lies in.
        told = {
            "GIT_CEILING_DIRECTORIES": str(path.resolve().parent),
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
        }
        self.environment = {**kept, **told, "LC_ALL": "C"}

    def command(self, *words: str) -> list[str]:
        """A git command on this repository."""
        return ["git", *QUIET, "-C", str(self.path), *words]

    def ask(self, *words: str, given: bytes = b"", may_fail: bool = False) -> bytes:
        """What a short git command prints; nothing where it fails and may."""
        try:
            done = subprocess.run(
                self.command(*words), input=given, capture_output=True, env=self.environment, check=False
            )
        except FileNotFoundError as error:
            raise CollectError(str(self.path), "there is no `git` command", "install git 2.31 or newer") from error
        if done.returncode and not may_fail:
            raise self._failure(words, done.stderr)
        return b"" if done.returncode else done.stdout

    def stream(self, *words: str) -> Iterator[bytes]:
        """What a long git command prints, piece by piece; raises at its end where it failed."""
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                self.command(*words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=self.environment,
            )
            assert process.stdout is not None
            try:
                while chunk := process.stdout.read(CHUNK):
                    yield chunk
            finally:  # A reader that stops early closes the pipe, which ends git.
                process.stdout.close()
                process.wait()
            if process.returncode:
                errors.seek(0)
                raise self._failure(words, errors.read())

    def _failure(self, words: Iterable[str], told: bytes) -> CollectError:
        said = told.decode("utf-8", "replace").strip()
        first = next((line for line in said.splitlines() if line.startswith(("fatal:", "error:"))), said[:200])
        fix = f"see what `git -C {self.path} fsck` says, or clone it again"
        if "dubious ownership" in said:
            fix = f"allow it: git config --global --add safe.directory {self.path}"
        return CollectError(str(self.path), f"git {next(iter(words))}: {first or 'failed'}", fix)

    def remotes(self) -> list[tuple[str, str]]:
        """Names and addresses of its remotes, in the order of its settings, without credentials."""
        told = self.ask("config", "-z", "--get-regexp", r"^remote\..*\.url$", may_fail=True).decode("utf-8", "replace")
        pairs = (entry.split("\n", 1) for entry in told.split("\0") if "\n" in entry)
        return [(name.removeprefix("remote.").removesuffix(".url"), safe_url(url)) for name, url in pairs]

    def head(self, branch: str | None = None) -> tuple[str, str] | None:
        """Name and commit of the branch that counts: the one asked for, HEAD's, or the remote's."""
        names = (
            [branch]
            if branch
            else ["HEAD", "origin/HEAD", "main", "master", "origin/main", "origin/master", *self._branches()]
        )
        for name in names:
            sha = self.ask("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}", may_fail=True).decode().strip()
            if sha:
                full = self.ask("rev-parse", "--abbrev-ref", name, may_fail=True).decode("utf-8", "replace").strip()
                return full or name, sha
        if branch:
            raise CollectError(
                str(self.path), f"there is no branch {branch!r}", "set `branch:` to one that `git branch -a` lists"
            )
        return None

    def _branches(self) -> list[str]:
        """Its branches, the latest first."""
        told = self.ask("for-each-ref", "--sort=-committerdate", "--format=%(refname)", "refs/heads", "refs/remotes")
        return told.decode("utf-8", "replace").split()

    def boundary(self) -> frozenset[str]:
        """The commits at which a shallow clone ends."""
        place = self.ask("rev-parse", "--git-path", "shallow").decode("utf-8", "surrogateescape").strip()
        file = self.path / place
        return frozenset(file.read_text().split()) if file.is_file() else frozenset()

    def is_partial(self) -> bool:
        """Whether the clone left out contents, which git would fetch one by one."""
        return bool(
            self.ask("config", "--get-regexp", r"^(remote\..*\.promisor|extensions\.partialclone)$", may_fail=True)
        )

    def paths(self, commit: str) -> list[bytes]:
        """Every path of a commit's tree, as git holds it."""
        return [path for path in self.ask("ls-tree", "-r", "-z", "--name-only", commit).split(b"\0") if path]

    def contents(self, commit: str, paths: list[bytes]) -> dict[bytes, bytes]:
        """The bytes of some files of a commit's tree."""
        asked = [path for path in paths if b"\n" not in path]
        given = b"".join(b"%s:%s\n" % (commit.encode(), path) for path in asked)
        told = self.ask("cat-file", "--batch", given=given) if asked else b""
        files, place = {}, 0
        for path in asked:
            end = told.index(b"\n", place)
            words = told[place:end].split(b" ")
            place = end + 1
            if len(words) == 3 and words[2].isdigit():  # Otherwise git says that it is missing.
                size = int(words[2])
                if words[1] == b"blob":
                    files[path] = told[place : place + size]
                place += size + 1
        return files

"""Real repositories, made by git itself, and what its connector says of them."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source, canonical

URL = "https://git.acme.example/growth/churn-model.git"
CODE = "import pandas\n\n" + "".join(f"def step_{n}(x):\n    return x + {n}\n" for n in range(20))


class Repo:
    """A repository with a clock of its own: each commit is a minute later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.minute = 0
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        time = f"2026-01-01T00:{self.minute:02d}:00+00:00"
        person = {"NAME": "Ana", "EMAIL": "ana@acme.example", "DATE": time}
        told = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in person.items()}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = {**os.environ, **told, **quiet}
        done = subprocess.run(
            ["git", *words], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, name: str | bytes, text: str = CODE) -> None:
        target = os.path.join(os.fsencode(self.path), os.fsencode(name))  # noqa: PTH118 - a name that is no UTF-8
        Path(os.fsdecode(target)).parent.mkdir(parents=True, exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)

    def commit(self, subject: str, **files: str) -> str:
        for name, text in files.items():
            self.write(name, text)
        self.minute += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")


def read(path: Path, **settings: Any) -> dict[str, dict[str, Any]]:
    """Bodies by label and key."""
    found: dict[str, dict[str, Any]] = {}
    for seen in collect(Source("code", "git", {"path": str(path), **settings})):
        assert isinstance(seen, Seen), seen
        assert seen.key not in found.setdefault(seen.label, {}), seen
        canonical(seen.body)
        found[seen.label][seen.key] = seen.body
    return found

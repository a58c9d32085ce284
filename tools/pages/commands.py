"""The page of commands: what each takes, as its own help says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from pages.markdown import NOTE, join

COMMAND = re.compile(r"^\W*([a-z][a-z-]*)(?: {2,}|\s*$)")


def page(_root: Path) -> str:
    """The whole page."""
    top = help_of()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return join(NOTE, "# Commands", fenced(top), *pool.map(section, commands(top)))


def section(*words: str) -> str:
    """What one command says, and its own commands after it."""
    text = help_of(*words)
    own = [section(*words, name) for name in commands(text)]
    return join(f"{'#' * (len(words) + 1)} {' '.join(words)}", fenced(text), *own)


def commands(text: str) -> list[str]:
    """The commands that a help lists, in its order."""
    _, _, listed = text.partition("Commands")
    lines = [line for line in listed.split("\n")[1:] if not line.startswith(" " * 8)]
    return [found[1] for line in lines if (found := COMMAND.match(line))]


def help_of(*words: str) -> str:
    """What `stocktake … --help` prints on a terminal of 100 columns."""
    program = str(Path(sys.executable).with_name("stocktake"))
    plain = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "TERMINAL_WIDTH": "100", "TERM": "dumb"}
    done = subprocess.run([program, *words, "--help"], env=plain, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        sys.exit(f"stocktake {' '.join(words)} --help failed:\n{done.stderr}")
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").split("\n"))


def fenced(text: str) -> str:
    """A text as it stands."""
    return f"```text\n{text}\n```"

"""The README's example: what the demo really prints."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

BEGIN, END = "<!-- demo: begin -->", "<!-- demo: end -->"
NAME = "stocktake-demo"


def page(root: Path) -> str:
    """The README with the demo's report between its two marks."""
    readme = (root / "README.md").read_text("utf-8")
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n```text\n{report()}\n```\n{END}{after}"


def report() -> str:
    """What `stocktake demo` prints as data, on a terminal of 100 columns without colour."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(Path(sys.executable).with_name("stocktake")), "demo", NAME],
            cwd=folder,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100", "TERM": "dumb"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        if done.returncode:
            sys.exit(f"the demo failed:\n{done.stderr}")
        text = done.stdout.replace(f"{Path(folder).resolve()}/", "").replace(f"{folder}/", "")
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n"))

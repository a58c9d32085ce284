"""The page of standards: every definition and table, with every column."""

from __future__ import annotations

import re
from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join, table

INTRO = """
A definition is an agreed meaning; a table is flat, at a stated grain, for reports and for programs that know nothing of
machine learning. Both are SQL files, written once and run on every engine. A project replaces one by a file of the same
name in its `definitions/` or `tables/` folder, and adds its own there.
"""
HEADER = re.compile(r"-- (\w+): (.*)")
COLUMN = re.compile(r"(?:\bAS|\.) ?(\w+),? -- (.+)$")


def page(root: Path) -> str:
    """The whole page."""
    return join(
        NOTE,
        "# Definitions and tables",
        INTRO,
        "## Definitions",
        *map(_standard, sorted((root / LIBRARY / "definitions").glob("*.sql"))),
        "## Tables",
        *map(_standard, sorted((root / LIBRARY / "tables").glob("*.sql"))),
    )


def _standard(path: Path) -> str:
    """The section of one file: its header and its columns."""
    lines = path.read_text("utf-8").split("\n")
    header = {found[1]: found[2] for line in lines if (found := HEADER.match(line))}
    columns = [
        (code(found[1]), found[2]) for line in lines if not line.startswith("--") and (found := COLUMN.search(line))
    ]
    facts = [
        f"{name.capitalize()}: {header[name]}." for name in ("grain", "version", "owner", "source") if name in header
    ]
    return join(f"### {path.stem}", header.get("says", ""), " ".join(facts), table(("column", "what it is"), columns))

"""Pieces of Markdown that the pages share."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

LIBRARY = Path("src/stocktake/library")
NOTE = "<!-- Written by tools/refresh_docs.py: change what it is made from, and run it again. -->"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped. Nothing where there are no rows."""
    names = list(head)
    lines = [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    if not lines:
        return ""
    return "\n".join(f"| {line} |" for line in (" | ".join(names), " | ".join("---" for _ in names), *lines))


def code(text: object) -> str:
    """A text as code, or nothing."""
    return f"`{text}`" if text not in (None, "") else ""


def join(*parts: str) -> str:
    """Parts of a page with an empty line between them; empty parts are left out."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"

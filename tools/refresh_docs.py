"""Writes the generated pages of the documentation from the code and the library.

python tools/refresh_docs.py           write what is stale
python tools/refresh_docs.py --check   write nothing; exit 1 and name each stale page

Words that end in `.md` choose pages: `python tools/refresh_docs.py docs/reference/kinds.md`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from pages import commands, connectors, demo, fields, kinds, metrics, standards, vocabularies

ROOT = Path(__file__).resolve().parents[1]
PAGES: dict[str, Callable[[Path], str]] = {
    "docs/reference/kinds.md": kinds.page,
    "docs/reference/commands.md": commands.page,
    "docs/reference/connectors.md": connectors.page,
    "docs/reference/vocabularies.md": vocabularies.page,
    "docs/reference/fields.md": fields.page,
    "docs/reference/standards.md": standards.page,
    "docs/reference/metrics.md": metrics.page,
    "README.md": demo.page,
}


def main(words: list[str]) -> int:
    """Write the stale pages, or only name them."""
    chosen = {name: make for name, make in PAGES.items() if name in words} or PAGES
    stale = {name: text for name, make in chosen.items() if (text := make(ROOT)) != read(ROOT / name)}
    for name, text in stale.items():
        if "--check" in words:
            print(f"{name} is stale: run `python tools/refresh_docs.py`", file=sys.stderr)
        else:
            (ROOT / name).write_text(text, "utf-8")
            print(f"wrote {name}")
    return 1 if stale and "--check" in words else 0


def read(path: Path) -> str:
    """The text of a page; nothing where there is none yet."""
    return path.read_text("utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The page of standards: every definition and table, with every column."""

from __future__ import annotations

from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join, table
from stocktake import standards
from stocktake.schema import load_schema

INTRO = """
A definition is an agreed meaning; a table is flat, at a stated grain, for reports and for programs that know nothing of
machine learning. Both are SQL files, written once and run on every engine. A project replaces one by a file of the same
name in its `definitions/` or `tables/` folder, and adds its own there.
"""


def page(root: Path) -> str:
    """The whole page."""
    library = root / LIBRARY
    schema = load_schema([library / "kinds"])
    files = standards.load_files([library / "definitions"], [library / "tables"], schema)
    definitions = sorted((each for each in files.definitions if each.file), key=lambda each: each.name)
    tables = sorted((each for each in files.tables if each.file), key=lambda each: each.name)
    return join(
        NOTE,
        "# Definitions and tables",
        INTRO,
        "## Definitions",
        *map(_standard, definitions),
        "## Tables",
        *map(_standard, tables),
    )


def _standard(standard: standards.Standard) -> str:
    """The section of one file: its contract and its columns."""
    facts = [f"Grain: {standard.grain}.", f"Version: {standard.version}.", f"Owner: {standard.owner}."]
    if standard.key:
        facts.insert(1, f"Key: {', '.join(map(code, standard.key))}, checked on every run.")
    columns = ((code(each.name), each.type.lower(), each.says) for each in standard.columns.values())
    return join(
        f"### {standard.name}",
        standard.says,
        " ".join([*facts, f"Source: {standard.source}."]),
        table(("column", "type", "what it is"), columns),
    )

"""What a command prints: paragraphs, headings and tables, on a terminal or as plain text."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

WIDTH = 100
GAP = "  "
NONE = "none"
"""What stands for a table without rows."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that begins a part of the page."""

    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines that are kept as they are: commands, paths, trees."""

    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under named columns; a cell is text or a number, None is empty."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


Block = str | Heading | Lines | Table


def show(blocks: Iterable[Block], stream: IO[str]) -> None:
    """Print blocks: rich tables on a terminal, plain text with aligned columns elsewhere."""
    if stream.isatty():
        _show_rich(blocks, stream)
        return
    width = min(shutil.get_terminal_size((WIDTH, 24)).columns, 120)
    for block in blocks:
        stream.write("\n".join(_plain(block, width)) + "\n")


def _plain(block: Block, width: int) -> list[str]:
    if isinstance(block, Heading):
        return ["", block.text, "-" * len(block.text)]
    if isinstance(block, Lines):
        return list(block.lines)
    if isinstance(block, Table):
        return _plain_table(block) if block.rows else [f"{GAP}{NONE}"]
    return textwrap.wrap(block, width, break_long_words=False, break_on_hyphens=False) or [""]


def _plain_table(table: Table) -> list[str]:
    rows = [[cell_text(cell) for cell in row] for row in table.rows]
    widths = [max(len(line[place]) for line in [list(table.columns), *rows]) for place in range(len(table.columns))]
    right = [_is_numeric(table, place) for place in range(len(table.columns))]
    lines = []
    for row in [list(table.columns), *rows]:
        cells = zip(row, widths, right, strict=True)
        lines.append(GAP + GAP.join(c.rjust(w) if r else c.ljust(w) for c, w, r in cells).rstrip())
    return lines


def cell_text(cell: object) -> str:
    """A cell as text: None is empty, a list its elements, a number without needless places."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.2f}".rstrip("0").rstrip(".")
    if isinstance(cell, list | tuple):
        return ", ".join(cell_text(each) for each in cell)
    return str(cell).replace("\n", " ")


def _is_numeric(table: Table, place: int) -> bool:
    cells = [row[place] for row in table.rows if row[place] is not None]
    return bool(cells) and all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells)


def _show_rich(blocks: Iterable[Block], stream: IO[str]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False)
    for block in blocks:
        if isinstance(block, Table):
            console.print(_rich_table(block) if block.rows else Text(f"{GAP}{NONE}"))
        elif isinstance(block, Heading):
            console.print(Text(f"\n{block.text}", style="bold"))
        elif isinstance(block, Lines):
            for line in block.lines:
                console.print(Text(line), soft_wrap=True)
        else:
            console.print(Text(block))


def _rich_table(table: Table) -> object:
    from rich import box
    from rich.table import Table as RichTable
    from rich.text import Text

    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False)
    for place, name in enumerate(table.columns):
        shown.add_column(name, justify="right" if _is_numeric(table, place) else "left", overflow="fold")
    for row in table.rows:
        shown.add_row(*(Text(cell_text(cell)) for cell in row))
    return shown

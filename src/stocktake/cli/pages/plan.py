"""The page of `plan`: what is said otherwise, who comes and goes, which levels move, what the top line does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

from stocktake.cli.page import Block, Heading, Lines, Table
from stocktake.cli.pages.cells import interval, minute, plural

SHOWN = 40
AROUND, LONGEST = 40, 100
EVERYTHING = "everything"
Row = dict[str, Any]


def plan_page(document: Row) -> Iterator[Block]:
    """The whole plan; parts without a change are left out."""
    yield _opening(document)
    if document["changes"]:
        yield Heading("What is said otherwise")
        rows = [row for each in document["changes"] for row in _change_rows(each)]
        yield from _table(("what", "file", "part", "was", "now"), rows)
    for each in document["definitions"]:
        yield from _definition(each)
    if document["tables"]:
        yield Heading("Rows of definitions and tables")
        counts = [(name, each["added"], each["removed"], each["changed"]) for name, each in document["tables"].items()]
        yield Table(("table", "added", "removed", "changed"), counts)
    yield from _top_line(document["top_line"])
    yield from _moves(document["moves"])


def _opening(document: Row) -> str:
    against, moment = document["against"], minute(document["as_of"])
    base = f"publication {against['number']} ({against['why']})" if against else "what ships"
    compared = f"Compared with {base}, as of {moment} UTC:"
    if document["changes_numbers"]:
        return f"{compared} numbers change."
    if document["changes_meaning"]:
        return f"{compared} no number of this moment changes, and something means something else."
    return f"{compared} only words change." if document["changes"] else f"{compared} no change."


def _change_rows(change: Row) -> list[tuple[object, ...]]:
    """A row per part; one for what came or went whole."""
    thing = f"{change['sort']} {change['name']}"
    if not change["parts"]:
        return [(change["what"], thing, None, None, None)]
    return [(change["what"], thing, each["part"], *_ends(each["was"], each["now"])) for each in change["parts"]]


def _ends(was: object, now: object) -> tuple[str, str]:
    """Two values, each in one line; of long ones what differs, with a few words around it."""
    texts = ["" if value is None else str(value) for value in (was, now)]
    if max(map(len, texts)) <= AROUND or not all(texts):
        return _short(texts[0]), _short(texts[1])
    words = [text.split(" ") for text in texts]
    same = _shared(words)
    end = _shared([each[same:][::-1] for each in words])
    start, stop = max(0, same - 3), max(0, end - 3)
    cut = [each[start : len(each) - stop] for each in words]
    before, after = "… " if start else "", " …" if stop else ""
    return _short(f"{before}{' '.join(cut[0])}{after}"), _short(f"{before}{' '.join(cut[1])}{after}")


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words two texts begin with alike."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*words, strict=False)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _definition(told: Row) -> Iterator[Block]:
    was, now = (interval(end["low"], end["point"], end["high"]) for end in (told["was"], told["now"]))
    yield Heading(f"{told['definition']}: members {was} → {now}")
    rows = [
        (how, each["name"], each["was"], each["now"], each["id"])
        for how in ("gained", "lost", "unsettled")
        for each in told[how]
    ]
    yield from _table(("", "name", "was", "now", "id"), rows)


def _top_line(rows: Sequence[Row]) -> Iterator[Block]:
    """Means per node, over everything first."""
    if not rows:
        return
    yield Heading("Top line: the mean level")
    told = sorted(rows, key=lambda row: (row["slice"] != EVERYTHING, row["slice_value"], row["node"]))
    cells = [
        (row["slice_value"], row["node"], _mean(row, "was"), _mean(row, "now")) for row in told if _moves_mean(row)
    ]
    yield from _table(("of", "node", "was", "now"), cells)
    others = len(rows) - len(cells)
    if others:
        yield f"Of {plural(others, 'further row')} other numbers than the mean change: see --json."


def _moves_mean(row: Row) -> bool:
    return _mean(row, "was") != _mean(row, "now")


def _mean(row: Row, side: str) -> str:
    told = row[side]
    return interval(told["mean_low"], told["mean_point"], told["mean_high"]) if told else "not there"


def _moves(rows: Sequence[Row]) -> Iterator[Block]:
    """Levels that move: of everything, then per owner and other slices."""
    if not rows:
        return
    yield Heading("Levels that move")
    told = sorted(rows, key=lambda row: row["slice"] != EVERYTHING)
    cells = [(row["slice_value"], row["node"], _level(row, "was"), _level(row, "now"), row["models"]) for row in told]
    yield from _table(("of", "node", "was", "now", "models"), cells)


def _level(row: Row, side: str) -> str:
    outcome, level = row[f"{side}_outcome"], row[f"{side}_level"]
    if outcome is None:
        return "not there"
    return outcome if level is None else f"{level} {outcome}"


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Iterator[Block]:
    """A table of so many rows, and how many more there are."""
    yield Table(columns, rows[:SHOWN])
    if len(rows) > SHOWN:
        yield Lines([f"  … and {len(rows) - SHOWN} more: see --json"])

"""The page of `explain`: a tree, one step a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stocktake.cli.page import cell_text

if TYPE_CHECKING:
    from stocktake.explain import Step

LONGEST = 80
# What a line of the page leaves out, as its name or the lines below say it; `--json` has all.
LEFT_OUT = ("source", "label", "key", "part", "slice", "slice_value", "node", "kind")
SUMMARIES = ("level_", "share_", "worst_", "by_", "not_served")


def tree_lines(step: Step, depth: int = 0) -> Iterator[str]:
    """A step and all below it, indented: what it is, what is said of it, and by which rule."""
    told = ", ".join(f"{name} {_short(value)}" for name, value in step.told.items() if _is_shown(name, value))
    rule = f"  [{step.rule}]" if step.rule else ""
    yield f"{'  ' * depth}{step.what} {step.name}{': ' if told else ''}{told}{rule}"
    for child in step.children:
        yield from tree_lines(child, depth + 1)


def _is_shown(name: str, value: object) -> bool:
    return value is not None and name not in LEFT_OUT and not name.startswith(SUMMARIES)


def _short(value: object) -> str:
    """A value in one line, cut where it is long; `--json` has it whole."""
    text = cell_text(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

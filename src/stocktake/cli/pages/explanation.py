"""The page of `explain`: a tree, each step with what is said of it and the rule that made it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stocktake.cli.pages.cells import answer, interval, minute, plural
from stocktake.explain import OF_MANY, count

if TYPE_CHECKING:
    from stocktake.explain import Step

LONGEST = 90
PAGE, DEEPEST = 80, 40
FOLDED = 12
"""How many alike steps are shown before the rest is counted; `--json` has them all."""
ENDS = ("low", "point", "high")
COUNTS = ("known", "unknown", "not_applicable", "exempt", "error")
SHOWN = {
    "node": ("outcome", "model", "weight"),
    "population": ("models", "known", "unknown"),
    "exposure": ("servings", "count_share", "traffic_share"),
    "member": ("outcome", "is_member"),
    "part": ("takes_part_as", "share", "role", "because"),
    "pair": (),
    "score": ("outcome", "value", "because"),
    "column": ("value",),
    "field": ("value", "conflict"),
    "record": ("standing", "value", "says", "passes_on", "bears", "who", "why", "is_stale", "is_backfilled", "body"),
    "identifier": ("declared_by",),
    "definition": (),
    "count": ("described", "ghosts", "models"),
}
"""What is shown of each step; `--json` has it all."""
ALIKE = ("link", "field", "artifact", "identifier")
LEFT = (*OF_MANY, "part")
"""What is not looked into only to say how many records it rests on."""
QUIET = {"unknown": 0, "standing": "holds", "bears": "own"}
"""What goes without saying."""


def tree_lines(step: Step, depth: int | None = None) -> list[str]:
    """A step and all below it as a tree. depth: how many levels are shown, else as many as fit on a page.

    What is folded is counted, and a part that stood above already is not shown again.
    """
    if depth is not None:
        return list(_lines(step, depth))
    lines = list(_lines(step, 1))
    for deeper in range(2, DEEPEST):
        longer = list(_lines(step, deeper))
        if len(longer) > PAGE:
            break
        lines = longer
    return lines


def _lines(step: Step, depth: int) -> Iterator[str]:
    yield line_of(step)
    yield from _below(step, "", depth, set())


def _below(step: Step, indent: str, depth: int, shown: set[int]) -> Iterator[str]:
    shown.add(id(step))
    children = step.children
    listed = children if len(children) <= FOLDED + 1 else children[:FOLDED]
    for place, child in enumerate(listed):
        is_last = place == len(children) - 1
        note = _folded(child, depth - 1, shown)
        yield f"{indent}{'└─' if is_last else '├─'} {line_of(child)}{note or ''}"
        if note is None:
            yield from _below(child, f"{indent}{'   ' if is_last else '│  '}", depth - 1, shown)
    if len(listed) < len(children):
        yield f"{indent}└─ … and {len(children) - len(listed)} more: `--json` has them all"


def _folded(step: Step, depth: int, shown: set[int]) -> str | None:
    """Why the children of a step are not shown; None: they are, or it has none."""
    if step.what in ("record", "missing"):
        return None
    if id(step) in shown:
        return "  … as above"
    if depth > 0:
        return None
    found = count(step, LEFT)
    if found is None:
        return "  …"
    return f"  … {plural(found['records'], 'record')}" if found["steps"] else None


def line_of(step: Step) -> str:
    """One step in one line: what, its name, what is said of it, and its rule."""
    told = step.told
    said = [
        _said(name, told[name]) for name in SHOWN.get(step.what, ()) if name in told and told[name] != QUIET.get(name)
    ]
    if "low" in told:
        said.insert(0, f"level {interval(told['low'], told.get('point'), told['high'])}")
    if step.what == "record":
        return _record(told, said)
    if step.what == "missing":
        return f"missing: {step.name}. " + " ".join(f"{_sentence(each['says'])}" for each in told["fields"].values())
    rule = f"  [{_rule(step)}]" if step.rule else ""
    return f"{step.what} {_short(step.name)}{': ' if said else ''}{', '.join(said)}{rule}"


def _record(told: Mapping[str, Any], said: list[str]) -> str:
    """A record: who said it of what, when, what, and by which rule it was read."""
    of = f"{told.get('source')} {told.get('label')} {_short(told.get('key'))} at {minute(told.get('observed_at'))}"
    read_by = f"  [{told['read_by']}]" if "read_by" in told else ""
    return f"record {told['seq']}: {of}{': ' if said else ''}{', '.join(said)}{read_by}"


def _said(name: str, value: Any) -> str:
    """A named value as people read it."""
    if isinstance(value, bool):
        return answer(value) if name in ("value", "is_member") else name.removeprefix("is_")
    if name in ("outcome", "standing", "says", "value"):
        return _short(value) if name != "says" else f"as {_short(value)}"
    if name.endswith("_share"):
        return f"{name.replace('_', ' ')} {100 * value:.1f}%"
    return f"{name.replace('_', ' ')} {_short(value)}"


def _rule(step: Step) -> str:
    """The file and line of a rule; of what each step of its kind does alike, no more."""
    rule = step.rule or ""
    where, _, rest = rule.partition(": ")
    return where if rest and step.what in ALIKE else _short(rule)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _short(value: Any) -> str:
    """A value in one line, cut where it is long; `--json` has it whole."""
    if hasattr(value, "isoformat"):
        return minute(value)
    told = ", ".join(map(str, value)) if isinstance(value, list) else "unknown" if value is None else str(value)
    text = " ".join(told.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"

"""The suggestions of a run, numbered, so that a person can name one to confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stocktake.pipeline.names import Named

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Weak evidence that two are one. number: its place in the list of this run, from 1."""

    number: int
    kind: str
    left: Named
    right: Named
    rule: str
    evidence: str

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        sides = {
            place: {"id": side.id, "name": side.name, "is_ghost": side.is_ghost}
            for place, side in (("left", self.left), ("right", self.right))
        }
        return {"number": self.number, "kind": self.kind, **sides, "rule": self.rule, "evidence": self.evidence}


def suggestions(measured: Measured) -> list[Suggestion]:
    """All suggestions, in the order that numbers them."""
    return [
        Suggestion(number, row["kind"], _side(row, "left"), _side(row, "right"), row["rule"], row["evidence"])
        for number, row in enumerate(measured.finds.suggestions.to_pylist(), 1)
    ]


def _side(row: dict[str, Any], side: str) -> Named:
    return Named(row[f"{side}_id"], row["kind"], row[f"{side}_name"], row[f"{side}_is_ghost"])

"""The suggestions of a run, numbered, so that a person can name one to confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stocktake.pipeline.names import Named, kinds_of, names_of

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
    """All suggestions, those of kinds that stand later in the schema (deployments, binaries) first."""
    kinds = kinds_of(measured)
    rows = measured.snapshot["suggestion"].to_pylist()
    parts = ("rule", "evidence", "left_id", "right_id")
    rows.sort(key=lambda row: (-kinds.index(row["kind"]), *(row[part] for part in parts)))
    names = names_of(measured, {row[side] for row in rows for side in ("left_id", "right_id")})
    return [
        Suggestion(number, row["kind"], names[row["left_id"]], names[row["right_id"]], row["rule"], row["evidence"])
        for number, row in enumerate(rows, 1)
    ]

"""The suggestions of a run, numbered, so that a person can name one to confirm it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that may be the same: an artifact, or a ghost. name: what people call it."""

    id: str
    name: str
    is_ghost: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Weak evidence that two are one. number: its place in the list of this run, from 1."""

    number: int
    kind: str
    left: Side
    right: Side
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
    kinds = list(measured.kinds)
    sides = _sides(measured)
    rows = measured.snapshot["suggestion"].to_pylist()
    rows.sort(
        key=lambda row: (-kinds.index(row["kind"]), row["rule"], row["evidence"], row["left_id"], row["right_id"])
    )
    return [
        Suggestion(number, row["kind"], sides[row["left_id"]], sides[row["right_id"]], row["rule"], row["evidence"])
        for number, row in enumerate(rows, 1)
        if row["left_id"] in sides and row["right_id"] in sides
    ]


def _sides(measured: Measured) -> dict[str, Side]:
    """Every artifact and ghost by id."""
    sides = {
        row["id"]: Side(row["id"], f"{row['namespace']}:{row['value']}", is_ghost=True)
        for row in measured.snapshot["ghost"].to_pylist()
    }
    wanted = {row[side] for row in measured.snapshot["suggestion"].to_pylist() for side in ("left_id", "right_id")}
    for kind in measured.kinds:
        table = measured.snapshot[kind].select(["id", "name"])
        for row in table.to_pylist():
            if row["id"] in wanted:
                sides[row["id"]] = Side(row["id"], row["name"] or row["id"][:12], is_ghost=False)
    return sides

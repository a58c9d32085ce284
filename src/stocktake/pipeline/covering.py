"""What the numbers rest on, and what is missing: the rows of the table `coverage` as one answer, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stocktake.pipeline.suggesting import suggestions
from stocktake.reach import untold

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured

COLUMNS: dict[str, tuple[str, str]] = {
    "source": ("sources", "source state=what artifacts=finding_count why"),
    "seen": ("seen", "source kind artifacts=finding_count"),
    "label": ("labels", "source label=what records=finding_count why"),
    "erased": ("erased", "source label=what records=finding_count why"),
    "unmapped": ("unmapped", "source label=what records=finding_count why"),
    "ghost": ("ghosts", "kind identifier=what id=artifact_id why"),
    "orphan": ("not_connected", "kind name missing=what id=artifact_id why"),
    "unattributed": ("unattributed", "kind name model_by=what id=artifact_id why"),
    "unowned": ("unowned", "kind name id=artifact_id why"),
    "flag": ("flags", "kind flag=what artifacts=finding_count"),
    "conflict": ("conflicts", "kind name field=what id=artifact_id values=finding_count"),
    "stale": ("stale", "source kind field=what artifacts=finding_count why"),
}
"""Topic of the table -> its name in the answer, and what its columns are called there."""


def cover(measured: Measured) -> dict[str, Any]:
    """Per topic, the findings. `not_connected` lists every artifact that lacks an edge, by name, and why."""
    found: dict[str, Any] = {name: [] for name, _ in COLUMNS.values()}
    for row in measured.tables["coverage"].to_pylist():
        if row["topic"] in COLUMNS:
            name, columns = COLUMNS[row["topic"]]
            found[name].append(_finding(row, columns))
    _add_places(measured, found["not_connected"])
    for rows in found.values():
        rows.sort(key=lambda row: [str(value or "") for value in row.values()])
    found["suggestions"] = [each.document() for each in suggestions(measured)]
    return found


def unreached(measured: Measured) -> list[dict[str, Any]]:
    """Metrics that need what no source of the project can tell: which fields, and which connectors could."""
    return [
        {"metric": each.metric, "needs": list(each.fields), "connectors": list(each.connectors), "why": each.says}
        for each in untold(measured.project, measured.standards, measured.catalogue)
    ]


def _finding(row: dict[str, Any], columns: str) -> dict[str, Any]:
    """A row of the table under the names of the answer."""
    pairs = [each.partition("=") for each in columns.split()]
    return {name: row[column or name] for name, _, column in pairs}


def _add_places(measured: Measured, rows: list[dict[str, Any]]) -> None:
    """Add where each artifact is, as two of one name may differ by their place alone."""
    places = {row["id"]: row["uri"] for row in measured.finds.places.to_pylist()}
    for row in rows:
        row["place"] = places.get(row["id"])

"""What the numbers rest on, and what is missing: the rows of the table `coverage` as one answer, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stocktake.pipeline.suggesting import suggestions

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured

COLUMNS: dict[str, tuple[str, dict[str, str]]] = {
    "source": ("sources", {"source": "source", "state": "what", "artifacts": "finding_count", "why": "why"}),
    "seen": ("seen", {"source": "source", "kind": "kind", "artifacts": "finding_count"}),
    "label": ("labels", {"source": "source", "label": "what", "records": "finding_count", "why": "why"}),
    "unmapped": ("unmapped", {"source": "source", "label": "what", "records": "finding_count", "why": "why"}),
    "ghost": ("ghosts", {"kind": "kind", "identifier": "what", "id": "artifact_id", "why": "why"}),
    "orphan": ("not_connected", {"kind": "kind", "name": "name", "missing": "what", "id": "artifact_id", "why": "why"}),
    "unattributed": ("unattributed", {"kind": "kind", "name": "name", "model_by": "what", "id": "artifact_id", "why": "why"}),
    "unowned": ("unowned", {"kind": "kind", "name": "name", "id": "artifact_id", "why": "why"}),
    "flag": ("flags", {"kind": "kind", "flag": "what", "artifacts": "finding_count"}),
    "conflict": ("conflicts", {"kind": "kind", "name": "name", "field": "what", "id": "artifact_id", "values": "finding_count"}),
    "stale": ("stale", {"source": "source", "kind": "kind", "field": "what", "artifacts": "finding_count", "why": "why"}),
}  # fmt: skip
"""Topic of the table -> its name in the answer, and what its columns are called there."""


def cover(measured: Measured) -> dict[str, Any]:
    """Per topic, the findings. `not_connected` lists every artifact that lacks an edge, by name, and why."""
    found: dict[str, Any] = {name: [] for name, _ in COLUMNS.values()}
    for row in measured.tables["coverage"].to_pylist():
        if row["topic"] in COLUMNS:
            name, columns = COLUMNS[row["topic"]]
            found[name].append({key: row[column] for key, column in columns.items()})
    for rows in found.values():
        rows.sort(key=lambda row: [str(value or "") for value in row.values()])
    found["suggestions"] = [each.document() for each in suggestions(measured)]
    return found

"""The recorded company, whose deployments are asked at known times, with a published project that a test may change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from stocktake.graph.edits import Edit
from stocktake.pipeline.editing import append_edits
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.line import Measured
from stocktake.pipeline.names import Named
from stocktake.pipeline.seeking import strongest
from stocktake.pipeline.session import log
from stocktake.project import LIBRARY, Project, open_project

ASKED = {
    "churn-batch": "2026-11-20T00:00:00Z",
    "acme-churn-prod": "2026-11-04T00:00:00Z",
    "churn": "2026-10-30T00:00:00Z",
}
"""Deployment → when it was last asked: within 14 days of 2026-11-23, within 28 days, and within 28 days."""

METRIC = "extends: retraining_age\nmetric: retraining_age\nwhere: is_active\n"


@dataclass(frozen=True)
class Workshop:
    """A project's folder, in which files are written as a person would."""

    folder: Path

    @property
    def project(self) -> Project:
        """As its files say now."""
        return open_project(self.folder)

    def write(self, path: str, text: str) -> None:
        """Write one of its files."""
        (self.folder / path).parent.mkdir(exist_ok=True)
        (self.folder / path).write_text(text, "utf-8")

    def change(self, path: str, old: str, new: str) -> None:
        """Take a file of the library, and replace a text that stands in it."""
        text = (LIBRARY / path).read_text("utf-8")
        assert old in text
        self.write(path, text.replace(old, new))


def fill(workshop: Workshop, measured: Measured) -> None:
    """Say when each deployment was last asked, and ask only active ones how old they are."""
    workshop.write("metrics/retraining_age.yaml", METRIC)
    project, at = workshop.project, datetime(2026, 11, 1, tzinfo=UTC)
    ids = {row["name"]: row["id"] for row in measured.snapshot["model_deployment"].to_pylist()}
    with log(project) as store:
        segments = graph_input(project, store).segments
        on = {
            name: strongest(segments, project.schema, Named(ids[name], "model_deployment", name, is_ghost=False))
            for name in ASKED
        }
        told = {"kind": "model_deployment", "field": "last_request_at", "at": at}
        edits = [Edit("set", "as told", at, on=on[name], value=day, **told) for name, day in ASKED.items()]
        append_edits(store, "ana", edits)

"""When records are taken away, coverage still counts what remains: ghosts, orphans, and what has no model."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random
from typing import Any

import pytest

from stocktake.pipeline.covering import cover
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import Measured, open_project
from stocktake.pipeline.session import collect, current

Things = set[tuple[str, str]]
AHEAD = {
    ("model_deployment", "serves"): ("serves",),
    ("model_binary", "workflow_run"): ("workflow_run",),
    ("model_binary", "family"): ("family",),
    ("feature", "sources"): ("sources",),
    ("dataset", "features or sources"): ("features", "sources"),
}
"""What an artifact lacks whose edges (any of them) lead to nothing that is described."""

BEHIND = {
    ("model_code", "named by a run"): ("workflow_run", "model_code"),
    ("model_family", "named by a binary"): ("model_binary", "family"),
    ("dataset", "read by a run"): ("workflow_run", "datasets"),
    ("feature", "in a dataset"): ("dataset", "features"),
}
"""What an artifact lacks that no edge of a kind leads to."""


@pytest.fixture(params=[1])
def less(request: pytest.FixtureRequest, tmp_path: Path) -> Measured:
    """The recorded company without half of what its tools said: whole sources, and single files of others."""
    random, folder = Random(request.param), make_demo(tmp_path / "acme", "acme")
    sources = sorted((folder / "sources").glob("*.yaml"))
    for path in random.sample(sources, 4):
        path.unlink()
        shutil.rmtree(folder / "recorded" / path.stem, ignore_errors=True)
    files = [path for path in sorted((folder / "recorded").rglob("*")) if path.is_file()]
    for path in random.sample(files, len(files) // 4):
        path.unlink()
    project = open_project(folder)
    collect(project)
    return current(project)


def rows(measured: Measured, table: str) -> list[dict[str, Any]]:
    return measured.snapshot[table].to_pylist()


def ids(measured: Measured, kind: str) -> set[str]:
    return {row["id"] for row in rows(measured, kind)}


def reached(measured: Measured, kind: str, edge: str) -> dict[str, set[str]]:
    """What each artifact refers to along an edge, as far as somebody describes it."""
    found: dict[str, set[str]] = {}
    for row in rows(measured, f"{kind}_{edge}"):
        if row["to_is"] == "described":
            found.setdefault(row["from_id"], set()).add(row["to_id"])
    return found


def ghosts(measured: Measured) -> Things:
    """What any link names and nobody describes."""
    found: Things = set()
    for name, kind in measured.project.schema.kinds.items():
        for edge in kind.edges:
            found |= {
                (row["to_kind"], row["to_id"]) for row in rows(measured, f"{name}_{edge}") if row["to_is"] == "ghost"
            }
        owned = rows(measured, f"{name}_owned_by")
        found |= {("owner", row["owner_id"]) for row in owned if row["to_is"] == "ghost"}
    return found


def orphans(measured: Measured) -> set[tuple[str, str, str]]:
    """(kind, what it lacks, id), counted again from the links alone."""
    found = set()
    for (kind, lack), edges in AHEAD.items():
        told = {each for edge in edges for each in reached(measured, kind, edge)}
        if kind == "dataset":
            told |= made_by_runs(measured)
        found |= {(kind, lack, each) for each in ids(measured, kind) - told}
    for (kind, lack), (other, edge) in BEHIND.items():
        named = {row["to_id"] for row in rows(measured, f"{other}_{edge}")}
        found |= {(kind, lack, each) for each in ids(measured, kind) - named}
    trained = {run for runs in reached(measured, "model_binary", "workflow_run").values() for run in runs}
    for edge in ("model_code", "datasets"):
        told = set(reached(measured, "workflow_run", edge))
        found |= {("workflow_run", edge, each) for each in trained - told}
    return found


def made_by_runs(measured: Measured) -> set[str]:
    """What runs wrote that also read something else."""
    read, written = (reached(measured, "workflow_run", edge) for edge in ("reads", "writes"))
    return {each for run, ids in written.items() for each in ids if read.get(run, set()) - {each}}


def unattributed(measured: Measured) -> Things:
    """Deployments that stand for their model, and binaries that nothing stands for."""
    coded = set(reached(measured, "workflow_run", "model_code"))
    named = set(reached(measured, "model_binary", "family"))
    for row in rows(measured, "model_binary_workflow_run"):
        named |= {row["from_id"]} if row["to_id"] in coded else set()
    serves: dict[str, set[str]] = {}
    for row in rows(measured, "model_deployment_serves"):
        serves.setdefault(row["from_id"], set()).add(row["to_id"])
    served = {binary for binaries in serves.values() for binary in binaries}
    found = {
        ("model_deployment", each) for each in ids(measured, "model_deployment") if not serves.get(each, {""}) <= named
    }
    return found | {("model_binary", each) for each in ids(measured, "model_binary") - served - named}


def test_coverage_equals_a_recount_of_what_remains(less: Measured) -> None:
    told = cover(less)

    assert {(row["kind"], row["id"]) for row in told["ghosts"]} == ghosts(less)
    assert {(row["kind"], row["missing"], row["id"]) for row in told["not_connected"]} == orphans(less)
    assert {(row["kind"], row["id"]) for row in told["unattributed"]} == unattributed(less)
    assert told["ghosts"]
    assert told["not_connected"]

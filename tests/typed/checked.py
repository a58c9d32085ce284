"""What a type checker knows of the typed face: mypy reads this file in a test, and another test runs it.

An ignored line is a mistake that mypy must find: where it does not, the ignore itself is an error.
"""

from __future__ import annotations

from typing import assert_type

from stocktake.graph.typed_sets import Artifacts, Link, Links
from stocktake.library.kinds.assessment import Assessment
from stocktake.library.kinds.dataset import Dataset
from stocktake.library.kinds.feature_source import FeatureSource
from stocktake.library.kinds.model_binary import ModelBinary
from stocktake.library.kinds.model_deployment import ModelDeployment
from stocktake.library.kinds.model_family import ModelFamily
from stocktake.library.kinds.owner import Owner
from stocktake.library.kinds.workflow_run import WorkflowRun
from stocktake.pipeline.typed import OpenGraph
from stocktake.schema import EdgeOf, Kind


def read(graph: OpenGraph) -> dict[str, int]:
    """Every form of reading and traversal; how much each finds."""
    binaries = graph.all(ModelBinary)
    assert_type(binaries, Artifacts[ModelBinary])
    approved = binaries.where(approval="approved")
    assert_type(approved, Artifacts[ModelBinary])
    assert_type(graph.get(ModelBinary, binaries.ids()[0]), ModelBinary)
    assert_type(ModelBinary.workflow_run, EdgeOf[ModelBinary, WorkflowRun])

    runs = graph.follow(binaries, ModelBinary.workflow_run)
    assert_type(runs, Artifacts[WorkflowRun])
    whole = graph.follow(list(runs), WorkflowRun.part_of)
    datasets = graph.follow(runs, WorkflowRun.datasets)
    assert_type(datasets, Artifacts[Dataset])
    everything_read = graph.follow(graph.all(WorkflowRun), WorkflowRun.reads)
    assert_type(everything_read, Artifacts[Kind])
    assert_type(everything_read.of(FeatureSource), Artifacts[FeatureSource])
    trained = graph.back(runs, ModelBinary.workflow_run)
    assert_type(trained, Artifacts[ModelBinary])
    assert_type(graph.back(binaries, Assessment.of), Artifacts[Assessment])
    code = graph.follow(runs, WorkflowRun.model_code)
    owners = graph.owners(code)
    assert_type(owners, Artifacts[Owner])
    assert_type(binaries | runs, Artifacts[ModelBinary | WorkflowRun])
    assert_type(binaries & graph.all("model_binary"), Artifacts[ModelBinary])

    for binary in binaries:
        assert_type(binary.size_bytes, int | None)
        assert_type(binary.told_by, tuple[str, ...])
        assert_type(graph.follow(binary, binary.family), Artifacts[ModelFamily])

    links = graph.links(graph.all(ModelDeployment), ModelDeployment.serves)
    assert_type(links, Links[ModelDeployment, ModelBinary])
    for link in links:
        assert_type(link, Link[ModelDeployment, ModelBinary])
        assert_type(link.start.is_live, bool | None)
        assert_type(link.end, ModelBinary | None)
    return {
        "binaries": len(binaries.ids()),
        "approved": len(approved.ids()),
        "runs": len(runs.ids()),
        "runs around them": len(whole.ids()),
        "datasets": len(datasets.ids()),
        "all that was read": len(everything_read.ids()),
        "sources that were read": len(everything_read.of(FeatureSource).ids()),
        "trained": len(trained.ids()),
        "owners of the code": len(owners.ids()),
        "either": len((binaries | runs).ids()),
        "both": len((binaries & graph.all("model_binary")).ids()),
        "links": len(list(links)),
        "links to binaries": sum(link.end is not None for link in links),
    }


def mistakes(graph: OpenGraph) -> None:
    """What must not pass."""
    deployments, runs = graph.all(ModelDeployment), graph.all(WorkflowRun)
    graph.follow(deployments, ModelBinary.workflow_run)  # type: ignore[misc]
    graph.back(deployments, ModelBinary.workflow_run)  # type: ignore[misc]
    graph.links(runs, ModelDeployment.serves)  # type: ignore[misc]
    graph.follow(runs, WorkflowRun.trained)  # type: ignore[attr-defined]
    graph.all(ModelBinary).one().digset  # type: ignore[attr-defined]  # noqa: B018
    edit = graph.edit(who="ana", why="asked")
    edit.link(deployments.one(), ModelDeployment.serves, runs.one())  # type: ignore[misc]
    graph.edit(who="ana")  # type: ignore[call-arg]

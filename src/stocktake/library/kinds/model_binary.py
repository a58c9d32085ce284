from __future__ import annotations

from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.model_family import ModelFamily
    from stocktake.library.kinds.workflow_run import WorkflowRun


class ModelBinary(Kind):
    """One trained set of weights."""

    order = 70
    digest: str | None = field("Hash of its bytes, `algorithm:hex`.", lasting=True, unique=True)
    uri: str | None = field("Where its bytes are.", lasting=True)
    version: str | None = field("Its version in its family.", lasting=True)
    format: str | None = field("How it is stored, such as sklearn, onnx, safetensors or pickle.", lasting=True)
    size_bytes: int | None = field("Size of its bytes.", unit="byte", lasting=True)
    aliases: list[str] | None = field("The names that point at it now, such as champion.", momentary=True)
    approval: str | None = field("Whether it may be used.", values=("approved", "pending", "rejected"))
    status: str | None = field("How its registration stands.", values=("ready", "pending", "failed", "deleted"))
    workflow_run: Edge[WorkflowRun] = edge("The run that trained it.", to="workflow_run", many=False)
    family: Edge[ModelFamily] = edge("The families that it is a version of.", to="model_family")
    base: Edge[ModelBinary] = edge("The binaries that it was fine-tuned, adapted or distilled from.", to="model_binary")

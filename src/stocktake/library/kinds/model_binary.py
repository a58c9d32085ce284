from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, attribute, edge, field

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
    license: str | None = field("The licence of its weights.")
    build_level: int | None = field("The SLSA build level that its provenance attests, 0 to 3.", lasting=True)
    documented_at: datetime | None = field("When what documents it was last changed, UTC.", merge="max")
    risk_tier: str | None = field("The risk that people give it.", values=("prohibited", "high", "limited", "minimal"))
    risk_state: str | None = field(
        "How far that tier is decided.", values=("approved", "reasoned", "assigned", "proposed")
    )
    affects_people: bool | None = field("Whether what it says decides over people.")
    workflow_run: Edge[WorkflowRun] = edge("The run that trained it.", to="workflow_run", many=False)
    family: Edge[ModelFamily] = edge("The families that it is a version of.", to="model_family")
    base: Edge[ModelBinary] = edge(
        "The binaries that it was fine-tuned, adapted or distilled from.",
        to="model_binary",
        attributes=(attribute("revision", "text", "The revision of the base that was taken."),),
    )

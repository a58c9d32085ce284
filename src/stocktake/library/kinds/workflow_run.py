from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, attribute, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.dataset import Dataset
    from stocktake.library.kinds.model_code import ModelCode


class WorkflowRun(Kind):
    """One execution of a pipeline, or of a step in one."""

    order = 60
    status: str | None = field(
        "How it stands.", values=("finished", "running", "failed", "aborted", "skipped", "waiting")
    )
    started_at: datetime | None = field("When it began, UTC.", lasting=True, merge="min")
    ended_at: datetime | None = field("When it ended, UTC.", lasting=True, merge="max")
    commit: str | None = field("The commit of the code that it ran.", lasting=True, unique=True)
    job: str | None = field("The job, task or experiment that it is a run of.")
    is_training: bool | None = field("Whether it trains a model, as its tool says.", lasting=True)
    trigger: str | None = field("What started it.", values=("schedule", "drift", "manual", "event"))
    schedule: str | None = field("The declared schedule of its job, as a cron expression or preset.")
    cadence_days: float | None = field("Days from one run of its job to the next, by its schedule.", unit="day")
    parameter_count: int | None = field("How many parameters it wrote down.", lasting=True)
    seed: str | None = field("The seed of its random numbers.", lasting=True)
    environment: str | None = field("What it ran in: an image, or a hash of what was installed.", lasting=True)
    energy_kwh: float | None = field("The energy that it used.", unit="kWh", lasting=True)
    billed_seconds: float | None = field("The machine time that it was billed for.", unit="second", lasting=True)
    model_code: Edge[ModelCode] = edge("The source code that it ran.", to="model_code", many=False)
    datasets: Edge[Dataset] = edge(
        "The training datasets that it saw.",
        to="dataset",
        attributes=(
            attribute("digest", "text", "The digest that the run saw."),
            attribute("version", "text", "The version that the run saw."),
            attribute(
                "role",
                "text",
                "What the link is for, such as training or evaluation; of a serving: live, canary or shadow.",
            ),
        ),
    )
    reads: Edge[Kind] = edge("What it read.", to=("feature_source", "feature", "dataset"))
    writes: Edge[Kind] = edge("What it wrote.", to=("feature_source", "feature", "dataset"))
    part_of: Edge[WorkflowRun] = edge("The run that it is a step of.", to="workflow_run", many=False)

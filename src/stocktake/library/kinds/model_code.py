from __future__ import annotations

from datetime import datetime

from stocktake.schema.declare import Kind, field


class ModelCode(Kind):
    """A source file or folder that trains a model for one purpose."""

    order = 40
    repository: str | None = field("The repository's address, without credentials.", lasting=True)
    path: str | None = field("Its path in the repository.")
    language: str | None = field("The language it is written in.")
    last_commit: str | None = field("The latest commit that changed it.")
    last_changed_at: datetime | None = field("When it was last changed, UTC.", merge="max")
    last_review: str | None = field(
        "How its latest change was reviewed.", values=("reviewed", "merge_request", "merged", "direct")
    )
    documented_at: datetime | None = field("When what documents it was last changed, UTC.", merge="max")
    risk_tier: str | None = field("The risk that people give it.", values=("prohibited", "high", "limited", "minimal"))
    risk_state: str | None = field(
        "How far that tier is decided.", values=("approved", "reasoned", "assigned", "proposed")
    )
    affects_people: bool | None = field("Whether what it says decides over people.")

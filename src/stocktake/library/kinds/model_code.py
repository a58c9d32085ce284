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

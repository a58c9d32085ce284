from __future__ import annotations

from stocktake.schema.declare import Edge, Kind, edge, field


class Owner(Kind):
    """A person or team that answers for artifacts."""

    order = 90
    is_active: bool | None = field("Whether the person or team is still there.")
    owner_type: str | None = field("Person or team.", values=("person", "team"))
    email: str | None = field("Where to write.")
    member_of: Edge[Owner] = edge("The teams that it is part of.", to="owner")

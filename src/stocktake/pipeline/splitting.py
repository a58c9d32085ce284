"""Whether a split parts what it is to part: the path that still connects two identifiers."""

from __future__ import annotations

from collections import deque
from uuid import UUID

from stocktake.graph.edits import iid_of, parse_identifier
from stocktake.graph.frame import GraphInput
from stocktake.graph.point import neighbourhood
from stocktake.graph.snapshot import Graph


def remaining_path(given: GraphInput, left: str, right: str) -> list[str]:
    """The shortest chain of identifiers and claims from one identifier to another; empty where nothing connects them.

    given: the input of the graph, the decisions that are to be tried among its edits.
    """
    start, end = iid_of(*parse_identifier(left)), iid_of(*parse_identifier(right))
    graph = Graph(neighbourhood(given, [start, end]))
    try:
        path = _shortest(_edges(graph), start, end)
        names = _names(graph) | {start: left, end: right}
        return [names.get(each, str(each)) for each in path]
    finally:
        graph.close()


def _edges(graph: Graph) -> dict[UUID, list[UUID]]:
    """What joins: claims with their identifiers, and pairs that a person confirmed."""
    rows = graph.frame.rows(
        """SELECT claim_id, iid FROM own
        UNION SELECT left_iid, right_iid FROM decision WHERE is_join ORDER BY ALL"""
    )
    edges: dict[UUID, list[UUID]] = {}
    for one, other in rows:
        a, b = UUID(str(one)), UUID(str(other))
        edges.setdefault(a, []).append(b)
        edges.setdefault(b, []).append(a)
    return edges


def _names(graph: Graph) -> dict[UUID, str]:
    """Identifiers and claim keys as people write them."""
    rows = graph.frame.rows(
        """SELECT iid, namespace || ':' || value FROM claimed
        UNION SELECT claim_id, 'claim:' || source || '/' || label || '/' || part FROM claim"""
    )
    return {UUID(str(iid)): str(name) for iid, name in rows}


def _shortest(edges: dict[UUID, list[UUID]], start: UUID, end: UUID) -> list[UUID]:
    """The shortest path between two nodes; empty where there is none."""
    came_from: dict[UUID, UUID | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in came_from:
        node = waiting.popleft()
        for other in edges.get(node, ()):
            if other not in came_from:
                came_from[other] = node
                waiting.append(other)
    path: list[UUID] = []
    step: UUID | None = end if end in came_from else None
    while step is not None:
        path.append(step)
        step = came_from[step]
    return path[::-1]

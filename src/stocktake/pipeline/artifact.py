"""One artifact: its values with their sources, its identifiers, links both ways, history, and what is odd about it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stocktake.graph.snapshot import Graph

Row = dict[str, Any]


def describe(graph: Graph, kind: str, artifact_id: str) -> dict[str, Any]:
    """All that is known of an artifact, or of a ghost, in a frozen graph.

    fields: name -> value, and `told`: every claim's value with source, label, part, seq, seen_at, and whether it won.
    links, linked_from: edge, the other end (id, kind, name, whether it is described), attributes, times. history: the
    claims with from and until. conflicts, suggestions: as the snapshot has them. identifiers: each with who claims it.
    """
    rows = _rows(graph, f"SELECT * FROM snapshot_{kind} WHERE id = ?", artifact_id)
    found: dict[str, Any] = {"id": artifact_id, "kind": kind, "is": "described" if rows else _state(graph, artifact_id)}
    values = rows[0] if rows else {}
    if rows:
        found |= {"name": values["name"], "flags": values["flags"], "sources": values["sources"]}
        if "is_live" in values:
            found["is_live"] = values["is_live"]
    told = _told(graph, kind, artifact_id)
    found["fields"] = {
        name: {"value": values.get(name), "told": _tellings(told, name, values.get(name))}
        for name in graph.schema.kinds[kind].fields
        if values.get(name) is not None or any(row.get(name) is not None for row in told)
    }
    found["identifiers"] = _identifiers(graph, artifact_id)
    found["links"] = _links(graph, artifact_id, own="from_id", other="to_id")
    found["linked_from"] = _links(graph, artifact_id, own="to_id", other="from_id")
    found["history"] = _history(graph, kind, artifact_id)
    found["conflicts"] = _rows(graph, "SELECT field, value_count AS values FROM conflict WHERE id = ?", artifact_id)
    found["suggestions"] = _rows(
        graph, "SELECT * FROM suggestion WHERE left_id = ? OR right_id = ? ORDER BY ALL", artifact_id, artifact_id
    )
    return found


def _state(graph: Graph, artifact_id: str) -> str:
    """What something is that is not described now: a ghost, or retired."""
    return "ghost" if _rows(graph, "SELECT id FROM all_ghost WHERE id = ?", artifact_id) else "retired"


def _told(graph: Graph, kind: str, artifact_id: str) -> list[Row]:
    """The claims in force, the latest first."""
    return _rows(
        graph, f"SELECT * FROM now_{kind} WHERE artifact_id = ? ORDER BY seen_at DESC, source, label, part", artifact_id
    )


def _tellings(told: list[Row], name: str, value: Any) -> list[Row]:
    """What each claim says of one field; a claim's value wins when it is the artifact's."""
    return [
        {
            "value": row[name],
            "source": row["source"],
            "label": row["label"],
            "part": row["part"],
            "seq": row["seq"],
            "seen_at": row["seen_at"],
            "is_stale": row["is_stale"],
            "won": _same(row[name], value),
        }
        for row in told
        if row.get(name) is not None
    ]


def _same(told: Any, value: Any) -> bool:
    """Whether a told value is the one that won: times to the second, lists in any order."""
    if isinstance(told, datetime) and isinstance(value, datetime):
        return told.replace(microsecond=0) == value.replace(microsecond=0)
    if isinstance(told, list) and isinstance(value, list):
        return sorted(told) == sorted(value)
    return bool(told == value)


def _identifiers(graph: Graph, artifact_id: str) -> list[Row]:
    """Its identifiers, the strongest first, each with the claims that bear it: the evidence of the join."""
    return _rows(
        graph,
        """SELECT claimed.namespace || ':' || claimed.value AS identifier, BOOL_AND(claimed.is_declared) AS is_declared,
            LIST_SORT(LIST(DISTINCT claim.source || '/' || claim.label || '/' || claim.part)) AS claims
        FROM claimed
        JOIN claim_artifact ON claim_artifact.claim_id = claimed.claim_id AND claim_artifact.artifact_id = ?
        JOIN claim ON claim.claim_id = claimed.claim_id
        JOIN namespaces ON namespaces.namespace = claimed.namespace
        GROUP BY claimed.namespace, claimed.value, namespaces.rank ORDER BY namespaces.rank, identifier""",
        artifact_id,
    )


def _links(graph: Graph, artifact_id: str, *, own: str, other: str) -> list[Row]:
    """Links of an artifact in one direction, with the names of their other ends."""
    found = []
    for kind in graph.schema.kinds.values():
        for edge in kind.edges.values():
            rows = _rows(graph, f"SELECT * FROM edge_{kind.name}_{edge.name} WHERE {own} = ? ORDER BY ALL", artifact_id)
            for row in rows:
                end_kind = row["to_kind"] if other == "to_id" else kind.name
                end = {"id": row[other], "kind": end_kind, "name": _name(graph, end_kind, row[other])}
                state = {"is": row["to_is"]} if other == "to_id" else {}
                rest = {
                    k: v for k, v in row.items() if v is not None and k not in ("from_id", "to_id", "to_kind", "to_is")
                }
                found.append({"edge": edge.name, **end, **state, **rest})
    return found


def _name(graph: Graph, kind: str, artifact_id: str) -> str:
    """What the other end of a link is called; a ghost by its identifier."""
    rows = _rows(graph, f"SELECT name FROM value_{kind} WHERE id = ?", artifact_id)
    rows += _rows(graph, "SELECT namespace || ':' || value AS name FROM all_ghost WHERE id = ?", artifact_id)
    return next((str(row["name"]) for row in rows if row["name"]), artifact_id[:12])


def _history(graph: Graph, kind: str, artifact_id: str) -> list[Row]:
    """Every claim that ever spoke of it, with the time that it held and what it said."""
    rows = _rows(
        graph, f"SELECT * FROM telling_{kind} WHERE artifact_id = ? ORDER BY from_at, source, label, part", artifact_id
    )
    fields = graph.schema.kinds[kind].fields
    return [
        {
            **{name: row[name] for name in ("from_at", "until_at", "source", "label", "part", "seq", "says")},
            "said": {name: row[name] for name in fields if row.get(name) is not None},
        }
        for row in rows
    ]


def _rows(graph: Graph, sql: str, *values: object) -> list[Row]:
    """The rows of a SELECT; times with their zone."""
    answer = graph.frame.run(sql, values)
    names = [column[0] for column in answer.description or ()]
    return [{k: _plain(v) for k, v in zip(names, row, strict=True)} for row in answer.fetchall()]


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value

"""Bodies that are old: those on which nothing rests any more, and those that were told before a moment."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from stocktake.graph.frame import Frame, GraphInput
from stocktake.graph.readings import make_readings
from stocktake.graph.snapshot import Graph

# Of a label that no vocabulary knows nobody can say whether anything rests on it.
OLD = """SELECT lines.body_id FROM lines
WHERE lines.op = 0 AND lines.body_id IS NOT NULL GROUP BY lines.body_id
HAVING BOOL_AND(lines.observed_at < CAST(? AS TIMESTAMP) AND {condition} AND {of}) ORDER BY lines.body_id"""
# The last words on a thing stay: by them one knows what it was that is gone by then.
OVER = """lines.says <> 'unmapped' AND lines.seq NOT IN (
    SELECT seq FROM reading WHERE until_at IS NULL OR until_at > CAST(? AS TIMESTAMP)
    UNION ALL SELECT ARG_MAX(seq, from_at) FROM reading WHERE from_at <= CAST(? AS TIMESTAMP) GROUP BY key_id)"""
OF_ARTIFACT = """SELECT DISTINCT lines.body_id
FROM address
JOIN claim_artifact ON claim_artifact.artifact_id = address.artifact_id AND claim_artifact.kind = address.kind
JOIN claim_row ON claim_row.claim_id = claim_artifact.claim_id
JOIN lines ON lines.seq = claim_row.seq
WHERE address.iid = CAST(? AS UUID) AND lines.body_id IS NOT NULL ORDER BY lines.body_id"""


def old_bodies(
    given: GraphInput, before: datetime, *, sources: Collection[str] = (), with_standing: bool = False
) -> list[int]:
    """The bodies that were told before a moment only, and had been replaced by then: no read at it or later needs them.

    sources: bodies that these alone told; all of them where none is named. with_standing: also what still holds.
    """
    frame = Frame(given)
    try:
        make_readings(frame)
        moment = before.astimezone(UTC).replace(tzinfo=None)
        of = "lines.source IN (SELECT UNNEST(?))" if sources else "TRUE"
        sql = OLD.format(condition="TRUE" if with_standing else OVER, of=of)
        values = [moment, *([] if with_standing else [moment, moment]), *([list(sources)] if sources else [])]
        return [int(row[0]) for row in frame.run(sql, values).fetchall()]
    finally:
        frame.close()


def bodies_of(given: GraphInput, iid: object) -> list[int]:
    """The bodies of all records that ever described the artifacts that bear an identifier."""
    graph = Graph(given)
    try:
        return [int(row[0]) for row in graph.frame.run(OF_ARTIFACT, [str(iid)]).fetchall()]
    finally:
        graph.close()

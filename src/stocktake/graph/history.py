"""History: what each claim tells, with the time that it holds, partitioned by artifact."""

from __future__ import annotations

from stocktake.graph.frame import Frame


def make_history(frame: Frame) -> None:
    """Make `telling_<kind>` and `link_telling`: claims and links with artifact, times and backfill.

    Columns beside the claim's own: artifact_id, from_at, until_at, first_at, last_at, chain, backfill_at (from when the
    first record of a claim stands in for the time before it, else from_at) and created_at's effect on it.
    """
    frame.make(
        "in_force",
        """SELECT key_id, seq, says, source, from_at, until_at, first_at, last_at, chain FROM reading
        UNION ALL
        SELECT key_id, seq, 'edit', source, from_at, until_at, from_at, from_at, NULL FROM edit_reading""",
    )
    _make_several(frame)
    for kind in frame.schema.kinds:
        _make_tellings(frame, kind)
    _make_none_tellings(frame)
    _make_links(frame)


def _make_several(frame: Frame) -> None:
    """`several`: artifacts that may have more than one claim in force at once; all others take a short way."""
    told = " UNION ALL ".join(
        f"SELECT claim_id, seq, key_id, kind FROM claims_{kind}" for kind in [*frame.schema.kinds, "open"]
    )
    frame.make(
        "several",
        f"""WITH told AS ({told}),
        counted AS (
            SELECT claim_id, kind, COUNT(*) + COUNT(slow_key.key_id) AS tellings
            FROM told LEFT JOIN slow_key ON slow_key.key_id = told.key_id GROUP BY claim_id, kind
        )
        SELECT claim_artifact.artifact_id FROM claim_artifact
        JOIN counted ON counted.claim_id = claim_artifact.claim_id AND counted.kind = claim_artifact.stated_kind
        GROUP BY claim_artifact.artifact_id HAVING SUM(counted.tellings) > 1""",
    )


def _make_tellings(frame: Frame, kind: str) -> None:
    """`telling_<kind>`: stated claims of the kind, and open claims that came to it with their common fields."""
    frame.view(
        f"telling_{kind}",
        f"""WITH told AS (
            SELECT * FROM claims_{kind}
            UNION ALL BY NAME
            SELECT claims_open.* FROM claims_open
            JOIN claim_artifact ON claim_artifact.claim_id = claims_open.claim_id
                AND claim_artifact.stated_kind = 'open' AND claim_artifact.kind = '{kind}'
        ),
        timed AS (
            SELECT told.* EXCLUDE (key_id, source, says, kind), told.kind AS stated_kind, in_force.key_id,
                in_force.source, in_force.says, in_force.from_at, in_force.until_at, in_force.first_at,
                in_force.last_at, in_force.chain, claim_artifact.artifact_id, claim_artifact.is_by_default,
                in_force.from_at = MIN(in_force.from_at) OVER (PARTITION BY told.claim_id)
                    AND in_force.says IN ('state', 'summary') AS is_first
            FROM told
            JOIN in_force ON in_force.seq = told.seq AND in_force.key_id = told.key_id
            JOIN claim_artifact ON claim_artifact.claim_id = told.claim_id AND claim_artifact.kind = '{kind}'
                AND claim_artifact.stated_kind = told.kind
        )
        SELECT *, CASE WHEN is_first THEN LEAST(created_at, from_at) ELSE from_at END AS backfill_at FROM timed""",
    )


def _make_none_tellings(frame: Frame) -> None:
    """`telling_none`: claims that describe no artifact but may carry links."""
    frame.view(
        "telling_none",
        """SELECT claims_none.claim_id, in_force.*, in_force.from_at AS backfill_at,
            in_force.from_at = MIN(in_force.from_at) OVER (PARTITION BY claims_none.claim_id) AS is_first
        FROM claims_none JOIN in_force ON in_force.seq = claims_none.seq AND in_force.key_id = claims_none.key_id""",
    )


def _make_links(frame: Frame) -> None:
    """`link_telling`: every told link with the artifact that it leaves, and its reading's times."""
    attributes = "".join(f', links."{name}"' for name in sorted(frame.schema.attributes()))
    frame.view(
        "link_telling",
        f"""SELECT claim_artifact.artifact_id AS from_id, claim_artifact.kind AS from_kind, links.claim_id, links.seq,
            links.edge, links.namespace, links.value, links.to_iid, links.to_kind, links.from_at AS told_from,
            links.until_at AS told_until, links.rule, in_force.source, in_force.says, in_force.key_id,
            in_force.from_at, in_force.until_at, in_force.first_at, in_force.last_at, in_force.chain,
            claim_artifact.is_passive,
            in_force.says IN ('state', 'summary')
                AND in_force.from_at = MIN(in_force.from_at) OVER (PARTITION BY links.claim_id) AS is_first
            {attributes}
        FROM links
        JOIN in_force ON in_force.seq = links.seq AND in_force.key_id = links.key_id
        LEFT JOIN claim_artifact ON claim_artifact.claim_id = links.claim_id AND claim_artifact.stated_kind = links.kind""",
    )

"""History: what each claim tells, with the time that it holds, partitioned by artifact."""

from __future__ import annotations

from stocktake.graph.frame import Frame

# Two versions that one run saw of one place are two links, not a conflict.
LINK_KEYS = ("slot", "digest", "version")


def make_history(frame: Frame) -> None:
    """Make `telling_<kind>` and `telling_none`: claims with artifact, times and backfill; `link_since`.

    Columns beside the claim's own: artifact_id, from_at, until_at, first_at, last_at, chain, backfill_at (from when the
    first record of a claim stands in for the time before it, else from_at) and is_many (the claim has several tellings).
    """
    frame.make(
        "in_force",
        """SELECT key_id, seq, says, source, from_at, until_at, first_at, last_at, chain FROM reading
        UNION ALL
        SELECT key_id, seq, 'edit', source, from_at, until_at, decided_at, decided_at, NULL FROM edit_reading""",
    )
    _make_several(frame)
    for kind in frame.schema.kinds:
        _make_tellings(frame, kind)
    _make_none_tellings(frame)
    _make_link_since(frame)


def _make_several(frame: Frame) -> None:
    """`many_claim`, `several`: claims and artifacts that may have several tellings; all others take short ways."""
    told = " UNION ALL ".join(
        f"SELECT claim_id, key_id, kind FROM claims_{kind}" for kind in [*frame.schema.kinds, "open", "none"]
    )
    frame.make(
        "counted",
        f"""SELECT claim_id, kind, COUNT(*) + COUNT(slow_key.key_id) AS tellings
        FROM ({told}) AS told LEFT JOIN slow_key ON slow_key.key_id = told.key_id GROUP BY claim_id, kind""",
    )
    frame.make("many_claim", "SELECT claim_id FROM counted GROUP BY claim_id HAVING SUM(tellings) > 1")
    frame.make(
        "several",
        """SELECT claim_artifact.artifact_id FROM claim_artifact
        JOIN counted ON counted.claim_id = claim_artifact.claim_id AND counted.kind = claim_artifact.stated_kind
        GROUP BY claim_artifact.artifact_id HAVING SUM(counted.tellings) > 1""",
    )


def _make_tellings(frame: Frame, kind: str) -> None:
    """`telling_<kind>`: stated claims of the kind, and open claims that came to it with their common fields."""
    frame.view(f"telling_once_{kind}", _telling_sql(kind, many=False))
    frame.view(f"telling_many_{kind}", _telling_sql(kind, many=True))
    frame.view(
        f"telling_{kind}", f"SELECT * FROM telling_once_{kind} UNION ALL BY NAME SELECT * FROM telling_many_{kind}"
    )


def _telling_sql(kind: str, *, many: bool) -> str:
    """SQL of the tellings of claims with several of them, where the first has to be found, or of all others."""
    earliest = "AND in_force.from_at = MIN(in_force.from_at) OVER (PARTITION BY told.claim_id)" if many else ""
    created = "MIN(told.created_at) OVER (PARTITION BY told.claim_id, in_force.from_at)" if many else "told.created_at"
    return f"""WITH told AS (
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
                in_force.says IN ('state', 'summary') {earliest} AS is_first, {many} AS is_many,
                {created} AS told_created
            FROM told
            {"SEMI" if many else "ANTI"} JOIN many_claim ON many_claim.claim_id = told.claim_id
            JOIN in_force ON in_force.seq = told.seq
            JOIN claim_artifact ON claim_artifact.claim_id = told.claim_id AND claim_artifact.kind = '{kind}'
                AND claim_artifact.stated_kind = told.kind
        )
        SELECT * EXCLUDE told_created, CASE WHEN is_first THEN LEAST(told_created, from_at) ELSE from_at END AS backfill_at
        FROM timed"""


def _make_none_tellings(frame: Frame) -> None:
    """`telling_none`: claims that describe no artifact but may carry links."""
    frame.view(
        "telling_none",
        """SELECT claims_none.claim_id, claims_none.passive, claims_none.kind AS stated_kind, in_force.*,
            many_claim.claim_id IS NOT NULL AS is_many,
            in_force.from_at = MIN(in_force.from_at) OVER (PARTITION BY claims_none.claim_id) AS is_first
        FROM claims_none JOIN in_force ON in_force.seq = claims_none.seq
        LEFT JOIN many_claim ON many_claim.claim_id = claims_none.claim_id""",
    )


def link_keys(frame: Frame) -> list[str]:
    """The attributes of links that tell two links of one pair apart."""
    return [name for name in LINK_KEYS if name in frame.schema.attributes()]


def _make_link_since(frame: Frame) -> None:
    """`link_since`: for links of claims with several tellings, since when each was told without a break."""
    names = ["claim_id", "edge", "to_iid", "to_kind", *link_keys(frame)]
    keys = ", ".join(f'"{name}"' for name in names)
    links = ", ".join(f'links."{name}"' for name in names)
    frame.make(
        "link_since",
        f"""WITH told AS (
            SELECT DISTINCT {links}, in_force.from_at, COALESCE(in_force.until_at, 'infinity') AS until_at
            FROM links
            SEMI JOIN many_claim ON many_claim.claim_id = links.claim_id
            JOIN in_force ON in_force.seq = links.seq AND in_force.says IN ('state', 'summary')
        ),
        broken AS (
            SELECT *, (from_at <= MAX(until_at) OVER (
                PARTITION BY {keys} ORDER BY from_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )) IS NOT TRUE AS is_new
            FROM told
        )
        SELECT {keys}, from_at, MAX(CASE WHEN is_new THEN from_at END) OVER (
            PARTITION BY {keys} ORDER BY from_at ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS since_at
        FROM broken QUALIFY ROW_NUMBER() OVER (PARTITION BY {keys}, from_at) = 1""",
    )

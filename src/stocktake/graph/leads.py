"""Where every telling leads: its links, each with the artifact that it reaches, whatever the moment."""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.history import link_keys
from stocktake.graph.ids import artifact_id


def make_leads(frame: Frame) -> None:
    """Make `lead`: the links of all tellings; `edge_target`: the kinds that each edge may lead to, in their order.

    lead: telling (its row in `telling`), claim_id, from_kind, edge, what is told of the end (to_iid, to_kind) and of
    the time (from_at, until_at), since_at, begins_at, attributes; end_id and end_kind, the artifact that bears the
    identifier (is_reached), else a ghost; may_pass: at some moment the end may only carry, and pass on what leads to
    it. Also `told_end`: the words of each identifier that is linked to.
    """
    listed = [
        f"('{kind.name}', '{edge.name}', '{target}', {place})"
        for kind in frame.schema.kinds.values()
        for edge in kind.edges.values()
        for place, target in enumerate(frame.schema.targets(edge))
    ]
    frame.make("edge_target", f"SELECT * FROM (VALUES {', '.join(listed)}) AS listed (kind, edge, target, place)")
    frame.make(
        "first_target", "SELECT kind, edge, ARG_MIN(target, place) AS target FROM edge_target GROUP BY kind, edge"
    )
    frame.view(
        "told_end",
        "SELECT to_iid AS iid, ANY_VALUE(namespace) AS namespace, ANY_VALUE(value) AS value FROM links GROUP BY to_iid",
    )
    told = [_told_sql(frame, many=False)]
    if frame.rows("SELECT 1 FROM many_claim LIMIT 1"):
        told.append(_told_sql(frame, many=True))
    frame.view("told_lead", " UNION ALL ".join(told))
    frame.make("lead", f"SELECT * EXCLUDE (namespace, value) FROM ({addressed_sql(frame, 'told_lead')}) AS addressed")


def _told_sql(frame: Frame, *, many: bool) -> str:
    """SQL of the links of claims with several tellings, which look up since when they were told, or of all others.

    What nothing is to be found in is not joined at all: it would be taken to leave few rows, and spoil the plan.
    """
    passes = frame.rows("SELECT 1 FROM links WHERE edge = 'carries' LIMIT 1")
    passing = """LEFT JOIN (
            SELECT DISTINCT own.iid FROM own SEMI JOIN links ON links.claim_id = own.claim_id AND links.edge = 'carries'
        ) AS passing ON passing.iid = links.to_iid"""
    keys = ["to_kind", *link_keys(frame)]
    same = " AND ".join(f'link_since."{name}" IS NOT DISTINCT FROM links."{name}"' for name in keys)
    since = f"""LEFT JOIN link_since ON link_since.claim_id = links.claim_id AND link_since.edge = links.edge
            AND link_since.to_iid = links.to_iid AND link_since.from_at = telling.from_at AND {same}"""
    attributed = "".join(f', links."{name}"' for name in attributes(frame))
    return f"""SELECT telling.rowid AS telling, links.claim_id, telling.kind AS from_kind, links.edge, links.namespace,
            links.value, links.to_iid, links.to_kind, links.from_at, links.until_at,
            COALESCE(links.from_at, {"link_since.since_at, " if many else ""}telling.from_at) AS since_at,
            COALESCE(links.from_at, telling.from_at) AS begins_at,
            {"passing.iid IS NOT NULL" if passes else "FALSE"} AS may_pass {attributed}
        FROM links
        JOIN telling ON telling.claim_id = links.claim_id AND telling.seq = links.seq
            AND telling.stated_kind = links.kind
        {passing if passes else ""} {since if many else ""}
        WHERE {"" if many else "NOT "}telling.is_many"""


def attributes(frame: Frame) -> list[str]:
    """The names of all that a link may tell beside its ends and times."""
    return sorted(frame.schema.attributes())


def addressed_sql(frame: Frame, table: str) -> str:
    """Links with the artifact that their identifier is an address of, of the first kind that the edge allows, or with a
    ghost: end_id, end_kind, is_reached. table: has the words of the identifiers, namespace and value.

    Nearly every address is of one artifact: only of the few others is the first kind to be found.
    """
    reached_id = "CASE WHEN allowed.target IS NOT NULL THEN single.artifact_id END"
    reached, joined = "allowed.target", ""
    if frame.rows("SELECT 1 FROM address WHERE is_shared LIMIT 1"):
        _make_shared_target(frame, table)
        reached_id = "CASE WHEN allowed.target IS NULL THEN shared.artifact_id ELSE single.artifact_id END"
        reached = "COALESCE(allowed.target, shared.kind)"
        joined = """LEFT JOIN shared_target AS shared ON shared.iid = told.to_iid AND shared.from_kind = told.from_kind
            AND shared.edge = told.edge AND shared.to_kind = COALESCE(told.to_kind, '')"""
    return f"""SELECT told.* EXCLUDE reached_id, COALESCE(reached_id, {ghost_id("end_kind")}) AS end_id FROM (
    SELECT told.*, {reached_id} AS reached_id, {reached} IS NOT NULL AS is_reached,
        COALESCE({reached}, told.to_kind, first_target.target) AS end_kind
    FROM {table} AS told
    LEFT JOIN first_target ON first_target.kind = told.from_kind AND first_target.edge = told.edge
    LEFT JOIN (SELECT iid, kind, artifact_id FROM address WHERE NOT is_shared) AS single ON single.iid = told.to_iid
    LEFT JOIN edge_target AS allowed ON allowed.kind = told.from_kind AND allowed.edge = told.edge
        AND allowed.target = single.kind AND COALESCE(told.to_kind, single.kind) = single.kind
    {joined}
    ) AS told"""


def _make_shared_target(frame: Frame, table: str) -> None:
    """`shared_target`: what an address of several artifacts leads to, from each kind by each edge of these links."""
    frame.make(
        "shared_target",
        f"""SELECT address.iid, edge_target.kind AS from_kind, edge_target.edge, wanted.to_kind,
            ARG_MIN(address.artifact_id, edge_target.place) AS artifact_id, ARG_MIN(address.kind, edge_target.place) AS kind
        FROM address JOIN edge_target ON edge_target.target = address.kind
        JOIN (SELECT DISTINCT from_kind, edge, COALESCE(to_kind, '') AS to_kind FROM {table}) AS wanted
            ON wanted.from_kind = edge_target.kind AND wanted.edge = edge_target.edge
            AND wanted.to_kind IN ('', address.kind)
        WHERE address.is_shared
        GROUP BY address.iid, edge_target.kind, edge_target.edge, wanted.to_kind""",
    )


def ghost_id(kind: str) -> str:
    """SQL of the id of what is only referred to, from the columns namespace and value. kind: SQL of its kind."""
    return artifact_id(kind, "namespace", "value")

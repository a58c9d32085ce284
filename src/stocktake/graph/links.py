"""Links at one moment: where they lead, what passes through, and what nobody has described."""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.history import LINK_KEYS, link_keys
from stocktake.schema.spec import SQL_TYPES, EdgeSpec

MAX_CARRIES = 8
PASSED = ("namespace", "value", "to_iid", "to_kind")
COLUMNS = (
    "from_id", "from_kind", "claim_id", "edge", "from_at", "until_at", "told_from", "is_backfilled", "is_passive",
    "source", "is_edit", "seen_at", "told_iid", *PASSED,
)  # fmt: skip


def make_links(frame: Frame, as_of: str) -> None:
    """Make `link`: told links that hold, resolved.

    Needs `now_claim` and `address`. What a person closed is left out. A link to something that only carries (an endpoint's configuration) passes on to
    what that carries, at as_of. A target that no claim describes is a ghost of the edge's kind.
    """
    _make_held(frame, as_of)
    _make_resolved(frame)
    _close_links(frame, as_of)


def _attributes(frame: Frame) -> list[str]:
    return sorted(frame.schema.attributes())


def _make_held(frame: Frame, as_of: str) -> None:
    """`held`: told links that hold at as_of; `carrier`: what passes references on."""
    keys = link_keys(frame)
    same = " AND ".join(f'link_since."{name}" IS NOT DISTINCT FROM links."{name}"' for name in ["to_kind", *keys])
    frame.make(
        "held_all",
        f"""SELECT now_claim.artifact_id AS from_id, now_claim.kind AS from_kind, links.claim_id, links.edge,
            links.namespace, links.value, links.to_iid, links.to_iid AS told_iid, links.to_kind,
            COALESCE(links.from_at, link_since.since_at, now_claim.from_at) AS from_at, links.until_at,
            links.from_at AS told_from, COALESCE(links.from_at, now_claim.from_at) AS begins_at,
            now_claim.is_backfilled, now_claim.passive AS is_passive, now_claim.source, now_claim.is_edit,
            now_claim.seen_at {_told_attributes(frame)}
        FROM links
        JOIN now_claim ON now_claim.claim_id = links.claim_id AND now_claim.seq = links.seq
            AND now_claim.stated_kind = links.kind
        LEFT JOIN link_since ON now_claim.is_many AND link_since.claim_id = links.claim_id
            AND link_since.edge = links.edge AND link_since.to_iid = links.to_iid
            AND link_since.from_at = now_claim.from_at AND {same}
        WHERE (links.from_at IS NULL OR links.from_at <= {as_of}) AND (links.until_at IS NULL OR {as_of} < links.until_at)""",
    )
    # An event may end a link that an earlier one told.
    frame.make(
        "ended_telling",
        f"""SELECT links.claim_id, links.edge, links.to_iid, MAX(links.until_at) AS ended_at FROM links
        JOIN now_claim ON now_claim.claim_id = links.claim_id AND now_claim.seq = links.seq
        WHERE links.until_at <= {as_of} AND now_claim.says = 'event'
        GROUP BY links.claim_id, links.edge, links.to_iid""",
    )
    has_ended = frame.rows("SELECT 1 FROM ended_telling LIMIT 1")
    ended = """ANTI JOIN ended_telling AS ended ON ended.claim_id = held_all.claim_id AND ended.edge = held_all.edge
            AND ended.to_iid = held_all.to_iid AND ended.ended_at > held_all.begins_at"""
    frame.view(
        "held",
        f"""SELECT held_all.* FROM held_all {ended if has_ended else ""}
        WHERE held_all.edge <> 'carries' AND held_all.from_id IS NOT NULL""",
    )
    frame.make(
        "carrier",
        f"""SELECT DISTINCT own.iid, held_all.claim_id, held_all.namespace, held_all.value, held_all.to_iid, held_all.to_kind
            {"".join(f', held_all."{name}"' for name in _attributes(frame))}
        FROM held_all JOIN own ON own.claim_id = held_all.claim_id WHERE held_all.edge = 'carries'""",
    )
    listed = [
        f"('{kind.name}', '{edge.name}', '{target}', {place})"
        for kind in frame.schema.kinds.values()
        for edge in kind.edges.values()
        for place, target in enumerate(frame.schema.targets(edge))
    ]
    frame.make("edge_target", f"SELECT * FROM (VALUES {', '.join(listed)}) AS listed (kind, edge, target, place)")


def _told_attributes(frame: Frame) -> str:
    """SQL of links' attributes at as_of: what tells links apart never goes stale, nor does a link itself."""
    momentary = {name for name, spec in frame.schema.attributes().items() if spec.momentary}
    told = []
    for name in _attributes(frame):
        conditions = [] if name in LINK_KEYS else ["now_claim.is_stale"]
        conditions += ["now_claim.is_backfilled"] if name in momentary else []
        value = f'links."{name}"'
        told.append(f'CASE WHEN NOT ({" OR ".join(conditions)}) THEN {value} END AS "{name}"' if conditions else value)
    return "".join(f", {each}" for each in told)


def _close_links(frame: Frame, as_of: str) -> None:
    """Leave out of `link` what a person closed, by any identifier of its end; a link that a person told later stays."""
    if not frame.rows("SELECT 1 FROM closed_link LIMIT 1"):
        return
    frame.make(
        "link",
        f"""SELECT link.* FROM link ANTI JOIN (
            SELECT address.artifact_id AS from_id, closed_link.edge, closed_link.to_iid, closed_link.decided_at,
                target.artifact_id AS to_id
            FROM closed_link
            JOIN address ON address.iid = closed_link.iid AND address.kind = closed_link.kind
            LEFT JOIN address AS target ON target.iid = closed_link.to_iid
            WHERE closed_link.closed_at <= {as_of} AND (closed_link.until IS NULL OR {as_of} < closed_link.until)
        ) AS closed ON closed.from_id = link.from_id AND closed.edge = link.edge
            AND (closed.to_iid = link.told_iid OR closed.to_iid = link.to_iid OR closed.to_id = link.to_id)
            AND NOT (link.is_edit AND link.seen_at > closed.decided_at)""",
    )


def _make_resolved(frame: Frame) -> None:
    """`link`: each held link with the artifact it reaches, and the claims it passed through; what stays open is a ghost."""
    names = _attributes(frame)
    columns = ", ".join([*COLUMNS, *(f'"{name}"' for name in names)])
    none = "CAST([] AS UUID[]) AS via"
    carries = frame.rows("SELECT 1 FROM carrier LIMIT 1")
    passing = "ANTI JOIN carrier ON carrier.iid = told.to_iid" if carries else ""
    frame.make(
        "link", f"SELECT {columns}, {none}, to_id, reached FROM ({_addressed_sql(frame, 'held')}) AS told {passing}"
    )
    if not carries:
        return
    frame.make("open_link", f"SELECT {columns}, {none} FROM held SEMI JOIN carrier ON carrier.iid = held.to_iid")
    passed = "".join(f', COALESCE(told."{name}", carrier."{name}") AS "{name}"' for name in names)
    kept = ", ".join(f"told.{name}" for name in COLUMNS if name not in PASSED)
    onward = "carrier.iid = told.to_iid AND NOT LIST_CONTAINS(told.via, carrier.claim_id)"
    for step in range(MAX_CARRIES + 1):
        if not frame.rows("SELECT 1 FROM open_link LIMIT 1"):
            return
        # What is described itself is reached; only what is not passes on, and no claim passes a link on twice.
        frame.make("settled_link", _addressed_sql(frame, "open_link"))
        ends = f"WHERE told.to_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM carrier WHERE {onward})"
        frame.add(
            "link",
            f"SELECT {columns}, via, to_id, reached FROM settled_link AS told {ends if step < MAX_CARRIES else ''}",
            f"{columns}, via, to_id, reached",
        )
        frame.make(
            "open_link",
            f"""SELECT {kept}, carrier.namespace, carrier.value, carrier.to_iid,
                COALESCE(carrier.to_kind, told.to_kind) AS to_kind {passed},
                LIST_APPEND(told.via, carrier.claim_id) AS via
            FROM settled_link AS told JOIN carrier ON {onward} WHERE told.to_id IS NULL""",
        )


def _addressed_sql(frame: Frame, table: str) -> str:
    """Links with the artifact that their identifier is an address of, of the first kind that the edge allows.

    Nearly every address is of one artifact: only of the few others is the first kind to be found.
    """
    to_id = "CASE WHEN allowed.target IS NOT NULL THEN single.artifact_id END"
    reached, joined = "allowed.target", ""
    if frame.rows("SELECT 1 FROM address WHERE is_shared LIMIT 1"):
        _make_shared_target(frame, table)
        to_id = "CASE WHEN allowed.target IS NULL THEN shared.artifact_id ELSE single.artifact_id END"
        reached = "COALESCE(allowed.target, shared.kind)"
        joined = """LEFT JOIN shared_target AS shared ON shared.iid = told.to_iid AND shared.from_kind = told.from_kind
            AND shared.edge = told.edge AND shared.to_kind = COALESCE(told.to_kind, '')"""
    return f"""SELECT told.*, {to_id} AS to_id, {reached} AS reached
    FROM {table} AS told
    LEFT JOIN (SELECT iid, kind, artifact_id FROM address WHERE NOT is_shared) AS single ON single.iid = told.to_iid
    LEFT JOIN edge_target AS allowed ON allowed.kind = told.from_kind AND allowed.edge = told.edge
        AND allowed.target = single.kind AND COALESCE(told.to_kind, single.kind) = single.kind
    {joined}"""


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


def make_edges(frame: Frame) -> None:
    """Make `edge_<kind>_<edge>` from links whose start exists, and `ghost`; needs `present` and `begun`.

    What is described only later is a ghost until then. A link that stands in for the time before it was seen does not
    hold before its end exists, and holds from the latest of its own told time and both ends' created_at.
    """
    _make_ended_links(frame)
    frame.told_edges = {
        (str(row[0]), str(row[1])) for row in frame.rows("SELECT DISTINCT from_kind, edge FROM ended_link")
    }
    for kind in frame.schema.kinds.values():
        for edge in kind.edges.values():
            if (kind.name, edge.name) in frame.told_edges:
                _make_edge(frame, kind.name, edge.name, [each.name for each in edge.attributes])
            else:
                frame.make_empty(f"edge_{kind.name}_{edge.name}", _edge_columns(edge))
    _make_ghosts(frame)
    frame.drop("link", "held_all", "open_end")


def _make_ended_links(frame: Frame) -> None:
    """`ended_link`: links whose start exists, each with its end and whether that is described, retired or a ghost."""
    frame.make(
        "first_target", "SELECT kind, edge, ARG_MIN(target, place) AS target FROM edge_target GROUP BY kind, edge"
    )
    # One target has many links: what nobody describes gets its id once.
    frame.make(
        "open_end",
        """SELECT iid, kind, LEFT(sha256(kind || chr(31) || namespace || chr(31) || value), 32) AS id FROM (
            SELECT link.to_iid AS iid, COALESCE(link.to_kind, first_target.target) AS kind,
                ANY_VALUE(link.namespace) AS namespace, ANY_VALUE(link.value) AS value
            FROM link JOIN first_target ON first_target.kind = link.from_kind AND first_target.edge = link.edge
            WHERE link.to_id IS NULL GROUP BY ALL
        )""",
    )
    frame.make(
        "described_once",
        """SELECT DISTINCT claim_artifact.artifact_id FROM claim_artifact
        SEMI JOIN absent ON absent.artifact_id = claim_artifact.artifact_id WHERE NOT claim_artifact.is_edit""",
    )
    frame.make(
        "ended_link",
        """SELECT link.* EXCLUDE (to_id, reached, from_at),
            COALESCE(link.reached, link.to_kind, first_target.target) AS end_kind,
            COALESCE(link.to_id, open_end.id) AS end_id,
            CASE WHEN target.id IS NOT NULL THEN 'described' WHEN begun.is_retired THEN 'retired' ELSE 'ghost' END AS to_is,
            CASE WHEN link.is_backfilled THEN COALESCE(
                GREATEST(link.told_from, origin.created_at, target.created_at, begun.created_at), link.from_at
            ) ELSE link.from_at END AS from_at
        FROM link
        JOIN present AS origin ON origin.id = link.from_id
        JOIN first_target ON first_target.kind = link.from_kind AND first_target.edge = link.edge
        LEFT JOIN open_end ON link.to_id IS NULL AND open_end.iid = link.to_iid
            AND open_end.kind = COALESCE(link.to_kind, first_target.target)
        LEFT JOIN present AS target ON target.id = link.to_id
        LEFT JOIN begun ON begun.id = link.to_id
        LEFT JOIN described_once AS later ON later.artifact_id = link.to_id
        WHERE NOT link.is_backfilled OR link.to_id IS NULL OR target.id IS NOT NULL OR begun.id IS NOT NULL
            OR later.artifact_id IS NULL""",
    )


def _make_ghosts(frame: Frame) -> None:
    """`ghost`: each thing that a link leads to and nobody describes."""
    frame.make(
        "ghost",
        """SELECT id, kind, MIN(namespace) AS namespace, MIN(value) AS value, MIN(iid) AS iid FROM (
            SELECT end_id AS id, end_kind AS kind, namespace, value, to_iid AS iid
            FROM ended_link WHERE to_is = 'ghost' AND NOT is_passive
            UNION ALL
            -- What only carries names its target too, where it says of what kind that is.
            SELECT LEFT(sha256(to_kind || chr(31) || namespace || chr(31) || value), 32), to_kind, namespace, value, to_iid
            FROM held_all
            ANTI JOIN address ON address.iid = held_all.to_iid AND address.kind = held_all.to_kind
            WHERE edge = 'carries' AND to_kind IS NOT NULL
        ) GROUP BY id, kind""",
    )


def _edge_columns(edge: EdgeSpec) -> dict[str, str]:
    """The columns of an edge's table, with their types."""
    told = dict.fromkeys(("from_id", "to_id", "to_kind", "to_is"), "VARCHAR")
    told |= {each.name: SQL_TYPES[each.type] for each in edge.attributes}
    return {**told, "from_at": "TIMESTAMP", "until_at": "TIMESTAMP", "sources": "VARCHAR[]"}


def _make_edge(frame: Frame, kind: str, edge: str, attributes: list[str]) -> None:
    """One edge table: a row per (from, to, slot) and version seen; other attributes win like fields.

    Nearly every link is told once: those take a short way.
    """
    keys = "".join(f', "{name}"' for name in attributes if name in LINK_KEYS)
    others = [name for name in attributes if name not in LINK_KEYS]
    group = f"from_id, end_id, end_kind, to_is {keys}"
    same = " AND ".join(
        ["one.from_id = told.from_id", "one.end_id = told.end_id"]
        + [f'one."{name}" IS NOT DISTINCT FROM told."{name}"' for name in attributes if name in LINK_KEYS]
    )
    frame.view("told_link", f"SELECT * FROM ended_link WHERE from_kind = '{kind}' AND edge = '{edge}'")
    frame.make("told_twice", f"SELECT {group} FROM told_link GROUP BY {group} HAVING COUNT(*) > 1")
    once = "".join(f', "{name}"' for name in others)
    ids = f"from_id, end_id AS to_id, end_kind AS to_kind, to_is {keys}"
    frame.make(
        f"edge_{kind}_{edge}",
        f"""SELECT {ids} {once}, DATE_TRUNC('second', from_at) AS from_at,
            DATE_TRUNC('second', until_at) AS until_at, [source] AS sources
        FROM told_link AS told ANTI JOIN told_twice AS one ON {same}
        UNION ALL
        SELECT {ids} {"".join(f", {_winner(name)}" for name in others)}, DATE_TRUNC('second', MIN(from_at)),
            CASE WHEN COUNT(until_at) = COUNT(*) THEN DATE_TRUNC('second', MAX(until_at)) END, LIST_SORT(LIST(DISTINCT source))
        FROM told_link AS told SEMI JOIN told_twice AS one ON {same} GROUP BY {group}""",
    )


def _winner(name: str) -> str:
    order = f"{{'edit': is_edit, 'at': seen_at, 'tie': CAST(TO_JSON(\"{name}\") AS VARCHAR)}}"
    return f'MAX_BY("{name}", {order}) FILTER ("{name}" IS NOT NULL) AS "{name}"'

"""Links at one moment: where they lead, what passes through, and what nobody has described."""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.history import LINK_KEYS
from stocktake.graph.leads import addressed_sql, attributes, ghost_id
from stocktake.schema.spec import SQL_TYPES, EdgeSpec

MAX_CARRIES = 8
PASSED = ("to_iid", "to_kind")
COLUMNS = (
    "from_id", "from_kind", "claim_id", "edge", "from_at", "until_at", "told_from", "is_backfilled", "is_passive",
    "source", "is_edit", "seen_at", "told_iid", *PASSED,
)  # fmt: skip
END = ("end_id", "end_kind", "is_reached")
"""Where it leads: an artifact or a ghost, and of which kind; whether it is an artifact that is described at any time."""
REACHED_ID = "CASE WHEN link.is_reached THEN link.end_id END"
ENDED = (
    "from_id", "from_kind", "claim_id", "edge", "via", "until_at", "is_passive", "source", "is_edit", "seen_at",
    "to_iid", "end_id", "end_kind",
)  # fmt: skip
"""What `ended_link` keeps of a link, beside its attributes and its end."""

TIMES_AND_SOURCES = {
    "from_at": ("DATE_TRUNC('second', from_at)", "DATE_TRUNC('second', MIN(from_at))"),
    "until_at": (
        "DATE_TRUNC('second', until_at)",
        "CASE WHEN COUNT(until_at) = COUNT(*) THEN DATE_TRUNC('second', MAX(until_at)) END",
    ),
    "sources": ("[source]", "LIST_SORT(LIST(DISTINCT source))"),
}
"""What an edge says beside its attributes: SQL of it where it is told once, and where it is told twice."""


def make_links(frame: Frame, as_of: str) -> None:
    """Make `link`: told links that hold, resolved.

    Needs `now_claim` and `lead`. What a person closed is left out. A link to something that only carries (an
    endpoint's configuration) passes on to what that carries, at as_of. A target that no claim describes is a ghost of
    the edge's kind.
    """
    _make_held(frame, as_of)
    _make_resolved(frame)
    _close_links(frame, as_of)


def _make_held(frame: Frame, as_of: str) -> None:
    """`held`: told links that hold at as_of; `carried`: those of what passes references on, `carrier`: the same by
    each identifier of it.
    """
    # An event may end a link that an earlier one told.
    frame.make(
        "ended_telling",
        f"""SELECT lead.claim_id, lead.edge, lead.to_iid, MAX(lead.until_at) AS ended_at
        FROM lead JOIN now_claim ON now_claim.telling = lead.telling
        WHERE lead.until_at <= {as_of} AND now_claim.says = 'event'
        GROUP BY lead.claim_id, lead.edge, lead.to_iid""",
    )
    has_ended = frame.rows("SELECT 1 FROM ended_telling LIMIT 1")
    ended = """ANTI JOIN ended_telling AS ended ON ended.claim_id = lead.claim_id AND ended.edge = lead.edge
            AND ended.to_iid = lead.to_iid AND ended.ended_at > lead.begins_at"""
    told = f"""SELECT now_claim.artifact_id AS from_id, lead.* EXCLUDE (telling, from_at, since_at, begins_at
            {"".join(f', "{name}"' for name in attributes(frame))}),
            lead.since_at AS from_at, lead.from_at AS told_from, lead.to_iid AS told_iid, now_claim.is_backfilled,
            now_claim.passive AS is_passive, now_claim.source, now_claim.is_edit, now_claim.seen_at
            {_told_attributes(frame)}
        FROM lead JOIN now_claim ON now_claim.telling = lead.telling"""
    holds = f"(lead.from_at IS NULL OR lead.from_at <= {as_of}) AND (lead.until_at IS NULL OR {as_of} < lead.until_at)"
    frame.view(
        "held",
        f"""{told} {ended if has_ended else ""}
        WHERE {holds} AND lead.edge <> 'carries' AND now_claim.artifact_id IS NOT NULL""",
    )
    frame.make("carried", f"{told} WHERE {holds} AND lead.edge = 'carries'")
    if not frame.rows("SELECT 1 FROM carried LIMIT 1"):
        frame.make_empty("carrier", {"iid": "UUID", "claim_id": "UUID"})
        return
    frame.make(
        "carrier",
        f"""SELECT DISTINCT own.iid, carried.claim_id, told_end.namespace, told_end.value, carried.to_iid, carried.to_kind
            {"".join(f', carried."{name}"' for name in attributes(frame))}
        FROM carried JOIN own ON own.claim_id = carried.claim_id JOIN told_end ON told_end.iid = carried.to_iid""",
    )


def _told_attributes(frame: Frame) -> str:
    """SQL of links' attributes at as_of: what tells links apart never goes stale, nor does a link itself."""
    momentary = {name for name, spec in frame.schema.attributes().items() if spec.momentary}
    told = []
    for name in attributes(frame):
        conditions = [] if name in LINK_KEYS else ["now_claim.is_stale"]
        conditions += ["now_claim.is_backfilled"] if name in momentary else []
        value = f'lead."{name}"'
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
            AND (closed.to_iid = link.told_iid OR closed.to_iid = link.to_iid OR closed.to_id = {REACHED_ID})
            AND NOT (link.is_edit AND link.seen_at > closed.decided_at)""",
    )


def _make_resolved(frame: Frame) -> None:
    """`link`: each held link with the artifact it reaches, and the claims it passed through (NULL: none); what stays
    open is a ghost.
    """
    names = attributes(frame)
    columns = ", ".join([*COLUMNS, *(f'"{name}"' for name in names)])
    direct = f"SELECT {columns}, CAST(NULL AS UUID[]) AS via, {', '.join(END)}"
    if not frame.rows("SELECT 1 FROM carrier LIMIT 1"):
        # Where nothing is added or taken away, it is read where it is needed, and never in memory.
        is_final = not frame.is_lifting and not frame.rows("SELECT 1 FROM closed_link LIMIT 1")
        (frame.view if is_final else frame.make)("link", f"{direct} FROM held")
        return
    frame.make("link", f"{direct} FROM held WHERE NOT may_pass")
    frame.make("passing", "SELECT * FROM held WHERE may_pass")
    others = "FROM passing ANTI JOIN carrier ON carrier.iid = passing.to_iid"
    listed = f"{columns}, via, {', '.join(END)}"
    frame.add("link", f"{direct} {others}", listed)
    frame.make(
        "open_link",
        f"""SELECT {columns}, CAST([] AS UUID[]) AS via, told_end.namespace, told_end.value
        FROM passing JOIN told_end ON told_end.iid = passing.to_iid SEMI JOIN carrier ON carrier.iid = passing.to_iid""",
    )
    passed = "".join(f', COALESCE(told."{name}", carrier."{name}") AS "{name}"' for name in names)
    kept = ", ".join(f"told.{name}" for name in COLUMNS if name not in PASSED)
    onward = "carrier.iid = told.to_iid AND NOT LIST_CONTAINS(told.via, carrier.claim_id)"
    for step in range(MAX_CARRIES + 1):
        if not frame.rows("SELECT 1 FROM open_link LIMIT 1"):
            return
        # What is described itself is reached; only what is not passes on, and no claim passes a link on twice.
        frame.make("settled_link", addressed_sql(frame, "open_link"))
        ends = f"WHERE told.is_reached OR NOT EXISTS (SELECT 1 FROM carrier WHERE {onward})"
        frame.add(
            "link",
            f"SELECT {listed} FROM settled_link AS told {ends if step < MAX_CARRIES else ''}",
            listed,
        )
        frame.make(
            "open_link",
            f"""SELECT {kept}, carrier.namespace, carrier.value, carrier.to_iid,
                COALESCE(carrier.to_kind, told.to_kind) AS to_kind {passed},
                LIST_APPEND(told.via, carrier.claim_id) AS via
            FROM settled_link AS told JOIN carrier ON {onward} WHERE NOT told.is_reached""",
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
    frame.drop("link", "carried")


def _make_ended_links(frame: Frame) -> None:
    """`ended_link`: links whose start exists, each with its end and whether that is described, retired or a ghost."""
    frame.make(
        "described_once",
        """SELECT DISTINCT claim_artifact.artifact_id FROM claim_artifact
        SEMI JOIN absent ON absent.artifact_id = claim_artifact.artifact_id WHERE NOT claim_artifact.is_edit""",
    )
    frame.make(
        "ended_link",
        f"""SELECT {", ".join(f"link.{name}" for name in ENDED)},
            {"".join(f'link."{name}", ' for name in attributes(frame))}
            CASE WHEN target.id IS NOT NULL THEN 'described' WHEN begun.is_retired THEN 'retired' ELSE 'ghost' END AS to_is,
            CASE WHEN link.is_backfilled THEN COALESCE(
                GREATEST(link.told_from, origin.created_at, target.created_at, begun.created_at), link.from_at
            ) ELSE link.from_at END AS from_at
        FROM link
        JOIN present AS origin ON origin.id = link.from_id
        LEFT JOIN present AS target ON target.id = {REACHED_ID}
        LEFT JOIN begun ON begun.id = {REACHED_ID}
        LEFT JOIN described_once AS later ON later.artifact_id = {REACHED_ID}
        WHERE NOT link.is_backfilled OR NOT link.is_reached OR target.id IS NOT NULL OR begun.id IS NOT NULL
            OR later.artifact_id IS NULL""",
    )


def _make_ghosts(frame: Frame) -> None:
    """`ghost`: each thing that a link leads to and nobody describes, by every identifier that leads there."""
    frame.make(
        "ghost",
        f"""SELECT open_end.id, open_end.kind, ANY_VALUE(links.namespace) AS namespace, ANY_VALUE(links.value) AS value,
            open_end.iid
        FROM (
            SELECT DISTINCT end_id AS id, end_kind AS kind, to_iid AS iid
            FROM ended_link WHERE to_is = 'ghost' AND NOT is_passive
        ) AS open_end JOIN links ON links.to_iid = open_end.iid GROUP BY open_end.id, open_end.kind, open_end.iid
        UNION
        -- What only carries names its target too, where it says of what kind that is.
        SELECT {ghost_id("carried.to_kind")}, carried.to_kind, told_end.namespace, told_end.value, carried.to_iid
        FROM carried JOIN told_end ON told_end.iid = carried.to_iid
        ANTI JOIN address ON address.iid = carried.to_iid AND address.kind = carried.to_kind
        WHERE carried.to_kind IS NOT NULL""",
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
    ids = f"from_id, end_id AS to_id, end_kind AS to_kind, to_is {keys}"
    rest = {name: (f'"{name}"', _winner(name)) for name in others} | TIMES_AND_SOURCES
    kept = {name: told for name, told in rest.items() if frame.is_wanted(f"{kind}_{edge}", name)}
    once, twice = ("".join(f', {told[at]} AS "{name}"' for name, told in kept.items()) for at in (0, 1))
    frame.make(
        f"edge_{kind}_{edge}",
        f"""SELECT {ids} {once} FROM told_link AS told ANTI JOIN told_twice AS one ON {same}
        UNION ALL
        SELECT {ids} {twice} FROM told_link AS told SEMI JOIN told_twice AS one ON {same} GROUP BY {group}""",
    )


def _winner(name: str) -> str:
    order = f"{{'edit': is_edit, 'at': seen_at, 'tie': CAST(TO_JSON(\"{name}\") AS VARCHAR)}}"
    return f'MAX_BY("{name}", {order}) FILTER ("{name}" IS NOT NULL)'

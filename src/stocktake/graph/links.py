"""Links at one moment: where they lead, what passes through, and what nobody has described."""

from __future__ import annotations

from stocktake.graph.frame import Frame

MAX_CARRIES = 8
# Two versions that one run saw of one place are two links, not a conflict.
KEYS = ("slot", "digest", "version")


def make_links(frame: Frame, as_of: str) -> None:
    """Make `link` (told links that hold, resolved), `ghost_target`, and `edge_<kind>_<edge>` tables.

    Needs `now_claim` and `address`. A link to something that only carries (an endpoint's configuration) passes on to
    what that carries, at as_of. A target that no claim describes is a ghost of the edge's kind.
    """
    _make_held(frame, as_of)
    _make_resolved(frame)
    _make_targets(frame)


def _attributes(frame: Frame) -> list[str]:
    return sorted(frame.schema.attributes())


def _make_held(frame: Frame, as_of: str) -> None:
    """`held`: told links that hold at as_of, closed ones left out; `carrier`: what passes references on."""
    momentary = {name for name, spec in frame.schema.attributes().items() if spec.momentary}
    attributes = "".join(
        f""", CASE WHEN NOT (now_claim.is_stale{" OR now_claim.is_backfilled" if name in momentary else ""})
            THEN link_telling."{name}" END AS "{name}\""""
        for name in _attributes(frame)
    )
    frame.make(
        "held_all",
        f"""SELECT link_telling.from_id, link_telling.from_kind, link_telling.claim_id, link_telling.edge,
            link_telling.namespace, link_telling.value, link_telling.to_iid, link_telling.to_kind,
            COALESCE(link_telling.told_from, link_telling.from_at) AS from_at, link_telling.told_until AS until_at,
            link_telling.told_from, now_claim.is_backfilled, link_telling.is_passive, link_telling.source,
            link_telling.says = 'edit' AS is_edit, link_telling.last_at AS seen_at {attributes}
        FROM link_telling
        JOIN now_claim ON now_claim.claim_id = link_telling.claim_id AND now_claim.seq = link_telling.seq
            AND now_claim.key_id = link_telling.key_id
        WHERE (link_telling.told_from IS NULL OR link_telling.told_from <= {as_of})
            AND (link_telling.told_until IS NULL OR {as_of} < link_telling.told_until)
            AND (link_telling.from_at <= {as_of} OR link_telling.is_first)
            AND (link_telling.until_at IS NULL OR {as_of} < link_telling.until_at)""",
    )
    frame.make(
        "held",
        f"""SELECT held_all.* FROM held_all
        ANTI JOIN (
            SELECT address.artifact_id, closed_link.edge, closed_link.to_iid FROM closed_link
            JOIN address ON address.iid = closed_link.iid AND address.kind = closed_link.kind
            WHERE closed_link.closed_at <= {as_of} AND closed_link.decided_at <= {as_of}
                AND (closed_link.until IS NULL OR {as_of} < closed_link.until)
        ) AS closed ON closed.artifact_id = held_all.from_id AND closed.edge = held_all.edge
            AND closed.to_iid = held_all.to_iid
        WHERE held_all.edge <> 'carries' AND held_all.from_id IS NOT NULL""",
    )
    frame.make(
        "carrier",
        f"""SELECT DISTINCT own.iid, held_all.namespace, held_all.value, held_all.to_iid, held_all.to_kind
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


def _make_resolved(frame: Frame) -> None:
    """`link`: each held link with the artifact it reaches; what stays open after passing through is a ghost."""
    names = _attributes(frame)
    columns = "from_id, from_kind, claim_id, edge, namespace, value, to_iid, to_kind, from_at, until_at, told_from, "
    columns += "is_backfilled, is_passive, source, is_edit, seen_at" + "".join(f', "{name}"' for name in names)
    frame.make("open_link", f"SELECT {columns} FROM held")
    frame.make(
        "link", f"SELECT {columns}, CAST(NULL AS VARCHAR) AS to_id, CAST(NULL AS VARCHAR) AS reached FROM held LIMIT 0"
    )
    passed = "".join(f', COALESCE(open_link."{name}", carrier."{name}") AS "{name}"' for name in names)
    for _ in range(MAX_CARRIES):
        frame.make("settled_link", _addressed_sql())
        frame.run(f"INSERT INTO link SELECT {columns}, to_id, reached FROM settled_link WHERE to_id IS NOT NULL")
        frame.make("waiting_link", f"SELECT {columns} FROM settled_link WHERE to_id IS NULL")
        frame.make(
            "open_link",
            f"""SELECT open_link.from_id, open_link.from_kind, open_link.claim_id, open_link.edge, carrier.namespace,
                carrier.value, carrier.to_iid, COALESCE(carrier.to_kind, open_link.to_kind) AS to_kind,
                open_link.from_at, open_link.until_at, open_link.told_from, open_link.is_backfilled,
                open_link.is_passive, open_link.source, open_link.is_edit, open_link.seen_at {passed}
            FROM waiting_link AS open_link JOIN carrier ON carrier.iid = open_link.to_iid""",
        )
        frame.run(
            f"""INSERT INTO link SELECT {columns}, NULL, NULL FROM waiting_link
            ANTI JOIN carrier ON carrier.iid = waiting_link.to_iid"""
        )
        if not frame.rows("SELECT 1 FROM open_link LIMIT 1"):
            break
    else:
        frame.run(f"INSERT INTO link SELECT {columns}, NULL, NULL FROM open_link")


def _addressed_sql() -> str:
    """Open links with the artifact that their identifier is an address of, of the first kind that the edge allows."""
    return """WITH numbered AS (SELECT *, ROW_NUMBER() OVER () AS number FROM open_link),
    found AS (
        SELECT numbered.number, ARG_MIN(address.artifact_id, edge_target.place) AS to_id,
            ARG_MIN(address.kind, edge_target.place) AS reached
        FROM numbered
        JOIN address ON address.iid = numbered.to_iid
        JOIN edge_target ON edge_target.kind = numbered.from_kind AND edge_target.edge = numbered.edge
            AND edge_target.target = address.kind
        WHERE numbered.to_kind IS NULL OR numbered.to_kind = address.kind
        GROUP BY numbered.number
    )
    SELECT numbered.*, found.to_id, found.reached FROM numbered LEFT JOIN found USING (number)"""


def _make_targets(frame: Frame) -> None:
    """`named`: artifacts that something other than a passive claim names."""
    frame.make("named", "SELECT DISTINCT to_id AS id FROM link WHERE to_id IS NOT NULL AND NOT is_passive")


def make_edges(frame: Frame) -> None:
    """Make `edge_<kind>_<edge>` from links whose ends exist, and `ghost`; needs `present` (id, kind) and `begun`."""
    frame.make(
        "ended_link",
        """SELECT link.* EXCLUDE (to_id, reached, is_backfilled),
            COALESCE(link.reached, link.to_kind, first_target.target) AS end_kind,
            COALESCE(link.to_id, LEFT(sha256(COALESCE(link.to_kind, first_target.target) || chr(31) || link.namespace
                || chr(31) || link.value), 32)) AS end_id,
            CASE WHEN link.to_id IS NULL THEN 'ghost' WHEN target.id IS NOT NULL THEN 'described'
                WHEN begun.id IS NOT NULL THEN 'retired' END AS to_is
        FROM link
        JOIN present ON present.id = link.from_id AND present.kind = link.from_kind
        JOIN (SELECT kind, edge, ARG_MIN(target, place) AS target FROM edge_target GROUP BY kind, edge) AS first_target
            ON first_target.kind = link.from_kind AND first_target.edge = link.edge
        LEFT JOIN present AS target ON target.id = link.to_id AND target.kind = link.reached
        LEFT JOIN begun ON begun.id = link.to_id
        WHERE link.to_id IS NULL OR target.id IS NOT NULL OR (begun.id IS NOT NULL AND NOT link.is_backfilled)""",
    )
    for kind in frame.schema.kinds.values():
        for edge in kind.edges.values():
            _make_edge(frame, kind.name, edge.name, [each.name for each in edge.attributes])
    frame.make(
        "ghost",
        """SELECT end_id AS id, end_kind AS kind, MIN(namespace) AS namespace, MIN(value) AS value, MIN(to_iid) AS iid
        FROM ended_link WHERE to_is = 'ghost' AND NOT is_passive GROUP BY end_id, end_kind""",
    )


def _make_edge(frame: Frame, kind: str, edge: str, attributes: list[str]) -> None:
    """One edge table: a row per (from, to, slot) and version seen; other attributes win like fields."""
    keys = [name for name in attributes if name in KEYS]
    winners = "".join(f", {_winner(name)}" for name in attributes if name not in KEYS)
    group = "".join(f', "{name}"' for name in keys)
    frame.make(
        f"edge_{kind}_{edge}",
        f"""SELECT from_id, end_id AS to_id, end_kind AS to_kind, to_is {group} {winners},
            DATE_TRUNC('second', MIN(from_at)) AS from_at, DATE_TRUNC('second', MIN(until_at)) AS until_at,
            LIST_SORT(LIST(DISTINCT source)) AS sources
        FROM ended_link WHERE from_kind = '{kind}' AND edge = '{edge}'
        GROUP BY from_id, end_id, end_kind, to_is {group}""",
    )


def _winner(name: str) -> str:
    order = f"{{'edit': is_edit, 'at': seen_at, 'tie': CAST(TO_JSON(\"{name}\") AS VARCHAR)}}"
    return f'MAX_BY("{name}", {order}) FILTER ("{name}" IS NOT NULL) AS "{name}"'

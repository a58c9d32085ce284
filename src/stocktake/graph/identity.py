"""Identity: which claims speak of one real thing, as a pure function of identifiers and people's decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stocktake.graph.frame import Frame
from stocktake.graph.ids import artifact_id

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FEW_EDGES = 20_000
STEPS = (
    "joining", "node", "node_component", "claim_component", "open_kind", "claim_kind", "identified",
    "component_artifact", "borne", "bearer",
)  # fmt: skip


def make_identity(frame: Frame) -> None:
    """Make `claim_artifact` (claim_id, kind, artifact_id), `address` (iid, kind, artifact_id) and their helpers.

    Needs `decision` (left_iid, right_iid, is_join). An identifier claimed by more than its `max_join` claims joins
    nothing (`crowded`). Components are made first, then divided by kind; an open claim goes to the kind that shares its
    strongest identifier.
    """
    _make_claims(frame)
    _make_edges(frame)
    _make_components(frame)
    _make_kinds(frame)
    _make_artifacts(frame)
    frame.drop(*STEPS)


def _make_claims(frame: Frame) -> None:
    """`claim`: every distinct claim key with its stated kind (`open`, `none` too)."""
    kinds = [*frame.schema.kinds, "open", "none"]
    parts = [
        f"SELECT claim_id, kind, default_kind, source, label, part, passive, says FROM claims_{kind}" for kind in kinds
    ]
    frame.make(
        "claim",
        f"""SELECT claim_id, kind, ANY_VALUE(source) AS source, ANY_VALUE(label) AS label, ANY_VALUE(part) AS part,
            MAX(default_kind) AS default_kind, BOOL_AND(passive) AS is_passive, BOOL_AND(says = 'edit') AS is_edit
        FROM ({" UNION ALL ".join(parts)}) GROUP BY claim_id, kind""",
    )
    listed = ", ".join(f"('{name}', {place})" for place, name in enumerate(frame.schema.kinds))
    frame.make("kind_order", f"SELECT * FROM (VALUES {listed}) AS listed (kind, place)")


def _make_edges(frame: Frame) -> None:
    """`own`: claim–identifier edges that join; `crowded`: identifiers that too many claim."""
    frame.make(
        "claimed",
        """SELECT claim_id, iid, ANY_VALUE(namespace) AS namespace, ANY_VALUE(value) AS value,
            BOOL_AND(declared) AS is_declared
        FROM identifiers GROUP BY claim_id, iid""",
    )
    # What people edit is no crowd.
    frame.make(
        "crowded",
        """SELECT claimed.iid, ANY_VALUE(claimed.namespace) AS namespace, ANY_VALUE(claimed.value) AS value,
            COUNT(*) AS claims
        FROM claimed JOIN namespaces USING (namespace)
        ANTI JOIN (SELECT claim_id FROM claim WHERE is_edit) AS edited ON edited.claim_id = claimed.claim_id
        GROUP BY claimed.iid
        HAVING COUNT(*) > MIN(namespaces.max_join) OR claimed.iid IN (SELECT iid FROM known_crowded)""",
    )
    frame.make(
        "own",
        """SELECT claimed.* FROM claimed
        ANTI JOIN crowded ON crowded.iid = claimed.iid
        ANTI JOIN (SELECT left_iid, right_iid FROM decision WHERE NOT is_join
            UNION ALL SELECT right_iid, left_iid FROM decision WHERE NOT is_join) AS cut
            ON cut.left_iid = claimed.claim_id AND cut.right_iid = claimed.iid""",
    )


def _make_components(frame: Frame) -> None:
    """`node_component`: a component for each claim and identifier that more than one claim or a decision joins."""
    import numpy as np

    frame.make(
        "joining",
        """SELECT claim_id AS a, own.iid AS b FROM own
        SEMI JOIN (SELECT iid FROM own GROUP BY iid HAVING COUNT(*) > 1
            UNION SELECT left_iid FROM decision WHERE is_join UNION SELECT right_iid FROM decision WHERE is_join)
            AS shared ON shared.iid = own.iid
        UNION ALL SELECT left_iid, right_iid FROM decision WHERE is_join""",
    )
    frame.make(
        "node",
        "SELECT id, ROW_NUMBER() OVER () - 1 AS number FROM (SELECT a AS id FROM joining UNION SELECT b FROM joining)",
    )
    edges = frame.run(
        """SELECT CAST(left_node.number AS INTEGER) AS a, CAST(right_node.number AS INTEGER) AS b FROM joining
        JOIN node AS left_node ON left_node.id = joining.a JOIN node AS right_node ON right_node.id = joining.b"""
    ).fetchnumpy()
    size = int(str(frame.rows("SELECT COUNT(*) FROM node")[0][0]))
    labels = _connected(edges["a"], edges["b"], size)
    frame.connection.register("component_of", {"number": np.arange(size), "component": labels})
    # A component is named by its least member, so that its name does not depend on the order of rows.
    frame.make(
        "node_component",
        """SELECT node.id, MIN(node.id) OVER (PARTITION BY component_of.component) AS component
        FROM node JOIN component_of USING (number)""",
    )
    frame.connection.unregister("component_of")
    frame.make(
        "claim_component",
        """SELECT claim.*, COALESCE(node_component.component, claim.claim_id) AS component
        FROM claim LEFT JOIN node_component ON node_component.id = claim.claim_id""",
    )


def _connected(a: NDArray[np.int32], b: NDArray[np.int32], size: int) -> NDArray[np.int64]:
    """The number of the component of each node, from the edges between nodes."""
    import numpy as np

    if len(a) <= FEW_EDGES:
        return np.array(_connected_few(a.tolist(), b.tolist(), size), dtype=np.int64)
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    matrix = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    labels: NDArray[np.int64] = connected_components(matrix, directed=False)[1].astype(np.int64)
    return labels


def _connected_few(a: list[int], b: list[int], size: int) -> list[int]:
    """The same for a few edges: loading scipy takes longer than to join them one by one."""
    parents = list(range(size))

    def root(node: int) -> int:
        while parents[node] != node:
            parents[node] = parents[parents[node]]
            node = parents[node]
        return node

    for left, right in zip(a, b, strict=True):
        parents[root(left)] = root(right)
    return [root(node) for node in range(size)]


def _make_kinds(frame: Frame) -> None:
    """`claim_kind`: each claim with the kind that it speaks of; NULL where it speaks of no artifact."""
    if frame.rows("SELECT 1 FROM claim WHERE kind = 'open' LIMIT 1"):
        _make_open_kinds(frame)
    else:
        frame.make_empty("open_kind", {"claim_id": "UUID", "kind": "VARCHAR"})
    frame.make(
        "claim_kind",
        """SELECT claim_component.claim_id, claim_component.kind AS stated_kind, claim_component.component,
            claim_component.is_passive, claim_component.is_edit, claim_component.source, claim_component.label, claim_component.part,
            CASE claim_component.kind
                WHEN 'none' THEN NULL
                WHEN 'open' THEN COALESCE(open_kind.kind, NULLIF(claim_component.default_kind, 'none'))
                ELSE claim_component.kind
            END AS kind,
            claim_component.kind = 'open' AND open_kind.kind IS NULL AS is_by_default
        FROM claim_component LEFT JOIN open_kind ON open_kind.claim_id = claim_component.claim_id
            AND claim_component.kind = 'open'""",
    )


def _make_open_kinds(frame: Frame) -> None:
    """`open_kind`: the kind that an open claim comes to by what it shares with others."""
    frame.make(
        "stated",
        """SELECT DISTINCT own.iid, claim_component.kind FROM own
        SEMI JOIN (SELECT own.iid FROM own JOIN claim_component USING (claim_id) WHERE claim_component.kind = 'open')
            AS asked ON asked.iid = own.iid
        JOIN claim_component ON claim_component.claim_id = own.claim_id
        WHERE claim_component.kind NOT IN ('open', 'none')""",
    )
    frame.make(
        "open_kind",
        """WITH shared AS (
            SELECT open_claim.claim_id, stated.kind, namespaces.rank, own.value, kind_order.place
            FROM claim_component AS open_claim
            JOIN own ON own.claim_id = open_claim.claim_id
            JOIN stated ON stated.iid = own.iid
            JOIN namespaces ON namespaces.namespace = own.namespace
            JOIN kind_order ON kind_order.kind = stated.kind
            WHERE open_claim.kind = 'open'
            UNION ALL
            SELECT open_claim.claim_id, other.kind, 2000000 AS rank, '' AS value, kind_order.place
            FROM claim_component AS open_claim
            JOIN (SELECT DISTINCT component, kind FROM claim_component
                SEMI JOIN (SELECT component FROM claim_component WHERE kind = 'open') AS asked USING (component)
            ) AS other USING (component)
            JOIN kind_order ON kind_order.kind = other.kind
            WHERE open_claim.kind = 'open'
        )
        SELECT claim_id, kind FROM shared
        QUALIFY ROW_NUMBER() OVER (PARTITION BY claim_id ORDER BY rank, value, place) = 1""",
    )
    frame.drop("stated")


def _make_artifacts(frame: Frame) -> None:
    """`claim_artifact` and `address`: an artifact's id is the hash of its kind and strongest identifier."""
    frame.make(
        "identified",
        """SELECT claim_kind.component, claim_kind.kind, own.iid, own.namespace, own.value, namespaces.rank
        FROM claim_kind JOIN own USING (claim_id) JOIN namespaces ON namespaces.namespace = own.namespace
        WHERE claim_kind.kind IS NOT NULL
        UNION ALL
        SELECT claim_kind.component, claim_kind.kind, claim_kind.claim_id, 'claim',
            claim_kind.source || chr(31) || claim_kind.label || chr(31) || claim_kind.part, namespaces.rank
        FROM claim_kind CROSS JOIN (SELECT rank FROM namespaces WHERE namespace = 'claim') AS namespaces
        ANTI JOIN own ON own.claim_id = claim_kind.claim_id
        WHERE claim_kind.kind IS NOT NULL""",
    )
    # Ranks first, as integers; texts are compared only where several identifiers share the strongest rank.
    frame.make(
        "component_artifact",
        f"""WITH strongest AS (SELECT component, kind, MIN(rank) AS rank FROM identified GROUP BY component, kind),
        best AS (
            SELECT identified.* FROM identified JOIN strongest ON strongest.component = identified.component
                AND strongest.kind = identified.kind AND strongest.rank = identified.rank
        ),
        first AS (
            SELECT component, kind, ANY_VALUE(namespace) AS namespace, ANY_VALUE(value) AS value,
                MIN(iid) < MAX(iid) AS has_several
            FROM best GROUP BY component, kind
        ),
        chosen AS (
            SELECT component, kind, namespace, value FROM first WHERE NOT has_several
            UNION ALL
            SELECT component, kind, namespace, value FROM best
            SEMI JOIN (SELECT component, kind FROM first WHERE has_several) AS several USING (component, kind)
            QUALIFY ROW_NUMBER() OVER (PARTITION BY component, kind ORDER BY value, namespace) = 1
        )
        SELECT component, kind, namespace, value,
            {artifact_id("kind", "namespace", "value")} AS artifact_id
        FROM chosen""",
    )
    frame.make(
        "claim_artifact",
        """SELECT claim_kind.claim_id, claim_kind.kind, claim_kind.stated_kind, claim_kind.source, claim_kind.is_passive,
            claim_kind.is_edit, claim_kind.is_by_default, component_artifact.artifact_id, component_artifact.rowid AS place
        FROM claim_kind JOIN component_artifact USING (component, kind)""",
    )
    _make_addresses(frame)


def _make_addresses(frame: Frame) -> None:
    """`address`: every identifier, and the artifacts that it is an address of."""
    # An identifier that only a decision or a reference names belongs to its component's artifacts too.
    frame.make(
        "borne",
        """SELECT identified.iid, component_artifact.rowid AS place
        FROM identified JOIN component_artifact USING (component, kind)
        UNION ALL
        SELECT claim_id, place FROM claim_artifact
        UNION ALL
        SELECT node_component.id, component_artifact.rowid FROM node_component JOIN component_artifact USING (component)""",
    )
    # Nearly every identifier is of one artifact: the pairs of the few others alone are made distinct.
    frame.make(
        "bearer",
        "SELECT iid, MIN(place) AS place, MIN(place) < MAX(place) AS is_shared FROM borne GROUP BY iid",
    )
    frame.make(
        "address",
        """SELECT told.iid, component_artifact.kind, component_artifact.artifact_id, told.is_shared
        FROM (
            SELECT * FROM bearer WHERE NOT is_shared
            UNION ALL
            SELECT DISTINCT borne.*, TRUE FROM borne
            SEMI JOIN (SELECT iid FROM bearer WHERE is_shared) AS shared ON shared.iid = borne.iid
        ) AS told JOIN component_artifact ON component_artifact.rowid = told.place""",
    )

"""Flags that only the whole graph can tell: broken cardinality, joins without proof, cycles, odd shapes."""

from __future__ import annotations

from stocktake.graph.frame import Frame

CROWD = 1000
MAX_DEPTH = 64


def make_flags(frame: Frame) -> None:
    """Make `extra_flag` (id, flag) and the closures of `base` and `member_of`; normalise traffic shares."""
    _make_closure(frame, "rest_base_closure", "edge_model_binary_base")
    _make_closure(frame, "rest_member_closure", "edge_owner_member_of")
    _normalise_shares(frame)
    parts = [*_cardinality(frame), *_shapes(), _without_digest()]
    frame.make("extra_flag", f"SELECT * FROM ({' UNION '.join(parts)}) AS told (id, flag)")


def _cardinality(frame: Frame) -> list[str]:
    """A `one` edge with several ends; any edge with a crowd at either end."""
    parts = []
    for kind in frame.schema.kinds.values():
        for edge in kind.edges.values():
            table = f"edge_{kind.name}_{edge.name}"
            if (kind.name, edge.name) not in frame.told_edges:
                continue
            if not edge.many:
                parts.append(
                    f"SELECT from_id AS id, 'many_{edge.name}' AS flag FROM {table} GROUP BY from_id HAVING COUNT(*) > 1"
                )
            parts.append(
                f"SELECT from_id, 'crowded_{edge.name}' FROM {table} GROUP BY from_id HAVING COUNT(*) > {CROWD}"
            )
            parts.append(f"SELECT to_id, 'in_many_{edge.name}' FROM {table} GROUP BY to_id HAVING COUNT(*) >= {CROWD}")
    return parts


def _shapes() -> list[str]:
    """A live deployment without a known binary; one code behind many families; cycles; shares that were divided."""
    return [
        """SELECT value.id, 'no_binary' FROM value_model_deployment AS value
        ANTI JOIN edge_model_deployment_serves AS serves ON serves.from_id = value.id AND serves.to_is = 'described'""",
        """SELECT code.to_id, 'many_purposes' FROM edge_workflow_run_model_code AS code
        JOIN edge_model_binary_workflow_run AS run ON run.to_id = code.from_id
        JOIN edge_model_binary_family AS family ON family.from_id = run.from_id AND family.to_is = 'described'
        JOIN made_by_source ON made_by_source.id = family.to_id
        GROUP BY code.to_id, made_by_source.source HAVING COUNT(DISTINCT family.to_id) > 1""",
        "SELECT from_id, 'base_cycle' FROM rest_base_closure WHERE from_id = to_id",
        "SELECT from_id, 'member_cycle' FROM rest_member_closure WHERE from_id = to_id",
        "SELECT from_id, 'shares_divided' FROM divided_share",
    ]


def _without_digest() -> str:
    """Binaries joined only because one tool's tag names another tool's id, where a hash could have confirmed it."""
    return """SELECT claim_artifact.artifact_id, 'joined_without_digest'
        FROM claim_artifact JOIN own USING (claim_id)
        JOIN (
            SELECT own.iid FROM own JOIN claim_artifact USING (claim_id)
            WHERE claim_artifact.kind = 'model_binary' AND NOT claim_artifact.is_edit GROUP BY own.iid HAVING COUNT(DISTINCT claim_artifact.source) > 1
        ) AS shared ON shared.iid = own.iid
        WHERE claim_artifact.kind = 'model_binary' AND NOT claim_artifact.is_edit
        GROUP BY claim_artifact.artifact_id, claim_artifact.claim_id
        HAVING BOOL_AND(own.is_declared) AND NOT BOOL_OR(own.namespace = 'digest')"""


def _normalise_shares(frame: Frame) -> None:
    """Traffic shares of a deployment that add up to more than 1 are divided by their sum."""
    frame.make(
        "made_by_source",
        "SELECT DISTINCT artifact_id AS id, source FROM now_model_family WHERE NOT is_edit",
    )
    frame.make(
        "divided_share",
        """SELECT from_id, SUM(CAST(share AS DECIMAL(38, 9))) AS total FROM edge_model_deployment_serves
        WHERE share IS NOT NULL GROUP BY from_id HAVING SUM(CAST(share AS DECIMAL(38, 9))) > 1""",
    )
    if not frame.rows("SELECT 1 FROM divided_share LIMIT 1"):
        return
    frame.make(
        "edge_model_deployment_serves",
        """SELECT serves.* REPLACE (
            CASE WHEN divided_share.from_id IS NULL THEN serves.share
                ELSE ROUND(serves.share / CAST(divided_share.total AS DOUBLE), 9) END AS share
        )
        FROM edge_model_deployment_serves AS serves
        LEFT JOIN divided_share ON divided_share.from_id = serves.from_id""",
    )


def _make_closure(frame: Frame, name: str, edges: str) -> None:
    """All that is reached along an edge, with the least depth; cycle-safe and capped."""
    frame.make(name, f"SELECT DISTINCT from_id, to_id, 1 AS depth FROM {edges}")
    for depth in range(2, MAX_DEPTH):
        before = frame.count(f"SELECT 1 FROM {name}")
        frame.add(
            name,
            f"""SELECT DISTINCT reached.from_id, further.to_id, {depth} FROM {name} AS reached
            JOIN {edges} AS further ON further.from_id = reached.to_id AND reached.depth = {depth - 1}
            ANTI JOIN {name} AS known ON known.from_id = reached.from_id AND known.to_id = further.to_id""",
        )
        if frame.count(f"SELECT 1 FROM {name}") == before:
            break

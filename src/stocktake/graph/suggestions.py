"""Suggestions: weak evidence that two artifacts are one. It never joins; a person may confirm it."""

from __future__ import annotations

from stocktake.graph.frame import Frame

NAMED_KINDS = ("feature_source", "feature", "dataset", "model_code", "model_family", "model_deployment", "owner")
MAX_NAMESAKES = 5


def make_suggestions(frame: Frame) -> None:
    """Make `suggestion` (left_id, right_id, kind, rule, evidence); left is the ghost where there is one."""
    _make_things(frame)
    pairs = " UNION ".join((_same_place(), _same_name()))
    frame.make(
        "suggestion",
        f"""SELECT left_id, right_id, kind, rule, MIN(evidence) AS evidence FROM ({pairs})
        WHERE left_id <> right_id GROUP BY left_id, right_id, kind, rule""",
    )


def _make_things(frame: Frame) -> None:
    """`place_hint` and `name_hint`: where each thing lies and what it is called, ghosts included."""
    frame.make(
        "place_hint",
        """SELECT DISTINCT address.artifact_id AS id, address.kind, identified.value, FALSE AS is_ghost
        FROM (SELECT DISTINCT iid, value FROM own WHERE namespace = 'place') AS identified
        JOIN address ON address.iid = identified.iid JOIN present ON present.id = address.artifact_id
        UNION
        SELECT claim_artifact.artifact_id, claim_artifact.kind, hints.value, FALSE FROM hints
        JOIN claim_artifact ON claim_artifact.claim_id = hints.claim_id JOIN present ON present.id = claim_artifact.artifact_id
        WHERE hints.hint = 'place'
        UNION
        SELECT id, kind, value, TRUE FROM all_ghost WHERE namespace = 'place'""",
    )
    kinds = ", ".join(f"'{kind}'" for kind in NAMED_KINDS)
    told = " UNION ALL ".join(
        f"SELECT id, '{kind}' AS kind, name FROM value_{kind} WHERE name IS NOT NULL" for kind in NAMED_KINDS
    )
    name = "REGEXP_REPLACE(LOWER(name), '[-_ .]+', '-', 'g')"
    frame.make(
        "name_hint",
        f"""SELECT DISTINCT id, kind, {name} AS plain, name, is_ghost FROM (
            SELECT told.id, told.kind, told.name, FALSE AS is_ghost FROM ({told}) AS told
            JOIN present ON present.id = told.id AND present.kind = told.kind
            UNION ALL
            SELECT claim_artifact.artifact_id, claim_artifact.kind, hints.value, FALSE FROM hints
            JOIN claim_artifact ON claim_artifact.claim_id = hints.claim_id
            JOIN present ON present.id = claim_artifact.artifact_id
            WHERE hints.hint = 'name' AND claim_artifact.kind IN ({kinds})
            UNION ALL
            SELECT id, kind, REGEXP_EXTRACT(value, '[^/#:|]+$'), TRUE FROM all_ghost WHERE kind IN ({kinds})
        ) WHERE name <> ''""",
    )


def _same_place() -> str:
    """A ghost's place that is another's without its ending, or one folder above it."""
    stem = "REGEXP_REPLACE(value, '(\\.tar)?\\.(gz|tgz|zip|tar|bin|pkl|onnx)$', '')"
    return f"""SELECT ghost.id AS left_id, other.id AS right_id, ghost.kind, 'same place but for its ending' AS rule,
            ghost.value || ' ~ ' || other.value AS evidence
        FROM (SELECT *, {stem} AS stem FROM place_hint WHERE is_ghost) AS ghost
        JOIN (SELECT *, {stem} AS stem FROM place_hint WHERE NOT is_ghost) AS other
            ON other.kind = ghost.kind
            AND (other.stem = ghost.stem OR REGEXP_REPLACE(other.value, '/[^/]*$', '') = ghost.stem)"""


def _same_name() -> str:
    """Two things of one kind with one name, told by different places; common names are left out."""
    return f"""SELECT one.id AS left_id, other.id AS right_id, one.kind, 'same name' AS rule,
            one.name || ' ~ ' || other.name AS evidence
        FROM name_hint AS one
        JOIN name_hint AS other ON other.kind = one.kind AND other.plain = one.plain
            AND (one.is_ghost > other.is_ghost OR (one.is_ghost = other.is_ghost AND one.id < other.id))
        JOIN (SELECT kind, plain FROM name_hint GROUP BY kind, plain
            HAVING COUNT(DISTINCT id) BETWEEN 2 AND {MAX_NAMESAKES}) AS rare ON rare.kind = one.kind AND rare.plain = one.plain"""

"""What exists at one moment, what did before, and who owns it."""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.ids import artifact_id
from stocktake.graph.moment import seen_columns, seen_joins

NOBODY = "SELECT '' AS owner_id WHERE FALSE"


def make_presence(frame: Frame, as_of: str) -> None:
    """Make `present` (id, kind, created_at) and `begun`: what existed at some time until as_of, and does not now.

    What only passive claims describe (a file of a repository, a commit's author) exists once something else names it.
    begun: id, kind, name, ended_at, created_at, is_retired (FALSE: nothing ever named it).
    """
    _make_owner_names(frame)
    if frame.rows("SELECT 1 FROM claim_artifact WHERE is_passive LIMIT 1"):
        frame.make(
            "named",
            """SELECT DISTINCT link.end_id AS id FROM link
            SEMI JOIN (SELECT artifact_id FROM claim_artifact WHERE is_passive) AS passive
                ON passive.artifact_id = link.end_id
            WHERE link.is_reached AND NOT link.is_passive""",
        )
    else:
        frame.make_empty("named", {"id": "VARCHAR"})
    frame.make_empty("present", {"id": "VARCHAR", "kind": "VARCHAR", "created_at": "TIMESTAMP"})
    for kind in frame.told_kinds:
        frame.add(
            "present",
            f"""SELECT value.id, '{kind}' AS kind, value.created_at FROM value_{kind} AS value
            WHERE {_may_exist(as_of)} AND (NOT value.all_passive OR value.id IN (SELECT id FROM named))""",
        )
    _name_owners(frame, as_of)
    _make_begun(frame, as_of)


def _may_exist(as_of: str) -> str:
    return f"NOT value.only_edits AND (value.retired_at IS NULL OR value.retired_at > {as_of})"


def _make_owner_names(frame: Frame) -> None:
    """`owner_of_name`: the owner artifact, or else the ghost, that each told owner's name or address leads to."""
    names = " UNION ".join(
        ["SELECT '' AS owner_name WHERE FALSE"]
        + [f"SELECT TRIM(UNNEST(owners)) AS owner_name FROM value_{kind}" for kind in frame.told_kinds]
    )
    frame.make(
        "owner_of_name",
        f"""SELECT hashed.owner_name, COALESCE(by_name.artifact_id, by_email.artifact_id,
                {artifact_id("'owner'", "'owner'", "owner_name")}) AS owner_id
        FROM (SELECT *, {_iid("'owner'")} AS owner_iid, {_iid("'email'")} AS email_iid FROM ({names}) AS told) AS hashed
        LEFT JOIN address AS by_name ON by_name.iid = hashed.owner_iid AND by_name.kind = 'owner'
        LEFT JOIN address AS by_email ON by_email.iid = hashed.email_iid AND by_email.kind = 'owner'""",
    )


def _iid(namespace: str) -> str:
    return f"CAST(LEFT(sha256({namespace} || chr(31) || owner_name), 32) AS UUID)"


def _name_owners(frame: Frame, as_of: str) -> None:
    """Add owners that artifacts name to `present`, then those that these name, until nothing is added; `owning_<kind>`."""
    for kind in frame.told_kinds:
        frame.view(
            f"owning_{kind}",
            f"""SELECT told.from_id, owner_of_name.owner_id, owner_of_name.owner_name FROM (
                SELECT value.id AS from_id, TRIM(UNNEST(value.owners)) AS owner_name
                FROM value_{kind} AS value SEMI JOIN present ON present.id = value.id WHERE value.owners IS NOT NULL
            ) AS told JOIN owner_of_name USING (owner_name)""",
        )
    frame.make(
        "unnamed_owner",
        f"""SELECT value.id, value.created_at FROM value_owner AS value ANTI JOIN present ON present.id = value.id
        WHERE {_may_exist(as_of)}""",
    )
    naming = " UNION ".join([NOBODY, *(f"SELECT owner_id FROM owning_{kind}" for kind in frame.told_kinds)])
    waiting = frame.count("SELECT 1 FROM unnamed_owner")
    while waiting:
        frame.add(
            "present",
            f"""SELECT unnamed_owner.id, 'owner', unnamed_owner.created_at FROM unnamed_owner
            SEMI JOIN ({naming}) AS naming ON naming.owner_id = unnamed_owner.id
            ANTI JOIN present ON present.id = unnamed_owner.id""",
        )
        left = frame.count("SELECT 1 FROM unnamed_owner ANTI JOIN present ON present.id = unnamed_owner.id")
        if left == waiting:
            break
        waiting = left
    frame.add(
        "named",
        f"""SELECT naming.owner_id FROM ({naming}) AS naming
        SEMI JOIN (SELECT artifact_id FROM claim_artifact WHERE is_passive AND kind = 'owner') AS passive
            ON passive.artifact_id = naming.owner_id""",
    )


def _make_begun(frame: Frame, as_of: str) -> None:
    """A claim ends when it is gone or retired, by what was told of it last; an artifact with the last of its claims."""
    frame.make(
        "absent",
        "SELECT DISTINCT artifact_id, kind FROM claim_artifact ANTI JOIN present ON present.id = claim_artifact.artifact_id",
    )
    columns = {"id": "VARCHAR", "kind": "VARCHAR", "name": "VARCHAR", "created_at": "TIMESTAMP",
               "ended_at": "TIMESTAMP", "is_retired": "BOOLEAN"}  # fmt: skip
    frame.make_empty("begun", columns)
    for (kind,) in frame.rows("SELECT DISTINCT kind FROM absent"):
        frame.add(
            "begun",
            f"""SELECT begun.* EXCLUDE (all_passive, ended_at), COALESCE(
                    CASE WHEN value.retired_at <= {as_of} THEN value.retired_at END, begun.ended_at
                ) AS ended_at, NOT begun.all_passive OR begun.id IN (SELECT id FROM named) AS is_retired
            FROM (
                SELECT artifact_id AS id, '{kind}' AS kind, MAX(named).name AS name, MIN(created_at) AS created_at,
                    MAX(ended_at) FILTER (ended_at <= {as_of}) AS ended_at, BOOL_AND(all_passive) AS all_passive
                FROM ({_begun_claims_sql(str(kind), as_of)}) GROUP BY artifact_id
            ) AS begun LEFT JOIN value_{kind} AS value ON value.id = begun.id""",
        )


def _begun_claims_sql(kind: str, as_of: str) -> str:
    """SQL of the claims of absent artifacts that have begun, by the tellings that hold still or held to the end."""
    return f"""SELECT artifact_id, MAX({{'at': seen_at, 'name': name}}) FILTER (name IS NOT NULL) AS named,
            MIN(created_at) AS created_at, LEAST(NULLIF(MAX(gone_at), 'infinity'), MIN(retired_at)) AS ended_at,
            BOOL_AND(passive) AS all_passive
        FROM (
            SELECT {seen_columns("telling")}, CASE WHEN telling.until_at <= {as_of} THEN telling.until_at ELSE 'infinity' END AS gone_at
            FROM telling_{kind} AS telling {seen_joins("telling")} SEMI JOIN absent ON absent.artifact_id = telling.artifact_id
            WHERE telling.backfill_at <= {as_of} AND telling.says <> 'edit'
            QUALIFY gone_at = MAX(gone_at) OVER (PARTITION BY telling.artifact_id, telling.claim_id)
        ) AS last_told GROUP BY artifact_id, claim_id HAVING (MIN(created_at) <= {as_of}) IS NOT FALSE"""


def make_owned_by(frame: Frame) -> None:
    """Make `owned_by_<kind>`: the winning owners, as owner artifacts or ghosts; `all_ghost`: those of links and these.

    A ghost goes by the first of its identifiers.
    """
    for kind in frame.schema.kinds:
        if kind not in frame.told_kinds:
            columns = ("from_id", "owner_id", "owner_name", "to_is")
            frame.make_empty(f"owned_by_{kind}", dict.fromkeys(columns, "VARCHAR"))
            continue
        frame.make(
            f"owned_by_{kind}",
            f"""SELECT owning.*, CASE WHEN present.id IS NOT NULL THEN 'described'
                WHEN begun.is_retired THEN 'retired' ELSE 'ghost' END AS to_is
            FROM owning_{kind} AS owning LEFT JOIN present ON present.id = owning.owner_id
            LEFT JOIN begun ON begun.id = owning.owner_id""",
        )
    owners = " UNION ALL ".join(
        f"SELECT owner_id, owner_name FROM owned_by_{kind} WHERE to_is = 'ghost'" for kind in frame.schema.kinds
    )
    frame.make(
        "all_ghost",
        f"""SELECT DISTINCT ON (id, kind) id, kind, namespace, value, iid FROM (
            SELECT id, kind, namespace, value, iid FROM ghost
            UNION ALL SELECT owner_id, 'owner', 'owner', owner_name, {_iid("'owner'")} FROM ({owners}) AS told
        ) AS told ORDER BY id, kind, namespace, value""",
    )

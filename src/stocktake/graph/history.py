"""History: what each claim tells, with the time that it holds, partitioned by artifact."""

from __future__ import annotations

from collections.abc import Sequence

from stocktake.graph.frame import Frame
from stocktake.schema import FieldSpec

# Two versions that one run saw of one place are two links, not a conflict.
LINK_KEYS = ("slot", "digest", "version")


def make_history(frame: Frame) -> None:
    """Make `telling`: every claim with its artifact, times and backfill; `telling_<kind>`: the same with its fields.

    `telling` is narrow, whatever the kind: stated_kind and place (the claim's row in `claims_<stated_kind>`), claim_id,
    seq, passive, created_at, retired_at; the reading's key_id, source, says, from_at, until_at, first_at, last_at,
    chain; kind, artifact_id (NULL where the claim describes nothing and only carries links), is_by_default; is_first,
    backfill_at (from when the first record of a claim stands in for the time before it, else from_at), is_many (the
    claim has several tellings), claims (2 where its artifact may have several tellings, else 1). Also `link_since`.
    """
    frame.view(
        "in_force",
        """SELECT key_id, seq, says, source, from_at, until_at, first_at, last_at, chain FROM reading
        UNION ALL
        SELECT key_id, seq, 'edit', source, from_at, until_at, decided_at, decided_at, NULL FROM edit_reading""",
    )
    _make_claim_rows(frame)
    _make_several(frame)
    _make_tellings(frame)
    for kind in frame.schema.kinds:
        _name_tellings(frame, kind)
    _find_contested(frame)
    _make_link_since(frame)


def _make_claim_rows(frame: Frame) -> None:
    """`claim_row`: what of every claim does not depend on its kind, and where the rest of it is."""
    columns = "rowid AS place, seq, claim_id, key_id, passive"
    none = "CAST(NULL AS TIMESTAMP)"
    told = [
        f"SELECT '{kind}' AS stated_kind, {columns}, created_at, retired_at FROM claims_{kind}"
        for kind in [*frame.schema.kinds, "open"]
    ]
    told.append(f"SELECT 'none', {columns}, {none}, {none} FROM claims_none")
    frame.make("claim_row", " UNION ALL ".join(told))


def _make_several(frame: Frame) -> None:
    """`many_claim`, `several`: claims and artifacts that may have several tellings; all others take short ways."""
    frame.make(
        "counted",
        """SELECT claim_id, stated_kind AS kind, COUNT(*) + COUNT(slow_key.key_id) AS tellings
        FROM claim_row LEFT JOIN slow_key ON slow_key.key_id = claim_row.key_id GROUP BY claim_id, stated_kind""",
    )
    frame.make("many_claim", "SELECT claim_id FROM counted GROUP BY claim_id HAVING SUM(tellings) > 1")
    frame.make(
        "several",
        """SELECT claim_artifact.artifact_id FROM claim_artifact
        JOIN counted ON counted.claim_id = claim_artifact.claim_id AND counted.kind = claim_artifact.stated_kind
        GROUP BY claim_artifact.artifact_id HAVING SUM(counted.tellings) > 1""",
    )
    frame.drop("counted")


def _make_tellings(frame: Frame) -> None:
    told = [_telling_sql(many=False)]
    if frame.rows("SELECT 1 FROM many_claim LIMIT 1"):
        told.append(_telling_sql(many=True))
    if frame.rows("SELECT 1 FROM claims_none LIMIT 1"):
        told.append(_none_sql())
    frame.make("telling", " UNION ALL BY NAME ".join(told))


READING = "in_force.key_id, in_force.source, in_force.says, from_at, until_at, first_at, last_at, chain"


def _telling_sql(*, many: bool) -> str:
    """SQL of the tellings of claims with several of them, where the first has to be found, or of all others.

    An open claim is told of the kind that it came to.
    """
    earliest = "AND from_at = MIN(from_at) OVER (PARTITION BY claim_row.claim_id, kind)" if many else ""
    created = "MIN(created_at) OVER (PARTITION BY claim_row.claim_id, kind, from_at)" if many else "created_at"
    return f"""SELECT * EXCLUDE told_created,
            CASE WHEN is_first THEN LEAST(told_created, from_at) ELSE from_at END AS backfill_at
        FROM (
            SELECT claim_row.* EXCLUDE (key_id), {READING}, kind, claim_artifact.artifact_id, is_by_default,
                in_force.says IN ('state', 'summary') {earliest} AS is_first, {many} AS is_many,
                CASE WHEN several.artifact_id IS NULL THEN 1 ELSE 2 END AS claims, {created} AS told_created
            FROM claim_row
            {"SEMI" if many else "ANTI"} JOIN many_claim ON many_claim.claim_id = claim_row.claim_id
            JOIN in_force ON in_force.seq = claim_row.seq
            JOIN claim_artifact ON claim_artifact.claim_id = claim_row.claim_id
                AND claim_artifact.stated_kind = claim_row.stated_kind
            LEFT JOIN several ON several.artifact_id = claim_artifact.artifact_id
        )"""


def _none_sql() -> str:
    """SQL of the tellings of claims that describe no artifact but may carry links; the first always stands in."""
    return f"""SELECT *, CASE WHEN is_first THEN '-infinity' ELSE from_at END AS backfill_at
        FROM (
            SELECT claim_row.* EXCLUDE (key_id), {READING}, CAST(NULL AS VARCHAR) AS kind,
                CAST(NULL AS VARCHAR) AS artifact_id, FALSE AS is_by_default,
                from_at = MIN(from_at) OVER (PARTITION BY claim_row.claim_id) AS is_first,
                many_claim.claim_id IS NOT NULL AS is_many, 1 AS claims
            FROM claim_row JOIN in_force ON in_force.seq = claim_row.seq
            LEFT JOIN many_claim ON many_claim.claim_id = claim_row.claim_id
            WHERE claim_row.stated_kind = 'none'
        )"""


def _name_tellings(frame: Frame, kind: str) -> None:
    frame.view(f"telling_{kind}", with_fields("telling", kind))


def with_fields(table: str, kind: str, less: Sequence[str] = ("created_at", "retired_at")) -> str:
    """SQL of the rows of a table of tellings that are of a kind, each with all that its claim says.

    less: columns of the table that are not wanted, or that the claim says too.
    """
    left_out = ", ".join(["place", "kind", *less])
    common = "seq, claim_id, key_id, kind, source, says, passive"
    told = [
        f"""SELECT told.* EXCLUDE ({left_out}), claims.* EXCLUDE ({common})
        FROM {table} AS told JOIN claims_{stated} AS claims ON claims.rowid = told.place
        WHERE told.stated_kind = '{stated}' AND told.kind = '{kind}'"""
        for stated in (kind, "open")
    ]
    return " UNION ALL BY NAME ".join(told)


def _find_contested(frame: Frame) -> None:
    """Set `contested`: of each kind of which an artifact has several tellings, the fields of which any two ever differ.

    Of all other fields whatever is told is what wins, at every moment.
    """
    frame.contested = {}
    told = frame.rows("SELECT DISTINCT kind FROM telling WHERE claims > 1 AND kind IS NOT NULL")
    for kind in sorted(str(row[0]) for row in told):
        fields = list(frame.schema.kinds[kind].fields.values())
        values = [f"{_comparable(spec)} AS f{number}" for number, spec in enumerate(fields)]
        differ = [f"MIN(f{number}) IS DISTINCT FROM MAX(f{number}) AS f{number}" for number in range(len(fields))]
        ever = [f"COALESCE(BOOL_OR(f{number}), FALSE)" for number in range(len(fields))]
        [found] = frame.rows(
            f"""SELECT {", ".join(ever)} FROM (
                SELECT {", ".join(differ)} FROM (
                    SELECT artifact_id, {", ".join(values)} FROM telling_{kind} WHERE claims > 1
                ) GROUP BY artifact_id
            )"""
        )
        frame.contested[kind] = {spec.name for spec, is_contested in zip(fields, found, strict=True) if is_contested}


def _comparable(spec: FieldSpec) -> str:
    """SQL of a field's value, or of something that is equal where and only where the value is."""
    return f'CAST("{spec.name}" AS VARCHAR)' if spec.type in ("number", "texts") else f'"{spec.name}"'


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

"""The graph at one moment: which claims hold, and which value of each field wins."""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.history import with_fields
from stocktake.schema import FieldSpec, KindSpec
from stocktake.schema.columns import field_columns

DEFAULT_RANK = 100
NO_CONFLICT = (
    "SELECT CAST(NULL AS VARCHAR) AS id, '' AS kind, '' AS field, CAST(0 AS BIGINT) AS value_count WHERE FALSE"
)


def make_moment(frame: Frame, as_of: str) -> None:
    """Make the tables that depend on as_of alone (an SQL timestamp literal, UTC): sources, chains, claims that hold.

    `now_claim`: the tellings that hold at as_of, each with when it was last seen, staleness and backfill;
    `now_<kind>`: the same with the fields of its claims.
    """
    _make_source_state(frame, as_of)
    frame.make("chain_last", f"SELECT chain, MAX(to_at) AS to_at FROM chain_pull WHERE to_at <= {as_of} GROUP BY chain")
    _make_now(frame, as_of)
    for kind in frame.schema.kinds:
        frame.view(f"now_{kind}", with_fields("now_claim", kind, ("telling",)))
    told = frame.rows("SELECT kind, MAX(claims) > 1 FROM now_claim WHERE kind IS NOT NULL GROUP BY kind ORDER BY kind")
    frame.told_kinds = {str(kind): bool(has_several) for kind, has_several in told}


def _make_source_state(frame: Frame, as_of: str) -> None:
    """`source_state`: whether each source is stale at as_of (a person never is)."""
    frame.make(
        "source_state",
        f"""WITH pulled AS (
            SELECT source, MAX(to_at) AS last_at FROM pulls WHERE complete AND to_at <= {as_of} GROUP BY source
        ),
        pushed AS (
            SELECT source, MAX(observed_at) AS last_at FROM pushed WHERE observed_at <= {as_of} GROUP BY source
        ),
        told AS (
            SELECT source FROM sources UNION SELECT DISTINCT source FROM lines UNION SELECT source FROM pulls
            UNION SELECT source FROM edit_reading
        )
        SELECT told.source, sources.connector, sources.vocabulary, pulled.last_at AS last_complete_at,
            CASE
                WHEN told.source LIKE 'person/%' THEN FALSE
                WHEN pulled.last_at IS NOT NULL
                    THEN pulled.last_at < {as_of} - TO_SECONDS(COALESCE(sources.stale_after_seconds, 259200))
                WHEN sources.expect_every_seconds IS NOT NULL AND pushed.last_at IS NOT NULL
                    THEN pushed.last_at < {as_of} - TO_SECONDS(sources.expect_every_seconds)
                ELSE FALSE
            END AS is_stale
        FROM told
        LEFT JOIN sources ON sources.source = told.source
        LEFT JOIN pulled ON pulled.source = told.source
        LEFT JOIN pushed ON pushed.source = told.source""",
    )


LOOKED_AT = ("name", "owners", "created_at", "retired_at", "status")
"""The fields that the graph itself looks at."""
NOW_COLUMNS = (
    "stated_kind", "place", "claim_id", "seq", "passive", "source", "says", "from_at", "kind", "artifact_id",
    "is_by_default", "is_many", "claims",
)  # fmt: skip
"""What `now_claim` keeps of a telling."""


def seen_columns(telling: str, columns: str = "*") -> str:
    """SQL of a telling's columns with when it was last seen until as_of, and whether its source is stale then."""
    return f"""{columns if columns != "*" else f"{telling}.*"}, source_state.is_stale, {telling}.says = 'edit' AS is_edit,
            GREATEST({telling}.first_at, LEAST({telling}.last_at, COALESCE(chain_last.to_at, {telling}.first_at)))
                AS seen_at"""


def seen_joins(telling: str) -> str:
    """SQL of what `seen_columns` needs beside the tellings."""
    return f"""JOIN source_state ON source_state.source = {telling}.source
        LEFT JOIN chain_last ON chain_last.chain = {telling}.chain"""


def _make_now(frame: Frame, as_of: str) -> None:
    """`now_claim`. A claim exists from its created_at to its retired_at, whichever of its tellings says so.

    An edit, and what only carries links, has neither.
    """
    holds = f"""WHERE telling.backfill_at <= {as_of} AND (telling.until_at IS NULL OR {as_of} < telling.until_at)"""
    always = "telling.says = 'edit' OR telling.kind IS NULL"
    kept = ", ".join(["telling.rowid AS telling", *(f"telling.{name}" for name in NOW_COLUMNS)])
    told = f"""SELECT {seen_columns("telling", kept)}, source_state.vocabulary, {as_of} < telling.from_at AS is_backfilled
        FROM telling {seen_joins("telling")} {holds}"""
    together = "MIN({}) OVER (PARTITION BY telling.claim_id, telling.kind)"
    parts = [f"{told} AND NOT telling.is_many AND ({always} OR ({_exists(as_of, '{}')}))"]
    if frame.rows("SELECT 1 FROM many_claim LIMIT 1"):
        parts.append(f"{told} AND telling.is_many QUALIFY {always} OR ({_exists(as_of, together)})")
    frame.make("now_claim", " UNION ALL BY NAME ".join(parts))


def _exists(as_of: str, least: str) -> str:
    created, retired = (least.format(f"telling.{name}") for name in ("created_at", "retired_at"))
    return f"({created} <= {as_of}) IS NOT FALSE AND ({as_of} < {retired}) IS NOT FALSE"


def make_values(frame: Frame, kind: KindSpec, as_of: str) -> None:
    """`value_<kind>`: one row per artifact with a claim that describes it: its winning values, flags and sources."""
    if kind.name not in frame.told_kinds:
        flags = {"flags": "VARCHAR[]", "sources": "VARCHAR[]"}
        states = dict.fromkeys(("all_stale", "all_passive", "only_edits"), "BOOLEAN")
        frame.make_empty(f"value_{kind.name}", {"id": "VARCHAR", **field_columns(kind), **flags, **states})
        return
    told = ", ".join(
        [
            "artifact_id",
            "source",
            "is_stale",
            "is_edit",
            "is_passive_claim",
            "seen_at",
            "vocabulary",
            "claims",
            "all_flags",
        ]
        + [f'{told_value(spec, as_of)} AS "{spec.name}"' for spec in kind.fields.values()]
    )
    frame.view(
        f"told_{kind.name}",
        f"""SELECT {told} FROM (
            SELECT now.*, now.passive AS is_passive_claim, CASE WHEN now.is_backfilled OR now.is_by_default THEN LIST_CONCAT(
                now.flags,
                CASE WHEN now.is_backfilled THEN ['backfilled'] ELSE [] END,
                CASE WHEN now.is_by_default THEN ['kind_by_default'] ELSE [] END
            ) ELSE now.flags END AS all_flags FROM now_{kind.name} AS now
        )""",
    )
    fields = [each for each in kind.fields.values() if each.name in LOOKED_AT or frame.is_wanted(kind.name, each.name)]
    single = ", ".join(f'{_truncated(spec, f"{chr(34)}{spec.name}{chr(34)}")} AS "{spec.name}"' for spec in fields)
    winners = ", ".join(f'{_truncated(spec, _winner(frame, kind, spec))} AS "{spec.name}"' for spec in fields)
    values = f"""SELECT artifact_id AS id, {single}, all_flags AS flags, [source] AS sources, is_stale AS all_stale,
            is_passive_claim AS all_passive, is_edit AS only_edits
        FROM told_{kind.name} WHERE claims = 1"""
    if frame.told_kinds[kind.name]:
        values += f"""
        UNION ALL
        SELECT artifact_id AS id, {winners},
            COALESCE(FLATTEN(LIST(all_flags) FILTER (LEN(all_flags) > 0)), []) || {_unique_flags(kind)} AS flags,
            LIST(DISTINCT source) AS sources, BOOL_AND(is_stale OR is_edit) AND NOT BOOL_AND(is_edit) AS all_stale,
            BOOL_AND(is_passive_claim) AS all_passive, BOOL_AND(is_edit) AS only_edits
        FROM told_{kind.name} WHERE claims > 1 GROUP BY artifact_id"""
    frame.make(f"value_{kind.name}", values)


def told_value(spec: FieldSpec, as_of: str) -> str:
    """SQL of what a claim tells of a field at as_of: nothing momentary from before it was seen, nothing stale."""
    value = f'"{spec.name}"'
    conditions = []
    if spec.momentary:
        conditions.append("is_backfilled")
    elif spec.type == "time":
        conditions.append(f"(is_backfilled AND {value} > {as_of})")
    if not spec.lasting:
        conditions.append("is_stale")
    told = f"LIST_SORT(LIST_DISTINCT({value}))" if spec.type == "texts" else value
    return f"CASE WHEN NOT ({' OR '.join(conditions)}) THEN {told} END" if conditions else told


def _truncated(spec: FieldSpec, sql: str) -> str:
    return f"DATE_TRUNC('second', {sql})" if spec.type == "time" else sql


def _winner(frame: Frame, kind: KindSpec, spec: FieldSpec) -> str:
    """SQL aggregate: a person's edit, else the best-ranked source, else the latest, else the greatest JSON text."""
    value = f'"{spec.name}"'
    if spec.name not in frame.contested.get(kind.name, ()):
        return f"ANY_VALUE({value})"
    edited = f"MAX_BY({value}, {{'at': seen_at, 'tie': {_json(value)}}}) FILTER (is_edit AND {value} IS NOT NULL)"
    if spec.merge != "latest":
        return f"COALESCE({edited}, {spec.merge.upper()}({value}))"
    order = f"{{'edit': is_edit, 'rank': {_rank(frame, spec.name)}, 'at': seen_at, 'tie': {_json(value)}}}"
    return f"MAX_BY({value}, {order}) FILTER ({value} IS NOT NULL)"


def _rank(frame: Frame, field: str) -> str:
    """SQL of how well a claim's vocabulary knows a field: greater is better."""
    cases = " ".join(f"WHEN '{vocabulary}' THEN {-rank}" for vocabulary, rank in frame.ranks.get(field, []))
    return f"CASE vocabulary {cases} ELSE {-DEFAULT_RANK} END" if cases else "0"


def _json(value: str) -> str:
    return f"CAST(TO_JSON({value}) AS VARCHAR)"


def _unique_flags(kind: KindSpec) -> str:
    """SQL of the flag for two values of a field that can have one only."""
    clashes = [
        f'COUNT(DISTINCT "{spec.name}") FILTER (NOT is_edit) > 1' for spec in kind.fields.values() if spec.unique
    ]
    return (
        f"CASE WHEN {' OR '.join(clashes)} THEN ['identity_conflict'] ELSE [] END"
        if clashes
        else "CAST([] AS VARCHAR[])"
    )


def make_status_told(frame: Frame) -> None:
    """`status_told`: deployments of which some source, stale or not, tells a status; a fresh one that it is down."""
    frame.make(
        "status_told",
        """SELECT artifact_id AS id, BOOL_OR(is_edit) AS is_edited,
            BOOL_OR(status = 'down' AND NOT is_edit AND NOT is_stale) AS is_down
        FROM now_model_deployment WHERE status IS NOT NULL GROUP BY artifact_id""",
    )


def make_conflicts(frame: Frame) -> None:
    """`conflict` and `stale_value`: sources of equal rank that differ; values that only stale sources tell."""
    conflicts, stale = [NO_CONFLICT], []
    for kind in frame.schema.kinds.values():
        if frame.told_kinds.get(kind.name):
            conflicts.append(_conflict_sql(frame, kind))
        for spec in kind.fields.values():
            if not spec.lasting:
                stale.append(
                    f"""SELECT now.artifact_id AS id, '{kind.name}' AS kind, '{spec.name}' AS field, now.source
                    FROM now_{kind.name} AS now JOIN value_{kind.name} AS won ON won.id = now.artifact_id
                    SEMI JOIN present ON present.id = won.id
                    WHERE now.is_stale AND now."{spec.name}" IS NOT NULL AND won."{spec.name}" IS NULL"""
                )
    frame.make("conflict", " UNION ALL ".join(conflicts))
    has_stale = frame.rows("SELECT 1 FROM source_state WHERE is_stale LIMIT 1")
    empty = "SELECT CAST(NULL AS VARCHAR) AS id, '' AS kind, '' AS field, '' AS source WHERE FALSE"
    frame.make("stale_value", " UNION ".join(stale) if has_stale else empty)


def _conflict_sql(frame: Frame, kind: KindSpec) -> str:
    """SQL of a kind's conflicts: per field the values of the best-ranked sources, one each, where these differ."""
    fields = [spec.name for spec in kind.fields.values() if spec.merge == "latest" and spec.name not in QUIET]
    ranked = {name: rank for name in fields if (rank := _rank(frame, name)) != "0"}
    values = "".join(
        f""", MAX_BY("{name}", {{'at': seen_at, 'tie': {_json(f'"{name}"')}}}) FILTER ("{name}" IS NOT NULL) AS "{name}\""""
        for name in fields
    )
    tops = "".join(
        f""", {rank} = MAX({rank}) FILTER ("{name}" IS NOT NULL) OVER (PARTITION BY artifact_id) AS "top_{name}\""""
        for name, rank in ranked.items()
    )
    counted = ", ".join(
        f"{{'field': '{name}', 'values': COUNT(DISTINCT {_json(f'{chr(34)}{name}{chr(34)}')}) FILTER ({_counts(name, ranked)})}}"
        for name in fields
    )
    return f"""SELECT id, '{kind.name}', told.field, told.values FROM (
        SELECT artifact_id AS id, UNNEST([{counted}]) AS told
        FROM (
            SELECT * {tops} FROM (
                SELECT artifact_id, source, vocabulary {values} FROM told_{kind.name}
                SEMI JOIN present ON present.id = told_{kind.name}.artifact_id
                WHERE claims > 1 AND NOT is_edit GROUP BY artifact_id, source, vocabulary
            )
        ) GROUP BY artifact_id
    ) WHERE told.values > 1"""


def _counts(name: str, ranked: dict[str, str]) -> str:
    return f'"{name}" IS NOT NULL' + (f' AND "top_{name}"' if name in ranked else "")


# Words in which tools differ by nature: no conflict.
QUIET = {"name", "description", "uri", "version"}

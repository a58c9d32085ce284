"""Readings: from which moment to which each record is what its source says of a key.

A pull is a delta, so a line counts at every later complete pull of its chain (same source and scope) until the chain
says otherwise. Two ways lead to the same rows: intervals for keys that one well-ordered chain tells (nearly all), and
single observations, spelled out, for the rest (pushed states, overlapping scopes, late pulls).
"""

from __future__ import annotations

from stocktake.graph.frame import Frame
from stocktake.graph.lookup import number_forest

READING_COLUMNS = "key_id, seq, says, source, from_at, until_at, first_at, last_at, chain"


def make_readings(frame: Frame) -> None:
    """Make the table `reading`: key_id, seq, says, source, from_at, until_at, first_at, last_at, chain.

    [from_at, until_at) is when the record is in force; until_at NULL: until told otherwise. first_at and last_at are
    its first and last observation; between them it was observed at each complete pull of `chain`.
    """
    _make_runs(frame)
    _make_slow_keys(frame)
    frame.make("reading", f"{_fast_sql()} UNION ALL {_events_sql()}")
    if frame.rows("SELECT 1 FROM slow_key LIMIT 1"):
        _make_points(frame)
        _settle_ties(frame)
        frame.run(f"INSERT INTO reading {_slow_sql()}")
    frame.drop("run", "told_again")


def _make_runs(frame: Frame) -> None:
    """`closing` maps each pull to the complete pull that it is part of; `run` gives each state line its chain."""
    frame.make(
        "closing",
        """SELECT part.id, MIN(whole.id) AS closing_id
        FROM pulls AS part
        JOIN pulls AS whole ON whole.complete AND whole.source = part.source AND whole.scope = part.scope
            AND (whole.id = part.id OR COALESCE(whole.part_of, whole.id) = COALESCE(part.part_of, part.id))
        GROUP BY part.id""",
    )
    frame.make(
        "chain_pull",
        """SELECT id, base_id, source, scope, labels, from_at, to_at, source || chr(31) || scope AS chain,
            (from_at > MAX(to_at) OVER (
                PARTITION BY source, scope ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            )) IS NOT FALSE AND base_id IS NOT DISTINCT FROM LAG(id) OVER (PARTITION BY source, scope ORDER BY id)
                AS is_ordered
        FROM pulls WHERE complete""",
    )
    # Nearly every key is told once, with nothing before or after it.
    frame.make(
        "told_again",
        "SELECT key_id FROM lines WHERE says IN ('state', 'summary') GROUP BY key_id HAVING COUNT(*) > 1",
    )
    frame.make(
        "run",
        """WITH line AS (
            SELECT lines.seq, lines.key_id, lines.label, lines.source, lines.says, lines.observed_at, lines.body_id,
                lines.op, closing.closing_id, chain_pull.chain
            FROM lines
            LEFT JOIN closing ON closing.id = lines.pull_id
            LEFT JOIN chain_pull ON chain_pull.id = closing.closing_id
            WHERE lines.says IN ('state', 'summary')
        )
        SELECT line.*, CAST(NULL AS BIGINT) AS next_closing, CAST(NULL AS TIMESTAMP) AS next_at
        FROM line ANTI JOIN told_again ON told_again.key_id = line.key_id
        UNION ALL
        SELECT line.*, CASE WHEN chain IS NOT NULL THEN LEAD(closing_id) OVER following END,
            LEAD(observed_at) OVER following
        FROM line SEMI JOIN told_again ON told_again.key_id = line.key_id
        WINDOW following AS (PARTITION BY line.key_id, chain ORDER BY seq)""",
    )


def _make_slow_keys(frame: Frame) -> None:
    """Keys whose observations must be spelled out: told outside one chain, or in one that is not in order or dropped them."""
    frame.make(
        "dropped_label",
        """SELECT DISTINCT covered.chain, covered.label
        FROM (SELECT chain, label, MIN(id) AS id FROM (SELECT chain, id, UNNEST(labels) AS label FROM chain_pull)
            GROUP BY chain, label) AS covered
        JOIN chain_pull AS later ON later.chain = covered.chain AND later.id > covered.id
        WHERE NOT LIST_CONTAINS(later.labels, covered.label)""",
    )
    frame.make(
        "slow_key",
        """WITH disordered AS (SELECT DISTINCT chain FROM chain_pull WHERE NOT is_ordered),
        covered AS (SELECT DISTINCT source, UNNEST(labels) AS label FROM chain_pull)
        SELECT run.key_id
        FROM run
        LEFT JOIN disordered ON disordered.chain = run.chain
        LEFT JOIN covered ON run.chain IS NULL AND covered.source = run.source AND covered.label = run.label
        GROUP BY run.key_id
        HAVING BOOL_OR(disordered.chain IS NOT NULL)
            OR MIN(COALESCE(run.chain, '')) < MAX(COALESCE(run.chain, ''))
            OR (BOOL_OR(run.chain IS NULL) AND (COUNT(*) > 1 OR BOOL_OR(covered.label IS NOT NULL)))
        UNION
        SELECT key_id FROM run WHERE op = 0 AND next_at <= observed_at
        UNION
        SELECT run.key_id FROM run
        JOIN chain_pull AS other ON other.source = run.source AND other.chain <> run.chain
            AND LIST_CONTAINS(other.labels, run.label) AND other.scope = ''
        WHERE run.chain IS NOT NULL
        UNION
        SELECT run.key_id FROM run JOIN dropped_label ON dropped_label.chain = run.chain AND dropped_label.label = run.label""",
    )


def _fast_sql() -> str:
    """Readings of keys that one ordered chain tells, or that were pushed once."""
    return """SELECT run.key_id, run.seq, run.says, run.source, run.observed_at AS from_at,
        CASE WHEN run.says = 'state' THEN run.next_at ELSE ending.gone_at END AS until_at,
        run.observed_at AS first_at,
        GREATEST(run.observed_at, COALESCE(last_pull.to_at, run.observed_at)) AS last_at, run.chain
    FROM run
    ANTI JOIN slow_key ON slow_key.key_id = run.key_id
    LEFT JOIN (
        SELECT seq, MIN(CASE WHEN op = 1 THEN observed_at END) OVER (
            PARTITION BY key_id, chain ORDER BY seq ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
        ) AS gone_at
        FROM run WHERE says = 'summary'
    ) AS ending ON ending.seq = run.seq
    LEFT JOIN (
        SELECT chain, next_closing, MAX(chain_pull.to_at) AS to_at
        FROM (SELECT DISTINCT chain, next_closing FROM run WHERE chain IS NOT NULL)
        JOIN chain_pull USING (chain)
        WHERE next_closing IS NULL OR chain_pull.id < next_closing
        GROUP BY chain, next_closing
    ) AS last_pull ON last_pull.chain = run.chain AND last_pull.next_closing IS NOT DISTINCT FROM run.next_closing
    WHERE run.op = 0"""


def _events_sql() -> str:
    """Readings of events: each holds from its own time on; equal ones are one."""
    return """SELECT key_id, MIN(seq) AS seq, 'event' AS says, source, observed_at AS from_at, NULL AS until_at,
        observed_at AS first_at, observed_at AS last_at, NULL AS chain
    FROM lines WHERE says = 'event' AND op = 0 GROUP BY key_id, source, observed_at, body_id"""


def _make_points(frame: Frame) -> None:
    """`point`: each single observation of a slow key, seen (with its line) or gone."""
    _make_pull_tree(frame)
    frame.make("slow", "SELECT run.* FROM run SEMI JOIN slow_key ON slow_key.key_id = run.key_id")
    frame.make(
        "point",
        """WITH standing AS (
            SELECT slow.key_id, pull.to_at AS point_at,
                MAX({'seq': slow.seq, 'body_id': slow.body_id, 'op': slow.op}) AS line
            FROM slow
            JOIN pull_tree AS told ON told.id = slow.closing_id
            JOIN pull_tree AS pull ON pull.chain = told.chain AND pull.enter >= told.enter AND pull.enter < told.leave
            -- A pull that no longer covers a label says nothing of it.
            WHERE LIST_CONTAINS(pull.labels, slow.label) OR NOT LIST_CONTAINS(told.labels, slow.label)
            GROUP BY slow.key_id, pull.id, pull.to_at
        ),
        seen AS (
            SELECT key_id, observed_at AS point_at, seq, body_id FROM slow WHERE op = 0
            UNION
            SELECT key_id, point_at, line.seq, line.body_id FROM standing WHERE line.op = 0
        ),
        told AS (SELECT DISTINCT key_id, source, label FROM slow),
        scoped AS (SELECT DISTINCT key_id, chain FROM slow WHERE chain IS NOT NULL),
        gone AS (
            SELECT told.key_id, chain_pull.to_at AS point_at
            FROM told
            JOIN chain_pull ON chain_pull.source = told.source AND LIST_CONTAINS(chain_pull.labels, told.label)
            LEFT JOIN scoped ON scoped.key_id = told.key_id AND scoped.chain = chain_pull.chain
            WHERE (chain_pull.scope = '' OR scoped.key_id IS NOT NULL) AND NOT EXISTS (
                SELECT 1 FROM seen WHERE seen.key_id = told.key_id
                    AND seen.point_at BETWEEN chain_pull.from_at AND chain_pull.to_at
            )
        )
        SELECT key_id, point_at, seq, body_id, FALSE AS is_gone FROM seen
        UNION ALL
        SELECT DISTINCT key_id, point_at, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), TRUE FROM gone""",
    )


def _make_pull_tree(frame: Frame) -> None:
    """`pull_tree`: complete pulls numbered in pre-order along their bases, so that all that rest on one are a range."""
    rows = frame.rows("SELECT id, base_id, chain FROM chain_pull ORDER BY id")
    places = {(row[0], row[2]): place for place, row in enumerate(rows)}
    enter, leave, _ = number_forest([places.get((row[1], row[2]), -1) for row in rows])
    numbers = [str(row[0]) for row in rows]
    listed = ", ".join(f"({number}, {a}, {b})" for number, a, b in zip(numbers, enter, leave, strict=True))
    told = f"(VALUES {listed or '(NULL, NULL, NULL)'}) AS tree (id, enter, leave)"
    frame.make(
        "pull_tree",
        f"SELECT tree.*, chain_pull.chain, chain_pull.labels, chain_pull.to_at FROM {told} JOIN chain_pull USING (id)",
    )


def _settle_ties(frame: Frame) -> None:
    """Of two bodies of one key at one time the greater canonical body counts; `body_order` ranks just those."""
    tied = frame.rows(
        """SELECT DISTINCT UNNEST(bodies) FROM (
            SELECT LIST(DISTINCT body_id) AS bodies FROM point WHERE NOT is_gone
            GROUP BY key_id, point_at HAVING COUNT(DISTINCT body_id) > 1
        )"""
    )
    ids = [int(str(row[0])) for row in tied]
    bodies = frame.given.bodies(ids) if ids else {}
    ordered = sorted(ids, key=lambda body_id: (bodies.get(body_id) or b"", body_id))
    frame.run("CREATE OR REPLACE TABLE body_order (body_id BIGINT, place BIGINT)")
    frame.insert(
        "body_order",
        [{"body_id": body_id, "place": place} for place, body_id in enumerate(ordered)],
        {"body_id": "BIGINT", "place": "BIGINT"},
    )


def _slow_sql() -> str:
    """Readings from single observations: each holds until the next one; a summary until the key is gone."""
    return f"""WITH settled AS (
        SELECT point.* FROM point LEFT JOIN body_order USING (body_id)
        QUALIFY ROW_NUMBER() OVER (
            PARTITION BY key_id, point_at ORDER BY is_gone, COALESCE(body_order.place, 0) DESC, seq
        ) = 1
    ),
    ordered AS (
        SELECT *, LEAD(point_at) OVER following AS next_at, LEAD(body_id) OVER following AS next_body,
            MIN(CASE WHEN is_gone THEN point_at END) OVER (
                PARTITION BY key_id ORDER BY point_at ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            ) AS next_gone
        FROM settled WINDOW following AS (PARTITION BY key_id ORDER BY point_at)
    )
    SELECT {READING_COLUMNS} FROM (
        SELECT ordered.key_id, ordered.seq, lines.says, lines.source, ordered.point_at AS from_at,
            CASE WHEN lines.says = 'state' OR ordered.next_body = ordered.body_id THEN ordered.next_at
                ELSE ordered.next_gone END AS until_at,
            ordered.point_at AS first_at, ordered.point_at AS last_at, CAST(NULL AS VARCHAR) AS chain
        FROM ordered JOIN lines ON lines.seq = ordered.seq
        WHERE NOT ordered.is_gone
    )"""

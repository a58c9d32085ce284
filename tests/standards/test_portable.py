"""The portable subset: each trap of an engine is refused, and the portable way beside it is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.standards.portable import check_portable
from stocktake.standards.portable_types import check_types
from stocktake.standards.query import parse_query

TYPES = {
    "graph.t": {
        "id": "VARCHAR", "name": "VARCHAR", "size": "BIGINT", "share": "DOUBLE", "is_on": "BOOLEAN", "at": "TIMESTAMP",
        "until_at": "TIMESTAMP", "names": "VARCHAR[]", "price": "DECIMAL(18, 3)",
    },
    "graph.u": {"id": "VARCHAR", "t_id": "VARCHAR"},
}  # fmt: skip
DAYS = "DATE_DIFF('day', CAST(t.at AS DATE), CAST(t.until_at AS DATE))"
EXPRESSIONS = [
    ("DATE_DIFF('day', t.at, t.until_at)", DAYS),
    ("DATE_DIFF('month', t.at, t.until_at)", "EXTRACT(YEAR FROM t.at) * 12 + EXTRACT(MONTH FROM t.at)"),
    ("CAST(t.at AS DATE) - CAST(t.until_at AS DATE)", DAYS),
    ("t.at - t.until_at", "DATE_DIFF('second', t.at, t.until_at)"),
    ("CAST(t.at AS DATE) + INTERVAL '1' DAY", "CAST(CAST(t.at AS DATE) + INTERVAL '1' DAY AS DATE)"),
    ("t.at + INTERVAL '1' MONTH", "t.at + INTERVAL '28' DAY"),
    ("DATE_TRUNC('week', t.at)", "CAST(DATE_TRUNC('week', t.at) AS DATE)"),
    ("EXTRACT(DOW FROM t.at)", "EXTRACT(DAY FROM t.at)"),
    ("EXTRACT(ISODOW FROM t.at)", "MOD(DATE_DIFF('day', DATE '2026-01-05', CAST(t.at AS DATE)), 7)"),
    ("EPOCH(t.at)", "DATE_DIFF('second', TIMESTAMP '1970-01-01 00:00:00', t.at)"),
    ("EPOCH_MS(t.at)", "DATE_DIFF('second', TIMESTAMP '1970-01-01 00:00:00', t.at)"),
    ("TRY_CAST(t.name AS TIMESTAMP)", "t.at"),
    ("STRFTIME(t.at, '%Y')", "CAST(CAST(t.at AS DATE) AS VARCHAR)"),
    ("t.share / t.size", "t.share / NULLIF(t.size, 0)"),
    ("t.size // t.size", "t.size // 86400"),
    ("t.size % 0", "t.size % 7"),
    ("t.price / NULLIF(t.size, 0)", "ROUND(CAST(t.price AS DOUBLE) / NULLIF(t.size, 0), 9)"),
    ("ROUND(t.price, 2)", "ROUND(CAST(t.price AS DOUBLE), 2)"),
    ("ROUND(t.size, 2)", "ROUND(t.share, 2)"),
    ("CAST('nan' AS DOUBLE)", "CAST(NULL AS DOUBLE)"),
    ("CAST('-Infinity' AS DOUBLE)", "CAST(NULL AS DOUBLE)"),
    ("ISNAN(t.share)", "t.share IS NULL"),
    ("CAST(t.share AS BIGINT)", "CAST(ROUND(t.share) AS BIGINT)"),
    ("FLOOR(t.share)", "CAST(FLOOR(t.share) AS BIGINT)"),
    ("SIGN(t.share)", "CAST(SIGN(t.share) AS BIGINT)"),
    ("CAST(t.share AS VARCHAR)", "CAST(t.size AS VARCHAR)"),
    ("CAST(t.at AS VARCHAR)", "CAST(CAST(t.at AS DATE) AS VARCHAR)"),
    ("CAST(t.name AS BIGINT)", "TRY_CAST(t.name AS BIGINT)"),
    ("SUM(t.share)", "ROUND(SUM(t.share), 9)"),
    ("AVG(t.size)", "ROUND(AVG(t.size), 9)"),
    ("STDDEV(t.share)", "ROUND(STDDEV(t.share), 9)"),
    ("EXP(t.share)", "ROUND(EXP(t.share), 9)"),
    ("SQRT(t.share)", "t.share * t.share"),
    ("GREATEST(t.size, 1)", "CASE WHEN t.size >= 1 THEN t.size WHEN t.size < 1 THEN 1 END"),
    ("LEAST(t.size, 1)", "CASE WHEN t.size <= 1 THEN t.size WHEN t.size > 1 THEN 1 END"),
    ("CASE WHEN t.is_on THEN NULL ELSE 1 END", "CASE WHEN NOT t.is_on THEN 1 END"),
    ("ARRAY_AGG(t.name ORDER BY t.name)", "LIST_SORT(ARRAY_AGG(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL))"),
    ("LIST(t.name)", "LIST_SORT(ARRAY_AGG(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL))"),
    ("STRING_AGG(t.name, ',')", "STRING_AGG(t.name, ',' ORDER BY t.name)"),
    ("ANY_VALUE(t.name)", "MIN(t.name)"),
    ("FIRST(t.name)", "MIN(t.name)"),
    ("MAX_BY(t.name, t.at)", "MAX(t.name)"),
    ("MIN(t.names)", "MIN(t.name)"),
    ("MEDIAN(t.size)", "COUNT(t.size)"),
    ("QUANTILE_CONT(t.size, 0.5)", "COUNT(t.size)"),
    ("PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY t.size)", "COUNT(t.size)"),
    ("REGEXP_REPLACE(t.name, 'a', 'b')", "REPLACE(t.name, 'a', 'b')"),
    ("REGEXP_EXTRACT(t.name, 'a')", "NULLIF(REGEXP_EXTRACT(t.name, 'a'), '')"),
    ("UPPER(t.name)", "LOWER(t.name)"),
    ("t.name ILIKE 'a%'", "LOWER(t.name) LIKE 'a%'"),
    ("CONCAT(t.name, t.id)", "t.name || t.id"),
    ("CONTAINS(t.name, 'a')", "STRPOS(t.name, 'a') > 0"),
    ("LEN(t.names)", "CARDINALITY(t.names)"),
    ("t.names[1]", "LIST_CONTAINS(t.names, 'a')"),
    ("MAP {'a': 1}", "t.name"),
    ("{'a': 1}", "t.name"),
    ("t.name ->> '$.a'", "t.name"),
    ("JSON_EXTRACT(t.name, '$.a')", "t.name"),
    ("HISTOGRAM(t.size)", "COUNT(t.size)"),
    ("SHA256(t.name)", "t.id"),
    ("MD5(t.name)", "t.id"),
    ("NOW()", "t.at"),
    ("CURRENT_DATE", "CAST(t.at AS DATE)"),
    ("CURRENT_TIMESTAMP", "t.at"),
    ("TODAY()", "CAST(t.at AS DATE)"),
    ("RANDOM()", "t.share"),
    ("UUID()", "t.id"),
    ("LEVENSHTEIN(t.name, t.id)", "t.name = t.id"),
    ("FROBNICATE(t.name)", "t.name"),
    ("IF(t.is_on, 1, 2)", "CASE WHEN t.is_on THEN 1 ELSE 2 END"),
    ("UNNEST(t.names)", "t.names"),
    ("LIST_FILTER(t.names, x -> x = 'a')", "t.names"),
    ("ROW_NUMBER() OVER (ORDER BY t.at)", "ROW_NUMBER() OVER (ORDER BY t.at, t.id)"),
    ("FIRST_VALUE(t.name) OVER (ORDER BY t.at)", "FIRST_VALUE(t.name) OVER (ORDER BY t.at, t.id)"),
    ("LAG(t.name) OVER (PARTITION BY t.id)", "LAG(t.name) OVER (PARTITION BY t.name ORDER BY t.id)"),
    ("ROW_NUMBER() OVER ()", "RANK() OVER (ORDER BY t.at)"),
    (
        "SUM(t.size) OVER (ORDER BY t.at ROWS UNBOUNDED PRECEDING)",
        "SUM(t.size) OVER (ORDER BY t.at, t.id ROWS UNBOUNDED PRECEDING)",
    ),
]
QUERIES = [
    ("SELECT t.name AS x FROM graph.t AS t GROUP BY ALL", "SELECT t.name AS x FROM graph.t AS t GROUP BY t.name"),
    (
        "SELECT t.id AS x FROM graph.t AS t SEMI JOIN graph.u AS u ON t.id = u.t_id",
        "SELECT t.id AS x FROM graph.t AS t WHERE EXISTS (SELECT u.id FROM graph.u AS u WHERE t.id = u.t_id)",
    ),
    (
        "SELECT t.id AS x FROM graph.t AS t ANTI JOIN graph.u AS u ON t.id = u.t_id",
        "SELECT t.id AS x FROM graph.t AS t LEFT JOIN graph.u AS u ON t.id = u.t_id WHERE u.id IS NULL",
    ),
    (
        "WITH RECURSIVE a AS (SELECT t.id AS x FROM graph.t AS t) SELECT a.x AS x FROM a",
        "WITH a AS (SELECT t.id AS x FROM graph.t AS t) SELECT a.x AS x FROM a",
    ),
    ("SELECT t.id AS x FROM graph.t AS t JOIN graph.u AS u USING (id)", "SELECT t.id AS x FROM graph.t AS t"),
    ("SELECT t.id AS x FROM graph.t AS t NATURAL JOIN graph.u AS u", "SELECT t.id AS x FROM graph.t AS t"),
    (
        "SELECT t.name AS x FROM graph.t AS t ORDER BY t.at LIMIT 5",
        "SELECT t.name AS x FROM graph.t AS t ORDER BY t.at, t.id LIMIT 5",
    ),
    (
        "SELECT DISTINCT ON (t.name) t.id AS x FROM graph.t AS t ORDER BY t.at",
        "SELECT DISTINCT ON (t.name) t.id AS x FROM graph.t AS t ORDER BY t.at, t.id",
    ),
    (
        "SELECT t.id AS x FROM graph.t AS t UNION BY NAME SELECT u.id AS x FROM graph.u AS u",
        "SELECT t.id AS x FROM graph.t AS t UNION ALL SELECT u.id AS x FROM graph.u AS u",
    ),
    ("SELECT t.id AS x FROM graph.t AS t USING SAMPLE 10", "SELECT t.id AS x FROM graph.t AS t"),
    ("WITH a AS (SELECT * FROM graph.t AS t) SELECT a.id AS x FROM a", "SELECT COUNT(*) AS x FROM graph.t AS t"),
    (
        "SELECT t.id AS x FROM graph.t AS t, LATERAL (SELECT u.id AS y FROM graph.u AS u) AS l",
        "SELECT t.id AS x FROM graph.t AS t CROSS JOIN UNNEST(t.names) AS part (name)",
    ),
    (
        "SELECT t.name AS x FROM graph.t AS t GROUP BY CUBE (t.name)",
        "SELECT t.name AS x FROM graph.t AS t GROUP BY ROLLUP (t.name)",
    ),
    (
        "SELECT STRING_AGG(t.name, ',' ORDER BY t.id) AS x, COUNT(DISTINCT t.id) AS y FROM graph.t AS t",
        "SELECT STRING_AGG(t.name, ',' ORDER BY t.id) AS x, COUNT(t.id) AS y FROM graph.t AS t",
    ),
    (
        "SELECT t.id AS x FROM graph.t AS t WHERE t.name = $1",
        "SELECT t.id AS x FROM graph.t AS t WHERE t.name = 'a'",
    ),
]


def refusals(sql: str) -> list[str]:
    """What is refused of a query, with its remedies."""
    query, problems = parse_query(Path("file.sql"), sql)
    if query is None:
        return [str(problem) for problem in problems]
    found = check_portable(Path("file.sql"), query) or check_types(Path("file.sql"), query, TYPES)
    return [str(problem) for problem in found]


def select(expression: str) -> str:
    """A query of one expression."""
    return f"SELECT {expression} AS x FROM graph.t AS t"


@pytest.mark.parametrize("expression", [trap for trap, _ in EXPRESSIONS])
def test_a_trap_is_refused_with_its_portable_way(expression: str) -> None:
    """Every row of the table of traps is caught by name, with what to write instead."""
    found = refusals(select(expression))

    assert found, f"{expression} is taken"
    assert all("fix: portable: " in each for each in found)


@pytest.mark.parametrize("expression", [way for _, way in EXPRESSIONS])
def test_the_portable_way_is_taken(expression: str) -> None:
    """A remedy that is itself refused would be no remedy."""
    assert refusals(select(expression)) == []


@pytest.mark.parametrize("sql", [trap for trap, _ in QUERIES])
def test_a_trap_of_a_whole_query_is_refused(sql: str) -> None:
    """Joins, groupings and orders differ between engines too."""
    assert refusals(sql)


@pytest.mark.parametrize("sql", [way for _, way in QUERIES])
def test_the_portable_query_is_taken(sql: str) -> None:
    """The same question in the portable way."""
    assert refusals(sql) == []


def test_a_refusal_names_the_line() -> None:
    """Line 3 is where the trap stands."""
    (found,) = refusals("SELECT\n    t.id AS x,\n    UPPER(t.name) AS y\nFROM graph.t AS t")

    assert found.startswith("file.sql:3: UPPER of letters beyond ASCII differs")

"""A lifted statement gives at each moment what the statement gives there by itself."""

from __future__ import annotations

import duckdb
import pytest

from stocktake.engines.lift import AT, NOW, at_moment, lift, narrowed

MOMENTS = ("2026-01-01", "2026-02-01", "2026-03-01")
MANY = """SELECT * FROM (VALUES
    (1, 'a', 5, TIMESTAMP '2026-01-01'), (2, 'a', NULL, TIMESTAMP '2026-01-01'), (3, 'b', 7, TIMESTAMP '2026-01-01'),
    (1, 'b', 6, TIMESTAMP '2026-02-01'), (4, 'c', 1, TIMESTAMP '2026-02-01')
) AS told (id, name, level, moment_at)"""
SAME = """SELECT * FROM (VALUES
    (1, DATE '2025-12-01'), (2, DATE '2026-01-15'), (9, DATE '2026-02-15')) AS told (id, since)"""
RELATIONS = {name: narrowed(name) for name in ("many", "standard.many")}


def tables(many: str) -> duckdb.DuckDBPyConnection:
    """A connection with `many`, which is empty at the last moment, and `same`, which is the same at all."""
    connection = duckdb.connect()
    connection.execute(f"CREATE TABLE many AS {many}; CREATE TABLE same AS {SAME}")
    connection.execute("CREATE SCHEMA standard; CREATE TABLE standard.many AS SELECT * FROM main.many")
    listed = ", ".join(f"TIMESTAMP '{moment}'" for moment in MOMENTS)
    connection.execute(f"CREATE TABLE moment AS SELECT UNNEST([{listed}]) AS {AT}")
    return connection


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT name, COUNT(*) AS number, MAX(level) AS most FROM many GROUP BY name",
        "SELECT COUNT(*) AS number, SUM(level) AS total FROM many",
        "SELECT COUNT(*) AS number FROM many AS m WHERE m.level > 6",
        "SELECT same.id, many.level FROM same LEFT JOIN many ON many.id = same.id",
        "SELECT many.id, same.since FROM many LEFT JOIN same ON same.id = many.id",
        "SELECT one.id, other.id AS other FROM many AS one JOIN many AS other ON other.name = one.name",
        "SELECT same.id FROM same SEMI JOIN many ON many.id = same.id",
        "SELECT id FROM same ANTI JOIN many USING (id)",
        "SELECT id FROM same WHERE NOT EXISTS (SELECT 1 FROM many WHERE many.id = same.id AND many.level IS NOT NULL)",
        "SELECT id FROM same WHERE id NOT IN (SELECT id FROM many)",
        "SELECT id, (SELECT COUNT(*) FROM many WHERE many.id >= same.id) AS above FROM same",
        "SELECT id, ROW_NUMBER() OVER (ORDER BY id) AS place, SUM(level) OVER () AS total FROM many",
        "SELECT id, name FROM many QUALIFY ROW_NUMBER() OVER (PARTITION BY name ORDER BY id DESC) = 1",
        "SELECT DISTINCT name FROM many UNION SELECT 'z' EXCEPT SELECT 'a'",
        "SELECT id FROM many UNION ALL SELECT id FROM same",
        "WITH told AS (SELECT MAX(id) AS most FROM many) SELECT many.name FROM told JOIN many ON many.id = told.most",
        "SELECT m.id FROM same, standard.many AS m WHERE m.id = same.id",
        "SELECT id, level IS NOT DISTINCT FROM many AS odd FROM (SELECT id, level, id AS many FROM many) AS told",
        "SELECT id, element FROM many CROSS JOIN UNNEST([id, level]) AS told (element)",
        "SELECT id FROM many ORDER BY id LIMIT 1",
        "SELECT id FROM same WHERE since <= {as_of}",
        "SELECT same.id, many.level FROM same LEFT JOIN many ON many.id = same.id AND same.since < {as_of}",
        "SELECT {as_of} AS as_of",
    ],
)
def test_a_lifted_statement_is_itself_at_each_moment(sql: str) -> None:
    """Also where nothing is left at a moment, and where a count of nothing is a row."""
    told = at_moment(sql.format(as_of=NOW), RELATIONS)
    assert told is not None
    with tables(MANY) as connection:
        connection.execute(f"CREATE TABLE lifted AS {lift(told, 'moment')}")
        for moment in MOMENTS:
            at = f"{AT} = TIMESTAMP '{moment}'"
            lifted = connection.execute(f"SELECT * EXCLUDE ({AT}) FROM lifted WHERE {at}").fetchall()
            with tables(f"SELECT * EXCLUDE ({AT}) FROM ({MANY}) AS told WHERE {at}") as single:
                alone = single.execute(sql.format(as_of=f"TIMESTAMP '{moment}'")).fetchall()
            assert sorted(lifted, key=repr) == sorted(alone, key=repr), moment


def test_a_name_that_a_statement_gives_itself_is_no_relation() -> None:
    """A table of a WITH hides the relation of its name."""
    assert at_moment("WITH many AS (SELECT 7 AS id) SELECT many.id FROM many", RELATIONS) is None


def test_what_depends_on_no_moment_is_left_alone() -> None:
    """It is run once, and read at every moment."""
    assert at_moment("SELECT id FROM same", RELATIONS) is None

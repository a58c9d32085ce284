"""Whole statements from the allow-list, made by chance: joins, groups, windows, sets and subqueries."""

from __future__ import annotations

from pathlib import Path

from hypothesis import strategies as st
from tests.engines.test_properties import COLUMNS, GROUPED, LEAVES, WINDOWS, expression

from stocktake.standards.portable import check_portable
from stocktake.standards.portable_types import check_types
from stocktake.standards.query import parse_query

TYPES = {
    "s": "VARCHAR", "r": "VARCHAR", "i": "BIGINT", "j": "BIGINT", "h": "BIGINT", "g": "BIGINT", "x": "DOUBLE",
    "y": "DOUBLE", "t": "TIMESTAMP", "u": "TIMESTAMP", "b": "BOOLEAN", "c": "BOOLEAN", "l": "VARCHAR[]",
    "id": "VARCHAR",
}  # fmt: skip
TABLES = ("graph.row", "graph.other")
KEYS = ("s", "i", "j", "b", "t", "CAST(t AS DATE)", "COALESCE(s, 'none')", "i % 3")
FIRST = "ROW_NUMBER() OVER (PARTITION BY told.s ORDER BY told.t, told.id)"
HAVING = ("", "", "HAVING COUNT(*) > 1", "HAVING MAX(i) > 0", "HAVING BOOL_OR(b)")
SETS = ("UNION ALL", "UNION", "EXCEPT", "INTERSECT")

columns = st.lists(st.sampled_from("bbiixxssd").flatmap(expression), min_size=1, max_size=4)
flag = expression("b", 1)


def is_portable(sql: str) -> bool:
    """Whether `stocktake check` takes the statement."""
    path = Path("random.sql")
    query, problems = parse_query(path, sql)
    if query is None or problems:
        return False
    types = dict.fromkeys(TABLES, TYPES)
    return not check_portable(path, query) and not check_types(path, query, types)


@st.composite
def joined(draw: st.DrawFn) -> str:
    """Both tables as one with the columns of either, `id` unique: inner or outer, by a key, what matters of it."""
    taken = {name: draw(st.sampled_from(("row", "other"))) for name in COLUMNS}
    kind, key = draw(st.sampled_from(("INNER", "LEFT", "FULL"))), draw(st.sampled_from(("i", "s", "b", "t")))
    more = draw(st.sampled_from(("", "AND row.x < other.x", "AND row.s IS DISTINCT FROM other.s")))
    ids = "COALESCE(row.id, '') || '/' || COALESCE(other.id, '') AS id"
    told = ", ".join(f"{table}.{name} AS {name}" for name, table in taken.items())
    on = f"row.{key} = other.{key} {more if kind != 'FULL' else ''}"
    return f"SELECT {ids}, {told} FROM graph.row AS row {kind} JOIN graph.other AS other ON {on}"


@st.composite
def unnested(draw: st.DrawFn) -> str:
    """A table with each element of its lists as `s`."""
    rest = ", ".join(f"row.{name} AS {name}" for name in COLUMNS if name != "s")
    where = draw(st.sampled_from(("", "WHERE part.value IS NOT NULL", "WHERE part.value <> 'a'")))
    return (
        f"SELECT row.id || '/' || COALESCE(part.value, '') AS id, part.value AS s, {rest} "
        f"FROM graph.row AS row CROSS JOIN UNNEST(row.l) AS part (value) {where}"
    )


def plain(table: str) -> str:
    """A table as it is."""
    return f"SELECT row.id AS id, {', '.join(f'row.{name} AS {name}' for name in COLUMNS)} FROM {table} AS row"


relation = st.one_of(st.sampled_from([plain(table) for table in TABLES]), joined(), unnested())


@st.composite
def rows_sql(draw: st.DrawFn) -> str:
    """Some rows with what is worked out of each; of those that something holds of, or that another table knows."""
    told = ", ".join(f"{each} AS c{number}" for number, each in enumerate(draw(columns)))
    where = draw(
        st.one_of(
            st.just("TRUE"),
            flag,
            st.just("EXISTS (SELECT 1 AS one FROM graph.other AS known WHERE known.i = told.i)"),
            st.just("told.s IN (SELECT known.s AS s FROM graph.other AS known WHERE known.s IS NOT NULL)"),
        )
    )
    limit = draw(st.sampled_from(("", "", "ORDER BY told.t, told.id LIMIT 7")))
    distinct = draw(st.sampled_from(("", "DISTINCT")))
    if distinct and limit:
        limit = ""
    return f"SELECT {distinct} {'' if distinct else 'told.id AS id, '}{told} FROM told WHERE {where} {limit}"


@st.composite
def groups_sql(draw: st.DrawFn) -> str:
    """Groups of the rows, by one or two keys or all together, with what is summed up of each."""
    keys = draw(st.lists(st.sampled_from(KEYS), max_size=2, unique=True))
    told = [*GROUPED, *(f"COUNT(DISTINCT {each})" for each in draw(columns)), f"SUM(CASE WHEN {draw(flag)} THEN 1 END)"]
    summed = draw(st.lists(st.sampled_from(told), min_size=1, max_size=4, unique=True))
    listed = [f"{each} AS k{number}" for number, each in enumerate(keys)]
    listed += [f"{each} AS c{number}" for number, each in enumerate(summed)]
    by = f"GROUP BY {', '.join(keys)} {draw(st.sampled_from(HAVING))}" if keys else ""
    return f"SELECT {', '.join(listed)} FROM told WHERE {draw(st.one_of(st.just('TRUE'), flag))} {by}"


@st.composite
def windows_sql(draw: st.DrawFn) -> str:
    """Rows beside others of theirs; of each part the first few alone."""
    told = draw(st.lists(st.sampled_from(WINDOWS), min_size=1, max_size=3, unique=True))
    picked = draw(
        st.sampled_from(("", "QUALIFY ROW_NUMBER() OVER (PARTITION BY told.s ORDER BY told.t, told.id) <= 2"))
    )
    listed = ", ".join(f"{each} AS c{number}" for number, each in enumerate(told))
    return f"SELECT told.id AS id, {listed} FROM told {picked}"


@st.composite
def sets_sql(draw: st.DrawFn) -> str:
    """Two selections of one shape, put together."""
    kinds = draw(st.lists(st.sampled_from("bisd"), min_size=1, max_size=3))
    sides = []
    for _ in range(2):
        told = ", ".join(f"{draw(expression(kind, 1))} AS c{number}" for number, kind in enumerate(kinds))
        sides.append(f"SELECT {told} FROM told WHERE {draw(flag)}")
    return f" {draw(st.sampled_from(SETS))} ".join(sides)


statement = st.tuples(relation, st.one_of(rows_sql(), groups_sql(), windows_sql(), sets_sql())).map(
    lambda parts: f"WITH told AS ({parts[0]}) {parts[1]}"
)
"""One statement over `graph.row` and `graph.other`, not always one that the allow-list takes: see `is_portable`."""

assert set(LEAVES) <= set("sixtb")

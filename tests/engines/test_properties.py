"""Values at the traps, and expressions of the allow-list over them, give the same on every engine as on DuckDB."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engines.alike import assert_alike

from stocktake.engines import Engine, Step
from stocktake.engines.duckdb import DuckDb
from stocktake.standards.portable import expression_problems

ENGINES = ["spark", "presto", "trino"]

TEXTS = [None, "", " ", "a", "ab/c", "a/b", "ünï", "Ω", "ß", "日本", "😀x", "%", "_", "12", "it's", "a\nb"]
WHOLES = [None, 0, 1, -1, 7, -7, 1000, -1000]
HUGE = [None, 2**63 - 1, -(2**63), 2**53 + 1, 0]
NUMBERS = [None, 0.0, 1.005, 2.675, -2.5, 0.1, 1e-10, 123456.789, -0.30000000000000004, 2.0714285715]
TIMES = [
    None, *map(datetime.fromisoformat, ("1970-01-01", "1900-01-01", "2024-02-29", "2026-03-29 02:30:00",
                                        "2026-10-25 02:30:00", "2025-12-31 23:59:59", "9999-12-31 23:59:59")),
]  # fmt: skip
FLAGS = [None, True, False]
LISTS = [None, [], ["a"], ["a", None], ["Ω", "b", "a"]]
COLUMNS = {
    "s": (TEXTS, pa.string()), "r": (TEXTS, pa.string()), "i": (WHOLES, pa.int64()), "j": (WHOLES, pa.int64()),
    "h": (HUGE, pa.int64()), "g": (HUGE, pa.int64()), "x": (NUMBERS, pa.float64()), "y": (NUMBERS, pa.float64()),
    "t": (TIMES, pa.timestamp("us")), "u": (TIMES, pa.timestamp("us")), "b": (FLAGS, pa.bool_()),
    "c": (FLAGS, pa.bool_()), "l": (LISTS, pa.list_(pa.string())),
}  # fmt: skip

rows = st.lists(st.fixed_dictionaries({name: st.sampled_from(told) for name, (told, _) in COLUMNS.items()}),
                min_size=5, max_size=40)  # fmt: skip

FLAG = (
    "{i} < {i}", "{i} = {i}", "h > g", "h IS DISTINCT FROM g", "{s} = {s}", "{s} < {s}", "{s} LIKE 'a%'",
    "{s} LIKE '%\\_%'", "STARTS_WITH({s}, 'a')", "REGEXP_MATCHES({s}, '^[a-z]')", "{s} IS NULL",
    "{s} IN ('', 'a', 'Ω')",
    "{i} BETWEEN -1 AND 7", "{x} <= {x}", "{t} > {t}", "{t} IS NOT DISTINCT FROM {t}", "LIST_CONTAINS(l, 'a')",
    "{d} = {d}", "({b} AND {b})", "({b} OR {b})", "NOT {b}", "COALESCE({b}, TRUE)",
)  # fmt: skip
WHOLE = (
    "LENGTH({s})", "STRPOS({s}, {s})", "CARDINALITY(l)", "({i} + {i})", "({i} - {i})", "ABS({i})",
    "({i} % NULLIF({i}, 0))",
    "({i} // NULLIF({i}, 0))", "COALESCE({i}, {i})", "NULLIF({i}, {i})", "CASE WHEN {b} THEN {i} ELSE {i} END",
    "DATE_DIFF('second', {t}, {t})", "DATE_DIFF('day', CAST({t} AS DATE), CAST({t} AS DATE))", "EXTRACT(YEAR FROM {t})",
    "EXTRACT(HOUR FROM {t})", "CAST(FLOOR({x}) AS BIGINT)", "CAST(CEIL({x}) AS BIGINT)", "CAST(ROUND({x}) AS BIGINT)",
)  # fmt: skip
NUMBER = (
    "ROUND({x}, 9)", "ROUND({x} / NULLIF({x}, 0), 9)", "ROUND({x} * {x}, 2)", "CAST({i} AS DOUBLE)",
    "COALESCE({x}, 0.5)", "CASE WHEN {b} THEN {x} END", "ROUND(CAST({i} AS DOUBLE) / 7, 9)", "ABS({x})",
)  # fmt: skip
TEXT = (
    "SUBSTR({s}, 1, 2)", "SUBSTR({s}, 2)", "REPLACE({s}, 'a', 'Ω')", "TRIM({s})", "({s} || {s})",
    "SPLIT_PART({s}, '/', 1)",
    "SPLIT_PART({s}, '/', 2)", "COALESCE({s}, 'none')", "NULLIF({s}, '')", "CAST({i} AS VARCHAR)",
    "CAST(CAST({t} AS DATE) AS VARCHAR)", "NULLIF(REGEXP_EXTRACT({s}, '[a-z]+'), '')",
    "CASE WHEN {b} THEN {s} ELSE {s} END",
)  # fmt: skip
DAY = ("CAST({t} AS DATE)", "CAST(DATE_TRUNC('month', {t}) AS DATE)", "CAST(DATE_TRUNC('week', {t}) AS DATE)")
LEAVES = {"s": ("s", "r", "''"), "i": ("i", "j", "3"), "x": ("x", "y"), "t": ("t", "u"), "b": ("b", "c")}
FORMS = {"b": FLAG, "i": WHOLE, "x": NUMBER, "s": TEXT, "d": DAY}


@st.composite
def expression(draw: st.DrawFn, kind: str, depth: int = 2) -> str:
    """An expression of the allow-list. kind: b flag, i whole number, x number, s text, t time, d day."""
    forms = FORMS.get(kind, ())
    if kind in LEAVES and (not forms or depth == 0 or draw(st.integers(0, 2)) == 0):
        return draw(st.sampled_from(LEAVES[kind]))
    told = draw(st.sampled_from(forms))
    for part in FORMS.keys() | LEAVES.keys():
        while f"{{{part}}}" in told:
            told = told.replace(f"{{{part}}}", draw(expression(part, max(depth - 1, 0))), 1)
    return told


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine but DuckDB, a real one."""
    found: Engine = request.getfixturevalue(request.param)
    return found


def table(given: list[dict[str, object]]) -> pa.Table:
    """The rows, each with an id."""
    schema = pa.schema([(name, kind) for name, (_, kind) in COLUMNS.items()])
    found = pa.Table.from_pylist(given, schema=schema)
    return found.append_column("id", pa.array([f"row {number:03}" for number in range(len(given))]))


def traps() -> pa.Table:
    """Every trap in many combinations, with ties."""
    longest = max(len(told) for told, _ in COLUMNS.values())
    given = [
        {name: told[(number * step + number // len(told)) % len(told)] for step, (name, (told, _)) in
         enumerate(COLUMNS.items(), 1)} for number in range(longest * 8)
    ]  # fmt: skip
    return table(given)


def compare(engine: Engine, told: list[str], given: pa.Table) -> None:
    """Many expressions in one statement, as each statement costs an engine most of a second."""
    columns = ", ".join(f"{each} AS c{number}" for number, each in enumerate(told))
    step = Step("standard.asked", f"SELECT row.id AS id, {columns} FROM graph.row AS row")

    found = engine.run_tables([step], {"graph.row": given})["standard.asked"]

    expected = DuckDb(threads=1).run_tables([step], {"graph.row": given})["standard.asked"]
    for number, each in enumerate(told):
        names = ["id", f"c{number}"]
        kept = expected.select(names)
        assert_alike(each, found.select(names).cast(kept.schema), kept)


def test_every_form_is_equal(engine: Engine) -> None:
    """Each form of the allow-list by itself, over all traps."""
    plain = {
        "s": ["s", "r"],
        "i": ["i", "j"],
        "x": ["x", "y"],
        "t": ["t", "u"],
        "b": ["b", "c"],
        "d": ["CAST(t AS DATE)"] * 2,
    }
    told = []
    for form in (*FLAG, *WHOLE, *NUMBER, *TEXT, *DAY):
        for part, names in plain.items():
            form = form.replace(f"{{{part}}}", names[0], 1).replace(f"{{{part}}}", names[1])
        assert expression_problems(form, "here:1") == [], form
        told.append(form)
    compare(engine, told, traps())


GROUPED = (
    "COUNT(*)", "COUNT(r)", "COUNT(DISTINCT r)", "SUM(i)", "MIN(r)", "MAX(t)", "MIN(x)", "ROUND(AVG(x), 9)",
    "BOOL_AND(b)", "BOOL_OR(b)", "LIST_SORT(ARRAY_AGG(DISTINCT r) FILTER (WHERE r IS NOT NULL))",
    "COUNT(*) FILTER (WHERE b)", "SUM(CASE WHEN b THEN i END)", "ROUND(STDDEV(x), 6)",
)  # fmt: skip
WINDOWS = (
    "ROW_NUMBER() OVER (PARTITION BY s ORDER BY t, id)", "RANK() OVER (ORDER BY i, s)",
    "DENSE_RANK() OVER (ORDER BY s)",
    "LAG(i) OVER (ORDER BY t DESC, id)", "LEAD(s) OVER (ORDER BY i, id)", "NTILE(3) OVER (ORDER BY x, id)",
    "FIRST_VALUE(r) OVER (PARTITION BY i ORDER BY s, id)", "COUNT(*) OVER (PARTITION BY s)",
    "SUM(i) OVER (PARTITION BY s ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)",
    "MAX(t) OVER (PARTITION BY r)",
)  # fmt: skip


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT row.s AS id, {} FROM graph.row AS row GROUP BY row.s",
        "SELECT 'all' AS id, {} FROM graph.row AS row",
        "SELECT row.i AS id, STRING_AGG(r, ',' ORDER BY r, id) AS texts FROM graph.row AS row GROUP BY row.i",
        "SELECT 'none' AS id, {} FROM graph.row AS row WHERE row.id = 'nobody'",
    ],
)
def test_aggregates_are_equal(engine: Engine, sql: str) -> None:
    """Of groups with ties and unknowns, of all rows, and of none."""
    told = [f"{each} AS c{number}" for number, each in enumerate(GROUPED)]
    assert_same(engine, sql.format(", ".join(told)))


def test_windows_are_equal(engine: Engine) -> None:
    """Where NULLs stand in an order, too."""
    told = [f"{each} AS c{number}" for number, each in enumerate(WINDOWS)]
    assert_same(engine, f"SELECT row.id AS id, {', '.join(told)} FROM graph.row AS row")


def assert_same(engine: Engine, sql: str) -> None:
    """One statement over the traps, each column told by itself."""
    step, given = Step("standard.asked", sql), {"graph.row": traps()}
    found, expected = (each.run_tables([step], given)["standard.asked"] for each in (engine, DuckDb(threads=1)))
    for name in expected.column_names[1:]:
        kept = expected.select(["id", name])
        assert_alike(f"{name} of {sql}", found.select(["id", name]).cast(kept.schema), kept)


@settings(max_examples=4, deadline=None, derandomize=True)
@given(rows, st.lists(st.sampled_from("bbiixxssd").flatmap(expression), min_size=30, max_size=40))
def test_random_expressions_are_equal(engine: Engine, given: list[dict[str, object]], told: list[str]) -> None:
    """Of any depth, over random rows of the traps."""
    compare(engine, [each for each in told if not expression_problems(each, "here:1")], table(given))

"""The functions that all vocabularies share: what they read, and that they never fail on a value."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import stocktake.library
from stocktake.vocabulary.expression import macro_sql

COMMON = Path(stocktake.library.__file__).parent / "vocabulary" / "common.yaml"
REPO = "https://github.com/o/r"
EXPECTED: dict[str, list[tuple[tuple[Any, ...], Any]]] = {
    "tag": [
        (('[{"key": "a", "value": "1"}, {"Key": "b", "Value": "2"}]', "b"), "2"),
        (('{"a.b": "x"}', "a.b"), "x"),
        (("{broken", "a"), None),
        (("[]", "a"), None),
        ((None, "a"), None),
    ],
    "noted": [
        (('{"stocktake.dev/purpose": "churn", "purpose": "x"}', "purpose"), "churn"),
        (('[{"key": "purpose", "value": " x "}]', "purpose"), "x"),
        (('{"purpose": " "}', "purpose"), None),
    ],
    "is_yes": [(("Yes",), True), (("false",), False), (("perhaps",), None), ((None,), None)],
    "listed_words": [(("a, b,,",), ["a", "b"]), ((" ",), None), ((None,), None)],
    "cadence_of": [
        (("@daily",), 1),
        (("@hourly",), pytest.approx(1 / 24)),
        (("*/30 * * * *",), pytest.approx(1 / 48)),
        (("15 * * * *",), pytest.approx(1 / 24)),
        (("0 */6 * * *",), 0.25),
        (("0 3 * * *",), 1),
        (("0 3 */2 * *",), 2),
        (("0 3 * * MON",), 7),
        (("0 3 1 * *",), 30),
        (("0 3 1 1 *",), 365),
        (("7 days, 0:00:00",), 7),
        (("6:30:00",), pytest.approx(6.5 / 24)),
        (("0 3,15 * * *",), None),
        (("Never, external triggers only",), None),
        ((None,), None),
    ],
    "moment": [
        (("2026-01-01T00:00:00+02:00",), "2025-12-31 22:00:00"),
        (("2020-12-28T19:52:00.001+10",), "2020-12-28 09:52:00.001000"),
        (("2026-01-01T00:00:00Z",), "2026-01-01 00:00:00"),
        (("2026-01-01 10:00:00",), "2026-01-01 10:00:00"),
        (("2026-01-01",), "2026-01-01 00:00:00"),
        ((1700000000,), "2023-11-14 22:13:20"),
        (("1700000000.5",), "2023-11-14 22:13:20.500000"),
        (("1700000000123",), "2023-11-14 22:13:20.123000"),
        (("1700000000123456",), "2023-11-14 22:13:20.123456"),
        (("0",), None),
        (("99999999999999999999999999",), None),
        (("{{RUN_START_TIME}}",), None),
        ((None,), None),
    ],
    "uri": [
        (("s3a://b/k/",), "s3://b/k"),
        (("S3N://b",), "s3://b"),
        (("file:///a/b",), "file:/a/b"),
        (("/a/b/",), "file:/a/b"),
        (("postgres://u:p@h:5432",), "postgres://h:5432"),
        (("abfss://c@a.dfs.core.windows.net/x",), "abfss://c@a.dfs.core.windows.net/x"),
        (("models:/m-1",), "models:/m-1"),
        (("",), None),
    ],
    "place": [
        (("file", "/a"), "file:/a"),
        (("s3://b", "k/x"), "s3://b/k/x"),
        (("s3a://b", "/k/"), "s3://b/k"),
        (("s3://b", "/"), "s3://b"),
        (("s3://b", "s3a://b/k"), "s3://b/k"),
        (("duckdb:///srv/a.duckdb", "acme.main.t"), "duckdb:///srv/a.duckdb/acme.main.t"),
        (("postgres://h:5432", '"db"."s"."t"'), "postgres://h:5432/db.s.t"),
        (("bigquery", "p.d.t"), "bigquery/p.d.t"),
        ((None, "/x"), "file:/x"),
        ((None, "x"), None),
        (("bigquery", None), None),
    ],
    "git_url": [
        *(((told,), REPO) for told in ("https://github.com/o/r.git", "git@github.com:o/r.git", "github.com/o/r")),
        *(((told,), REPO) for told in ("ssh://git@github.com:22/o/r", "https://user:tok@GitHub.com/o/r/")),
        *(((told,), REPO) for told in ("git+https://github.com/o/r", "https://github.com/o/r/blob/main/x.py")),
        (("https://gitlab.com/g/s/r/-/blob/main/a.py",), "https://gitlab.com/g/s/r"),
        (("/srv/r.git",), "file:/srv/r"),
        ((None,), None),
    ],
    "words": [(("a", None, "", "b", "a"), ["a", "b"]), ((None,), None)],
    "texts": [(('["a", ""]',), ["a"]), (("a",), ["a"]), (("[]",), None), ((None,), None)],
    "entries": [
        (('{"a": 1, "b": {"c": null}}',), '[{"key":"a","value":1},{"key":"b","value":{"c":null}}]'),
        (("[1]",), None),
    ],
    "elements": [(('[1, "a", {"b": 2}]',), ["1", '"a"', '{"b":2}']), (("{}",), []), (("broken",), None)],
    "joined": [(("[1]", "[2]"), "[1,2]"), ((None, "[2]"), "[2]")],
    "stem": [(("lake/churn_train.parquet",), "churn_train"), (("shop.public.orders",), "orders"), (("/a/b/",), "b")],
    "base_name": [(("a/b.py",), "b.py"), (("/a/b/",), "b"), (("",), None)],
    "format_of": [(("s3://x/a.CSV.gz",), "csv"), (("db.t",), None)],
    "platform": [(("s3://b",), "s3"), (("file:/x",), "file"), (("postgresql://h",), "postgres")],
    "git_file": [(("./a/b/",), "a/b"), ((None,), None)],
}


@pytest.fixture(scope="module")
def connection() -> duckdb.DuckDBPyConnection:
    """A database with the functions of the common vocabulary."""
    made = duckdb.connect()
    for head, body in yaml.safe_load(COMMON.read_text("utf-8"))["functions"].items():
        made.execute(macro_sql(head, body))
    return made


@pytest.mark.parametrize(
    ("name", "given", "wanted"), [(name, *each) for name, rows in EXPECTED.items() for each in rows]
)
def test_a_shared_function_reads_values_alike(
    connection: duckdb.DuckDBPyConnection, name: str, given: tuple[Any, ...], wanted: Any
) -> None:
    """Each function gives the value that every tool's vocabulary relies on, in rows as in constants."""
    marks = ", ".join("?" for _ in given)
    columns = ", ".join(f"c{number}" for number in range(len(given)))
    rows = connection.execute(f"SELECT {name}({columns}) FROM (VALUES ({marks})) AS told({columns})", given).fetchall()

    assert [str(value) if name == "moment" and value else value for (value,) in rows] == [wanted]


def test_all_that_a_path_finds_is_one_array(connection: duckdb.DuckDBPyConnection) -> None:
    """A path with wildcards, written in the vocabulary itself."""
    bodies = """(VALUES ('{"f": {"x": {"i": [1]}, "y": {"i": [2]}}}'), ('{}'), (NULL)) AS told(body)"""
    told = f"SELECT all_of(body, '$.f.*.i[*]') FROM {bodies}"

    assert connection.execute(told).fetchall() == [("[1,2]",), ("[]",), (None,)]


def test_a_name_that_only_a_python_type_spells_is_no_function() -> None:
    """`time` is a type in SQL: in a vocabulary it is written so, and called otherwise."""
    assert macro_sql("time(x)", "x") == "CREATE OR REPLACE TEMP MACRO moment(x) AS x"

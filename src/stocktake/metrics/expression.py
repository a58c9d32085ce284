"""Expressions of metric files: SQL over the columns of one row, three-valued."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from stocktake.errors import Problem

Checker = Callable[[str, str], Sequence[Problem]]
"""Says what of an SQL expression is outside the portable subset, given its text and where it stands."""

VALUE = "value"
AS_OF = "as_of"
REFUSED = (exp.Query, exp.AggFunc, exp.Window, exp.Star)


def parse(text: str) -> exp.Expr:
    """The tree of an expression. Raises ValueError with the parser's first words."""
    try:
        return sqlglot.parse_one(text, dialect="duckdb", into=exp.Condition)
    except SqlglotError as error:
        raise ValueError(str(error.__cause__ or error).split("\n")[0]) from error


def columns_of(text: str) -> list[str]:
    """The columns that an expression names, each once, in order of reading."""
    names = [column.name.lower() for column in parse(text).find_all(exp.Column, bfs=False)]
    return list(dict.fromkeys(names))


def problems_of(
    text: str, where: str, columns: Collection[str], table: str, *, with_value: bool = False
) -> list[Problem]:
    """What is wrong with an expression over a table's columns; `with_value`: it may also name the metric's value."""
    try:
        tree = parse(text)
    except ValueError as error:
        return [Problem(where, f"not SQL: {error}", "write one condition or value over the table's columns")]
    found = [
        Problem(
            where, f"{node.sql('duckdb')} looks beyond the row", "put it into the table's SQL, and name its column here"
        )
        for node in tree.find_all(*REFUSED)
    ][:1]
    extra = {AS_OF, VALUE} if with_value else {AS_OF}
    for column in tree.find_all(exp.Column):
        if column.table:
            found.append(Problem(where, f"{column.sql('duckdb')} names a table", f"write {column.name} alone"))
        elif column.name.lower() not in columns and column.name.lower() not in extra:
            fix = f"use one of: {', '.join([*sorted(extra - {AS_OF}), *columns])}"
            found.append(Problem(where, f"table {table} has no column {column.name}", fix))
    return found


def render(text: str, rename: Mapping[str, str], as_of: datetime | str | None = None) -> str:
    """An expression as DuckDB's SQL, in parentheses, some columns under other names.

    as_of: what `as_of` stands for, a moment or SQL.
    """
    told = f"TIMESTAMP '{as_of:%Y-%m-%d %H:%M:%S}'" if isinstance(as_of, datetime) else as_of
    constants = {AS_OF: told} if told else {}

    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and node.name.lower() in {**rename, **constants}:
            return parse({**rename, **constants}[node.name.lower()])
        return node

    return f"({parse(text).transform(replace).sql('duckdb')})"


def compares_number(texts: Iterable[str]) -> bool:
    """Whether any of these conditions holds the value against a number."""
    for text in texts:
        for node in parse(text).find_all(exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between):
            if isinstance(node.this, exp.Column) and node.this.name.lower() == VALUE:
                return True
    return False

"""The part of the portable subset that depends on the types of columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify

from stocktake.errors import Problem
from stocktake.standards.query import line_of

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Types = Mapping[str, Mapping[str, str]]
"""Full name of a table -> column -> SQL type."""

Refusal = tuple[str, str]
DATE = exp.DataType.Type.DATE
TIMES = frozenset({exp.DataType.Type.TIMESTAMP, exp.DataType.Type.TIMESTAMPNTZ, exp.DataType.Type.DATETIME})
WHOLE = frozenset(exp.DataType.INTEGER_TYPES)
TEXT = frozenset(exp.DataType.TEXT_TYPES)
DECIMAL = frozenset({exp.DataType.Type.DECIMAL})
BROKEN = frozenset(exp.DataType.REAL_TYPES)


def check_types(path: Path, query: exp.Query, types: Types) -> list[Problem]:
    """Everything in a query that engines read differently because of the types of its columns."""
    layers: dict[str, dict[str, object]] = {}
    for name, columns in types.items():
        layer, _, table = name.partition(".")
        layers.setdefault(layer, {})[table] = dict(columns)
    schema = sqlglot.MappingSchema(dict(layers), dialect="duckdb")
    try:
        qualified = qualify(query.copy(), schema=schema, dialect="duckdb", expand_stars=False, quote_identifiers=False)
        typed = annotate_types(qualified, schema=schema, dialect="duckdb")
    except SqlglotError as error:
        return [
            Problem(f"{path}:{line_of(query)}", f"a column can't be found: {error}", "name a column that its table has")
        ]
    problems: dict[tuple[str, str], Problem] = {}
    for node in typed.walk():
        check = CHECKS.get(type(node))
        refusal = check(node) if check else None
        if refusal:
            where = f"{path}:{line_of(node)}"
            problems.setdefault((where, refusal[0]), Problem(where, refusal[0], f"portable: {refusal[1]}"))
    return list(problems.values())


def _type(node: Expr) -> exp.DType | None:
    """The type of an expression, if it is known."""
    told = node.type.this if node.type else None
    return told if isinstance(told, exp.DataType.Type) and told is not exp.DataType.Type.UNKNOWN else None


def _is_time(node: Expr) -> bool:
    return _type(node) in TIMES or _type(node) is DATE


def _difference(node: Expr) -> Refusal | None:
    if isinstance(node, exp.Sub) and _is_time(node.this) and _is_time(node.expression):
        way = "DATE_DIFF('day', CAST(a AS DATE), CAST(b AS DATE)), or DATE_DIFF('second', a, b)"
        return "the difference of two times is a number on DuckDB and an interval elsewhere", way
    if _type(node.this) is DATE and isinstance(node.expression, exp.Interval) and not isinstance(node.parent, exp.Cast):
        return (
            "a date plus an interval is a timestamp on DuckDB and a date elsewhere",
            "CAST(day + INTERVAL '1' DAY AS DATE)",
        )
    return None


def _division(node: Expr) -> Refusal | None:
    if DECIMAL & {_type(node.this), _type(node.expression)}:
        return "decimals are divided to other numbers of places", "ROUND(CAST(a AS DOUBLE) / NULLIF(b, 0), 9)"
    return None


def _cast(node: Expr) -> Refusal | None:
    source, target = _type(node.this), _type(node)
    operand = node.this.unnest()
    if isinstance(operand, (exp.Literal, exp.Null)) or source is None:
        return None
    if target in WHOLE and source in BROKEN and not isinstance(operand, (exp.Floor, exp.Ceil, exp.Round)):
        return (
            "a broken number becomes a whole one differently",
            f"CAST(ROUND({operand.sql('duckdb')}) AS BIGINT), or FLOOR",
        )
    if target in TEXT and (source in BROKEN or source in TIMES):
        return (
            "the text of a broken number or a time differs",
            "CAST(CAST(x AS DATE) AS VARCHAR), or keep the value as it is",
        )
    if source in TEXT and target in TIMES | {DATE}:
        return "times are parsed when they are collected, never in SQL", "declare the field as a time in its vocabulary"
    if source in TEXT and target not in TEXT and not isinstance(node, exp.TryCast):
        return "a text that is no such value fails the whole query", f"TRY_CAST({operand.sql('duckdb')} AS …)"
    return None


def _length(node: Expr) -> Refusal | None:
    if _type(node.this) in (exp.DataType.Type.ARRAY, exp.DataType.Type.LIST):
        return "LEN and LENGTH of a list are not known everywhere", f"CARDINALITY({node.this.sql('duckdb')})"
    return None


def _sum(node: Expr) -> Refusal | None:
    whole = isinstance(node, exp.Sum) and _type(node.this) not in BROKEN - DECIMAL
    if whole or node.find_ancestor(exp.Round):
        return None
    return "the last digits of a sum or mean depend on the order of its rows", f"ROUND({node.sql('duckdb')}, 9)"


def _round(node: Expr) -> Refusal | None:
    places = node.args.get("decimals")
    if places is None or _type(node.this) in {None, *(BROKEN - DECIMAL)}:
        return None
    return (
        "ROUND to some places of what is no DOUBLE gives another type on each engine",
        f"ROUND(CAST({node.this.sql('duckdb')} AS DOUBLE), {places.sql('duckdb')})",
    )


def _least(node: Expr) -> Refusal | None:
    if _type(node.this) in (exp.DataType.Type.ARRAY, exp.DataType.Type.LIST, exp.DataType.Type.BOOLEAN):
        return (
            f"{node.key.upper()} of lists or flags is not known everywhere",
            "BOOL_OR or BOOL_AND, or take it of a text or number",
        )
    return None


CHECKS: Mapping[type[Expr], Callable[[Expr], Refusal | None]] = {
    exp.Add: _difference,
    exp.Avg: _sum,
    exp.Cast: _cast,
    exp.Div: _division,
    exp.Length: _length,
    exp.Max: _least,
    exp.Min: _least,
    exp.Round: _round,
    exp.Sub: _difference,
    exp.Sum: _sum,
    exp.TryCast: _cast,
}
"""What depends on types, by SQLGlot's class."""

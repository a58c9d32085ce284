"""Expressions of metric files in plain Python, three-valued: NULL is None. Only the parser is a library's."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlglot
from sqlglot import exp

Row = Mapping[str, Any]

BINARY: dict[type[exp.Expr], Callable[[Any, Any], Any]] = {
    exp.LT: operator.lt,
    exp.LTE: operator.le,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}


@cache
def parsed(text: str) -> exp.Expr:
    return sqlglot.parse_one(text, dialect="duckdb")


def value_of(text: str, row: Row) -> Any:
    """What an expression gives for a row."""
    return _value(parsed(text), row)


def _value(tree: exp.Expr, row: Row) -> Any:
    if type(tree) in BINARY:
        left, right = _value(tree.this, row), _value(tree.expression, row)
        return None if left is None or right is None else BINARY[type(tree)](left, right)
    if type(tree) in RULES:
        return RULES[type(tree)](tree, row)
    raise NotImplementedError(f"{tree.key} in {tree.sql('duckdb')}: add its rule to {__name__}")


def _and(tree: exp.Expr, row: Row) -> bool | None:
    sides = [_value(tree.this, row), _value(tree.expression, row)]
    return False if False in sides else None if None in sides else True


def _or(tree: exp.Expr, row: Row) -> bool | None:
    sides = [_value(tree.this, row), _value(tree.expression, row)]
    return True if True in sides else None if None in sides else False


def _not(tree: exp.Expr, row: Row) -> bool | None:
    inner = _value(tree.this, row)
    return None if inner is None else not inner


def _is(tree: exp.Expr, row: Row) -> bool:
    return _value(tree.this, row) is _value(tree.expression, row)


def _in(tree: exp.Expr, row: Row) -> bool | None:
    value = _value(tree.this, row)
    return None if value is None else value in [_value(each, row) for each in tree.expressions]


def _between(tree: exp.Expr, row: Row) -> bool | None:
    low, value, high = (_value(each, row) for each in (tree.args["low"], tree.this, tree.args["high"]))
    return None if None in (low, value, high) else low <= value <= high


def _div(tree: exp.Expr, row: Row) -> float | None:
    left, right = _value(tree.this, row), _value(tree.expression, row)
    return None if left is None or right is None else float(left) / right


def _cast(tree: exp.Expr, row: Row) -> float | None:
    assert tree.args["to"].sql("duckdb") == "DOUBLE"
    value = _value(tree.this, row)
    return None if value is None else float(value)


def _nullif(tree: exp.Expr, row: Row) -> Any:
    left, right = _value(tree.this, row), _value(tree.expression, row)
    return None if left == right else left


def _coalesce(tree: exp.Expr, row: Row) -> Any:
    values = (_value(each, row) for each in (tree.this, *tree.expressions))
    return next((value for value in values if value is not None), None)


def _case(tree: exp.Expr, row: Row) -> Any:
    for each in tree.args["ifs"]:
        if _value(each.this, row) is True:
            return _value(each.args["true"], row)
    default = tree.args.get("default")
    return None if default is None else _value(default, row)


def _literal(tree: exp.Expr, _: Row) -> Any:
    if tree.is_string:
        return str(tree.this)
    return float(tree.this) if "." in tree.this else int(tree.this)


def _negative(tree: exp.Expr, row: Row) -> Any:
    value = _value(tree.this, row)
    return None if value is None else -value


def _interval(tree: exp.Expr, _: Row) -> timedelta:
    assert tree.args["unit"].name == "DAY"
    return timedelta(days=int(tree.this.this))


def _inner(tree: exp.Expr, row: Row) -> Any:
    return _value(tree.this, row)


def _column(tree: exp.Expr, row: Row) -> Any:
    value = row[tree.name.lower()]
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


RULES: dict[type[exp.Expr], Callable[[exp.Expr, Row], Any]] = {
    exp.And: _and,
    exp.Or: _or,
    exp.Not: _not,
    exp.Is: _is,
    exp.In: _in,
    exp.Between: _between,
    exp.Div: _div,
    exp.Cast: _cast,
    exp.Nullif: _nullif,
    exp.Coalesce: _coalesce,
    exp.Case: _case,
    exp.Literal: _literal,
    exp.Neg: _negative,
    exp.Interval: _interval,
    exp.Paren: _inner,
    exp.Column: _column,
    exp.Boolean: lambda tree, _: bool(tree.this),
    exp.Null: lambda *_: None,
}

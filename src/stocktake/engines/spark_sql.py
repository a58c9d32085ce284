"""What must be said otherwise to Spark than SQLGlot says it, so that it gives DuckDB's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

NO_LETTER = "\x01"
"""Stands in no name or text of a tool."""


def _list(node: exp.Expr) -> exp.Expr:
    """A list that gathers nothing is NULL, and not empty."""
    if not node.find(exp.ArrayAgg):
        return node
    some = exp.GT(this=exp.ArraySize(this=node.this.copy()), expression=exp.Literal.number(0))
    return exp.paren(exp.Case().when(some, node.copy()), copy=False)


def _round(node: exp.Expr) -> exp.Expr:
    """Spark rounds the decimals that a double is written with, the others the double itself: 1.005 is below 1.005.

    A double of 1e299 and more would be rounded to infinity: none is in the lake.
    """
    places = node.args.get("decimals")
    if not isinstance(places, exp.Literal) or int(places.this) == 0:
        return node
    factor = exp.Literal.number(f"1e{places.this}")
    scaled = exp.Mul(this=exp.cast(node.this.copy(), "DOUBLE", copy=False), expression=factor)
    return exp.paren(exp.Div(this=exp.Round(this=scaled), expression=factor.copy(), typed=True), copy=False)


def _like(node: exp.Expr) -> exp.Expr:
    """A backslash in a pattern is a letter as any other: so nothing may be left that escapes."""
    pattern = node.expression
    if isinstance(pattern, exp.Literal) and "\\" not in pattern.this:
        return node
    return exp.Escape(this=node.copy(), expression=exp.Literal.string(NO_LETTER))


REWRITES: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.ArraySort: _list,
    exp.Like: _like,
    exp.Round: _round,
}
"""Each takes a part of a statement, and gives what Spark must be asked for in its place."""

"""What must be said otherwise to Spark than SQLGlot says it, so that it gives DuckDB's rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp


def _list(node: exp.Expr) -> exp.Expr:
    """A list that gathers nothing is NULL, and not empty."""
    if not node.find(exp.ArrayAgg):
        return node
    some = exp.GT(this=exp.ArraySize(this=node.this.copy()), expression=exp.Literal.number(0))
    return exp.paren(exp.Case().when(some, node.copy()), copy=False)


REWRITES: Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]] = {
    exp.ArraySort: _list,
}
"""Each takes a part of a statement, and gives what Spark must be asked for in its place."""

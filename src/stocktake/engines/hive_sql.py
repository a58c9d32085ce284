"""What SQLGlot leaves different in the SQL of PrestoDB and Trino, rewritten."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp


def _string_agg(node: exp.Expr) -> exp.Expr:
    """STRING_AGG, which PrestoDB has as ARRAY_JOIN over ARRAY_AGG: that one leaves a separator for an unknown."""
    told = node.this
    value = told.this if isinstance(told, exp.Order) else told
    is_known = exp.Not(this=exp.Is(this=value.copy(), expression=exp.Null()))
    known = exp.Filter(this=exp.ArrayAgg(this=told.copy()), expression=exp.Where(this=is_known))
    return exp.ArrayToString(this=known, expression=node.args["separator"].copy())


def _filter(node: exp.Expr) -> exp.Expr:
    """A FILTER of STRING_AGG, which belongs to the aggregate within."""
    joined = node.this
    if not isinstance(joined, exp.ArrayToString):
        return node
    known = joined.this
    both = exp.and_(known.expression.this, node.expression.this)
    inner = exp.Filter(this=known.this.copy(), expression=exp.Where(this=both))
    return exp.ArrayToString(this=inner, expression=joined.expression.copy())


def _round(node: exp.Expr) -> exp.Expr:
    """ROUND to places, for which PrestoDB counts in 64 bits: what is larger has no such places, as DuckDB finds too."""
    places = node.args.get("decimals")
    if not isinstance(places, exp.Literal) or not places.is_int:
        return node
    power, value = exp.Literal.number(f"1E{places.name}"), exp.Paren(this=node.this.copy())
    fits = exp.LT(this=exp.Abs(this=value), expression=exp.Literal.number(f"9E{18 - int(places.name)}"))
    as_it_is = exp.Div(this=exp.Mul(this=value.copy(), expression=power), expression=power.copy(), typed=False)
    return exp.Case(ifs=[exp.If(this=fits, true=node.copy())], default=as_it_is)


def _split_part(node: exp.Expr) -> exp.Expr:
    """SPLIT_PART, which is unknown here where a text has fewer parts."""
    is_text = exp.Not(this=exp.Is(this=node.this.copy(), expression=exp.Null()))
    part = exp.Coalesce(this=node.copy(), expressions=[exp.Literal.string("")])
    return exp.Case(ifs=[exp.If(this=is_text, true=part)])


Rewrites = Mapping[type[exp.Expr], Callable[[exp.Expr], exp.Expr]]
TRINO: Rewrites = {exp.SplitPart: _split_part}
PRESTO: Rewrites = {**TRINO, exp.GroupConcat: _string_agg, exp.Filter: _filter, exp.Round: _round}

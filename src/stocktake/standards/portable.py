"""The portable subset: a query is refused where engines would read it differently, with the portable way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from stocktake.errors import Problem
from stocktake.standards.portable_words import FUNCTIONS, NEEDS_ID_ORDER, PLAIN, REFUSED, REFUSED_CALLS
from stocktake.standards.query import line_of

if TYPE_CHECKING:
    from sqlglot.expressions import Expr

Refusal = tuple[str, str]
"""Why something is refused, and the portable way."""


def check_portable(path: Path, query: exp.Query) -> list[Problem]:
    """Everything in a query that is outside of the portable subset, by its form alone."""
    problems: dict[tuple[str, str], Problem] = {}
    for node in query.walk():
        refusal = refuse(node)
        if refusal:
            where = f"{path}:{line_of(node)}"
            problems.setdefault((where, refusal[0]), Problem(where, refusal[0], f"portable: {refusal[1]}"))
    return list(problems.values())


def expression_problems(text: str, where: str) -> list[Problem]:
    """What of an expression over the columns of one row is outside the portable subset. where: its `file:line`."""
    import sqlglot
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError:
        return []  # Who reads the file says that it is not SQL.
    found = dict.fromkeys(refusal for node in tree.walk() if (refusal := refuse(node)))
    return [Problem(where, why, f"portable: {way}") for why, way in found]


def refuse(node: Expr) -> Refusal | None:
    """Why one part of a query is refused, if it is."""
    name = type(node).__name__
    if name in REFUSED:
        return REFUSED[name]
    if name in CHECKS:
        return CHECKS[name](node)
    if name in NEEDS_ID_ORDER or name in PLAIN:
        return None
    if isinstance(node, exp.Func):
        return f"the function {node.sql_name()} is not in the portable subset", f"use one of: {FUNCTIONS}"
    return (
        f"{node.key.upper()} is not in the portable subset",
        "write it with SELECT, JOIN, CASE, UNION ALL and these functions: " + FUNCTIONS,
    )


def ends_in_id(order: Expr | None) -> bool:
    """Whether an ORDER BY ends in a unique id: a column `id` or `…_id`."""
    last = order.expressions[-1].this if order and order.expressions else None
    return isinstance(last, exp.Column) and (last.name == "id" or last.name.endswith("_id"))


def _call(node: Expr) -> Refusal | None:
    name = str(node.this).upper()
    if name == "CARDINALITY":
        return None
    return REFUSED_CALLS.get(name, (f"the function {name} is not in the portable subset", f"use one of: {FUNCTIONS}"))


def _division(node: Expr) -> Refusal | None:
    divisor = node.expression.unnest()
    if isinstance(divisor, exp.Cast):
        divisor = divisor.this.unnest()
    if isinstance(divisor, exp.Nullif) or (
        isinstance(divisor, exp.Literal) and not divisor.is_string and float(divisor.this) != 0
    ):
        return None
    return (
        "dividing by 0 gives infinity on some engines and fails on others",
        f"{node.this.sql('duckdb')} / NULLIF(…, 0)",
    )


def _date_diff(node: Expr) -> Refusal | None:
    unit = str(node.args.get("unit") or "day").lower().strip("'")
    if unit == "second":
        return None
    if unit != "day":
        return (
            f"DATE_DIFF in {unit}s counts differently",
            "seconds / 3600 (elapsed), DATE_DIFF('day', …) on DATEs, or year * 12 + month",
        )
    if all(isinstance(side, exp.Cast) and side.to.is_type("date") for side in (node.this, node.expression)):
        return None
    way = "DATE_DIFF('day', CAST(a AS DATE), CAST(b AS DATE)), or seconds / 86400 (elapsed)"
    return "DATE_DIFF in days of timestamps counts midnights on some engines and whole days on others", way


def _inside_cast(node: Expr) -> Refusal | None:
    if isinstance(node.parent, exp.Cast):
        return None
    return f"the type of {node.key.upper()} differs between engines", f"CAST({node.sql('duckdb')} AS …)"


def _date_trunc(node: Expr) -> Refusal | None:
    if isinstance(node.parent, exp.Cast) and node.parent.to.is_type("date"):
        return None
    return "DATE_TRUNC gives a date or a timestamp", f"CAST({node.sql('duckdb')} AS DATE)"


def _inside_round(node: Expr) -> Refusal | None:
    if node.find_ancestor(exp.Round):
        return None
    return f"the last digit of {node.key.upper()} differs between engines", f"ROUND({node.sql('duckdb')}, 9)"


def _extract(node: Expr) -> Refusal | None:
    if node.name.upper() in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE"):
        return None
    way = "days since a known Monday modulo 7, or DATE_DIFF('second', TIMESTAMP '1970-01-01 00:00:00', x)"
    return f"EXTRACT({node.name.upper()} …) differs between engines", way


def _interval(node: Expr) -> Refusal | None:
    unit = str(node.args.get("unit") or "").upper().rstrip("S")
    if unit in ("DAY", "HOUR", "MINUTE", "SECOND") and isinstance(node.this, exp.Literal):
        return None
    return "only intervals of days, hours, minutes and seconds were seen equal", "INTERVAL '28' DAY"


def _regexp_extract(node: Expr) -> Refusal | None:
    if isinstance(node.parent, exp.Nullif):
        return None
    return "REGEXP_EXTRACT without a match gives '' or NULL", f"NULLIF({node.sql('duckdb')}, '')"


def _null(node: Expr) -> Refusal | None:
    if isinstance(node.parent, (exp.Is, exp.Cast, exp.NullSafeEQ, exp.NullSafeNEQ)):
        return None
    return "a NULL without type is refused by Spark", "CAST(NULL AS VARCHAR); in a CASE leave the ELSE out"


def _array_agg(node: Expr) -> Refusal | None:
    outer = node.parent
    kept = isinstance(outer, exp.Filter)
    outer = outer.parent if isinstance(outer, exp.Filter) else outer
    if isinstance(node.this, exp.Distinct) and kept and isinstance(outer, exp.ArraySort):
        return None
    way = "LIST_SORT(ARRAY_AGG(DISTINCT x) FILTER (WHERE x IS NOT NULL))"
    return "ARRAY_AGG is not ordered everywhere, and keeps NULLs on some engines", way


def _string_agg(node: Expr) -> Refusal | None:
    if not isinstance(node.this, exp.Order):
        return "STRING_AGG without ORDER BY gives any order", "STRING_AGG(x, ',' ORDER BY x)"
    select = node.find_ancestor(exp.Select)
    distinct = select.find_all(exp.Distinct) if select is not None else ()
    if any(isinstance(each.parent, exp.AggFunc) and each.find_ancestor(exp.Select) is select for each in distinct):
        return (
            "Spark fails on STRING_AGG beside an aggregate of DISTINCT values",
            "a SELECT of its own for one of the two",
        )
    return None


def _window(node: Expr) -> Refusal | None:
    order = node.args.get("order")
    frame = node.args.get("spec")
    by_rows = frame is not None and str(frame.args.get("kind") or "").upper() == "ROWS"
    picks = type(node.this.unnest()).__name__ in NEEDS_ID_ORDER or isinstance(node.this, exp.IgnoreNulls)
    if (picks or by_rows) and not ends_in_id(order):
        return "the window picks a row, and its ORDER BY leaves ties to chance", "end its ORDER BY in a unique id"
    return None


def _limit(node: Expr) -> Refusal | None:
    if node.parent and ends_in_id(node.parent.args.get("order")):
        return None
    return f"{node.key.upper()} picks rows, and the ORDER BY leaves ties to chance", "end the ORDER BY in a unique id"


def _join(node: Expr) -> Refusal | None:
    kind = str(node.args.get("kind") or "").upper()
    method = str(node.args.get("method") or "").upper()
    if kind in ("SEMI", "ANTI"):
        way = "WHERE EXISTS (…)" if kind == "SEMI" else "LEFT JOIN … WHERE x.id IS NULL"
        return f"{kind} JOIN is not known everywhere", way
    if method or node.args.get("using"):
        return f"{method or 'USING'} in a JOIN gives other columns elsewhere", "JOIN … ON a.id = b.id"
    return None


def _select(node: Expr) -> Refusal | None:
    distinct = node.args.get("distinct")
    if distinct is not None and distinct.args.get("on") and not ends_in_id(node.args.get("order")):
        return "DISTINCT ON picks a row, and the ORDER BY leaves ties to chance", "end the ORDER BY in a unique id"
    if node.args.get("windows"):
        return "named windows are not known everywhere", "write the window where it is used"
    return None


def _group(node: Expr) -> Refusal | None:
    if node.args.get("all"):
        return "GROUP BY ALL is not known everywhere", "name the columns to group by"
    return None


def _with(node: Expr) -> Refusal | None:
    if node.args.get("recursive"):
        return (
            "Presto does not know WITH RECURSIVE",
            "read a closure of the snapshot: graph.base_closure or graph.member_closure",
        )
    return None


def _union(node: Expr) -> Refusal | None:
    if node.args.get("by_name"):
        return "UNION BY NAME is not known everywhere", "UNION ALL, with the columns in the same order"
    return None


def _star(node: Expr) -> Refusal | None:
    if isinstance(node.parent, exp.Count):
        return None
    return "`*` changes with what it reads", "name every column"


def _if(node: Expr) -> Refusal | None:
    if isinstance(node.parent, exp.Case):
        return None
    return "IF is not known everywhere", "CASE WHEN … THEN … ELSE … END"


def _cast(node: Expr) -> Refusal | None:
    text = node.this.unnest()
    if isinstance(text, exp.Literal) and text.is_string and text.this.lower().strip("+-") in ("nan", "inf", "infinity"):
        return "NaN and infinity compare differently on every engine", "CAST(NULL AS DOUBLE)"
    return None


def _ignore_nulls(node: Expr) -> Refusal | None:
    # DuckDB's reader wraps ANY_VALUE into this by itself, which is then refused by its own name.
    return (
        None if isinstance(node.this, exp.AnyValue) else ("IGNORE NULLS differs", "FILTER, or a window with ROW_NUMBER")
    )


CHECKS: Mapping[str, Callable[[Expr], Refusal | None]] = {
    "Anonymous": _call,
    "ArrayAgg": _array_agg,
    "Cast": _cast,
    "Ceil": _inside_cast,
    "DateDiff": _date_diff,
    "DateTrunc": _date_trunc,
    "Div": _division,
    "Exp": _inside_round,
    "Extract": _extract,
    "Floor": _inside_cast,
    "Group": _group,
    "GroupConcat": _string_agg,
    "If": _if,
    "IgnoreNulls": _ignore_nulls,
    "IntDiv": _division,
    "Interval": _interval,
    "Join": _join,
    "Limit": _limit,
    "Mod": _division,
    "Null": _null,
    "Offset": _limit,
    "RegexpExtract": _regexp_extract,
    "Select": _select,
    "Sign": _inside_cast,
    "Star": _star,
    "Stddev": _inside_round,
    "StddevPop": _inside_round,
    "StddevSamp": _inside_round,
    "TimestampTrunc": _date_trunc,
    "TryCast": _cast,
    "Union": _union,
    "Window": _window,
    "With": _with,
}
"""What is allowed only in a certain form, by SQLGlot's name."""

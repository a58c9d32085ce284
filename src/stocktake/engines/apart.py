"""A statement whose WITH is read more than once, as several: an engine that puts a query in place of its name would
else run it once for each place that names it, and plan all of them together.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from stocktake.engines.protocol import Step

if TYPE_CHECKING:
    from sqlglot import exp


def take_apart(step: Step) -> list[Step]:
    """The steps that a step's WITH is made into, named `layer.table__name`, and last what reads them."""
    *parts, (_, sql) = _apart(step.name, step.sql) or [(step.name, step.sql)]
    return [*(Step(*part) for part in parts), replace(step, sql=sql)]


@lru_cache(maxsize=1024)
def _apart(name: str, sql: str) -> tuple[tuple[str, str], ...]:
    """Name and SQL of each part and, last, of what reads them; none where nothing in the WITH is read twice."""
    import sqlglot
    from sqlglot import exp

    if "WITH" not in sql.upper():
        return ()
    tree = sqlglot.parse_one(sql, dialect="duckdb")
    told = tree.args.get("with_")
    if told is None:
        return ()
    names = [each.alias for each in told.expressions]
    read = Counter(table.name for table in tree.find_all(exp.Table) if not table.db)
    if len(set(names)) < len(names) or max(read[each] for each in names) < 2:
        return ()
    tree.set("with_", None)
    made = [(f"{name}__{each.alias}", each.this) for each in told.expressions]
    for _, query in [*made, (name, tree)]:
        _name(query, set(names), name)
    return (*((part, query.sql("duckdb")) for part, query in made), (name, tree.sql("duckdb")))


def _name(query: exp.Expr, parts: set[str], of: str) -> None:
    """Let a query read the tables of parts where it reads a name of the WITH."""
    from sqlglot import exp

    layer, _, step = of.partition(".")
    for table in list(query.find_all(exp.Table)):
        if not table.db and table.name in parts:
            alias = table.alias or table.name
            other = exp.table_(f"{step}__{table.name}", db=layer, alias=alias)
            for key in ("this", "db", "alias"):
                table.set(key, other.args.get(key))

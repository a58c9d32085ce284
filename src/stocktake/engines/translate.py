"""From the portable subset of DuckDB's SQL to the SQL of another engine: the one place where they are told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from stocktake.engines.protocol import Step

if TYPE_CHECKING:
    from sqlglot import exp

Named = Callable[[str, str], "exp.Table"]
"""What an engine calls a table, given its layer and its name there."""

Rewrite = Callable[["exp.Expr"], "exp.Expr"]


def translate(sql: str, dialect: str, named: Named | None = None) -> str:
    """A statement of the portable subset as another engine is asked for it. dialect: SQLGlot's name of its SQL.

    named: what the engine calls the tables of the layers; as they are unless given.
    """
    import sqlglot

    tree = sqlglot.parse_one(sql, dialect="duckdb")
    if named:
        _rename(tree, named)
    return _rewritten(tree, _rewrites(dialect)).sql(dialect)


def declared(step: Step) -> str:
    """The query of a step, each column with the type that it declares."""
    columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in step.types.items())
    return f"SELECT {columns} FROM ({step.sql}) AS step" if columns else step.sql


def _rewrites(dialect: str) -> Mapping[type[exp.Expr], Rewrite]:
    """What SQLGlot's own translation into a dialect would leave different, by its classes."""
    if dialect == "spark":
        from stocktake.engines import spark_sql

        return spark_sql.REWRITES
    if dialect in ("presto", "trino"):
        from stocktake.engines import hive_sql

        return hive_sql.PRESTO if dialect == "presto" else hive_sql.TRINO
    return {}


def _rewritten(tree: exp.Expr, rewrites: Mapping[type[exp.Expr], Rewrite]) -> exp.Expr:
    """The statement with each part rewritten, the innermost first."""
    for node in reversed(list(tree.walk())):
        other = rewrites[type(node)](node) if type(node) in rewrites else node
        if node is tree:
            return other
        if other is not node:
            node.replace(other)
    return tree


def _rename(tree: exp.Expr, named: Named) -> None:
    """Give each table of a layer its name on the engine, and keep the name that the statement's columns use."""
    from sqlglot import exp

    for column in tree.find_all(exp.Column):
        column.set("db", None)
    for table in list(tree.find_all(exp.Table)):
        if table.db:
            other, own = named(table.db, table.name), exp.TableAlias(this=exp.to_identifier(table.name))
            table.set("alias", table.args.get("alias") or own)
            for part in ("this", "db", "catalog"):
                table.set(part, other.args.get(part))

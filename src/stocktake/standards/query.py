"""The SELECT of a file: parsed, its output columns explained, and the tables that it reads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.errors import Problem

if TYPE_CHECKING:
    from sqlglot import exp

LAYERS = ("graph", "standard")


@dataclass(frozen=True, slots=True)
class Reference:
    """A table that a query reads: its full name, and where it is named."""

    name: str
    where: str


def parse_query(path: Path, text: str) -> tuple[exp.Query | None, list[Problem]]:
    """The one SELECT of a file, or what is wrong with it."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import ParseError, TokenError

    try:
        statements = [
            each for each in sqlglot.parse(text, dialect="duckdb") if each and not isinstance(each, exp.Semicolon)
        ]
    except ParseError as error:
        told = error.errors[0] if error.errors else {}
        where = f"{path}:{told.get('line') or 1}"
        problem = f"not SQL: {told.get('description') or error} near {told.get('highlight')!r}"
        return None, [Problem(where, problem, "mend the SQL there")]
    except TokenError as error:
        return None, [Problem(f"{path}:1", f"not SQL: {error}", "close the quote or comment that is left open")]
    if len(statements) != 1:
        return None, [Problem(f"{path}:1", f"{len(statements)} statements", "keep one SELECT per file")]
    query = statements[0]
    if not isinstance(query, (exp.Select, exp.SetOperation)):
        return None, [Problem(f"{path}:1", f"the statement is no SELECT but {query.key.upper()}", "write one SELECT")]
    return query, []


def output_columns(path: Path, query: exp.Query) -> tuple[dict[str, str], dict[str, int], list[Problem]]:
    """Each output column with what its trailing comment says, and with its line.

    A column without name or comment is a problem.
    """
    from sqlglot import exp

    columns: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    for selected in query.selects:
        where = f"{path}:{line_of(selected)}"
        if isinstance(selected, exp.Star) or selected.is_star:
            problems.append(Problem(where, "the SELECT gives `*`", "name every column, so that each can be explained"))
            continue
        name = selected.alias
        if not name:
            problems.append(
                Problem(where, f"the column {selected.sql('duckdb')[:40]} has no name", "add `AS its_name`")
            )
            continue
        if name in columns:
            problems.append(Problem(where, f"two columns are named {name}", "give each a name of its own"))
        columns[name], lines[name] = _comment(selected), line_of(selected)
        if not columns[name]:
            problems.append(
                Problem(where, f"the column {name} is not explained", "add `-- what it is` at the end of its line")
            )
    return columns, lines, problems


def references(path: Path, query: exp.Query) -> tuple[list[Reference], list[Problem]]:
    """The tables of the layers that a query reads, in the order in which it names them."""
    from sqlglot import exp

    common = {with_table.alias for with_table in query.find_all(exp.CTE)}
    found: dict[str, Reference] = {}
    problems: list[Problem] = []
    for table in query.find_all(exp.Table):
        where = f"{path}:{line_of(table)}"
        if not isinstance(table.this, exp.Identifier) or (not table.db and table.name in common):
            continue
        if table.db in LAYERS and not table.catalog:
            name = f"{table.db}.{table.name}"
            found.setdefault(name, Reference(name, where))
        else:
            fix = f"write its layer before it: graph.{table.name} or standard.{table.name}"
            problems.append(Problem(where, f"the table {table.sql('duckdb')} is in no layer", fix))
    return list(found.values()), problems


def line_of(node: exp.Expr) -> int:
    """The line of a part of a query: that of the first word in it whose place is known."""
    lines = [int(line) for each in node.walk() if (line := each.meta.get("line"))]
    if lines:
        return min(lines)
    return line_of(node.parent) if node.parent else 1


def canonical_sql(query: exp.Query) -> str:
    """The query as one line without comments: what stays equal when only its form changes."""
    return query.sql("duckdb", comments=False)


def _comment(selected: exp.Expr) -> str:
    """The comment at the end of an output column."""
    told = [
        comment.strip()
        for each in (selected, selected.this)
        if each is not None
        for comment in getattr(each, "comments", None) or ()
    ]
    return " ".join(dict.fromkeys(each for each in told if each))

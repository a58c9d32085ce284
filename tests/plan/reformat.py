"""Writes every SQL and YAML file of the library into a project in another form, which must mean the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlglot
import yaml
from tests.plan.estate import Workshop

from stocktake.project import LIBRARY

SORTED = ("buckets", "levels", "let", "functions", "to")
"""Mappings whose order means something: the first bucket or end of a link wins, expressions may read earlier ones."""


def reformat_all(workshop: Workshop) -> int:
    """Reformat the library's files into the project, and the project's own; gives how many."""
    count = 0
    for sort, write in (("definitions", sql), ("tables", sql), ("metrics", yaml_text), ("vocabulary", yaml_text)):
        for path in sorted((LIBRARY / sort).glob("*.*")):
            own = workshop.folder / sort / path.name
            if path.suffix in (".sql", ".yaml") and not path.name.endswith(".cases.yaml"):
                workshop.write(f"{sort}/{path.name}", write(own if own.exists() else path))
                count += 1
    for path in (workshop.folder / "stocktake.yaml", *(workshop.folder / "sources").glob("*.yaml")):
        workshop.write(str(path.relative_to(workshop.folder)), yaml_text(path))
        count += 1
    return count


def sql(path: Path) -> str:
    """A query in the form of another writer. The header and the explanations of columns stay, as they are content."""
    lines = path.read_text("utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if not line.startswith("--"))
    query = sqlglot.parse_one("\n".join(lines[start:]), dialect="duckdb")
    explained = {id(column): _comments(column) for column in query.selects}
    for node in query.walk():
        node.comments = explained.get(id(node))
    body = query.sql("duckdb", pretty=True, indent=8, pad=8, normalize_functions="lower")
    return "\n".join([*lines[:start], "", body.replace("SELECT", "select"), ""])


def _comments(column: sqlglot.exp.Expr) -> list[str]:
    """What explains an output column: the parser hangs it on the column or on what it is made of."""
    return [each.strip() for node in (column, column.this) for each in getattr(node, "comments", None) or ()]


def yaml_text(path: Path) -> str:
    """A YAML file as another writer dumps it: without comments, keys turned round where their order means nothing."""
    return yaml.safe_dump(_turned(yaml.safe_load(path.read_text("utf-8"))), sort_keys=False, width=60, indent=6)


def _turned(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        items = [(name, _turned(each, name)) for name, each in value.items()]
        return dict(items if key in SORTED else reversed(items))
    return [_turned(each) for each in value] if isinstance(value, list) else value

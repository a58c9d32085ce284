"""Cells of flat tables, members of definitions, and counts, down to records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from stocktake.errors import ExplainError
from stocktake.explain.columns import MODEL_KINDS, Cells
from stocktake.explain.context import Context
from stocktake.explain.tree import Step

WAYS = {"code": "model_code", "family": "model_family", "binary": "model_binary", "deployment": "model_deployment"}
MEMBER = "is_member"


def cell(context: Context, table: str, column: str, words: str | None) -> Step:
    """One cell. column: of a definition, by default whether it is a member. words: the row's first column or its begin.

    Raises ExplainError for a column or row that is not there, or for several rows.
    """
    standard = context.lineage.standard(table)
    column = column or MEMBER
    if column not in standard.columns:
        known = ", ".join(standard.columns)
        raise ExplainError(f"{table}.{column}", "no such column", f"use one of: {known}")
    if table not in context.tables:
        raise ExplainError(table, "it was not kept in this run", "measure again")
    key = next(iter(standard.columns))
    rows = [row for row in context.tables[table].to_pylist() if _is(row, key, words)]
    if len(rows) != 1:
        listed = ", ".join(str(row[key]) for row in (rows or context.tables[table].to_pylist())[:5])
        raise ExplainError(
            f"{table}.{column}", f"{len(rows)} rows are named {words!r}", f"say --row with a {key}, such as: {listed}"
        )
    return _cell(context, table, column, rows[0])


def members(context: Context, table: str) -> Step:
    """The members of a definition: how many there are surely and possibly, and each row's reason."""
    standard = context.lineage.standard(table)
    if MEMBER not in standard.columns:
        columns = ", ".join(standard.columns)
        raise ExplainError(table, "it has no members", f"ask for a cell: {table}.COLUMN --row …; columns: {columns}")
    rows = context.tables[table].to_pylist()
    surely = sum(1 for row in rows if row[MEMBER])
    told = {"low": surely, "point": surely, "high": surely + sum(1 for row in rows if row[MEMBER] is None)}
    key = next(iter(standard.columns))
    found = [_lazy(context, table, row, str(row[key])) for row in sorted(rows, key=lambda row: str(row[key]))]
    return Step("definition", table, told, f"{context.files.short(standard.where)}: {standard.says}", found)


def count_of(context: Context, name: str) -> Step:
    """A count, named as `stocktake counts --json` names it, such as `counts.kinds.model_binary`."""
    _, section, wanted = [*name.split(".", 2), "", ""][:3]
    definitions = [each.name for each in context.standards.definitions if MEMBER in each.columns]
    known = {
        "kinds": list(context.project.schema.kinds),
        "definitions": definitions,
        "models": [*WAYS, "model"],
    }
    if wanted not in known.get(section, ()):
        listed = ", ".join(f"counts.{part}.{each}" for part, names in known.items() for each in names)
        raise ExplainError(name, "no such count", f"use one of: {listed}")
    if section == "definitions":
        return members(context, wanted)
    if wanted == "model":
        return _models(context)
    return _kind(context, WAYS[wanted] if section == "models" else wanted)


def _kind(context: Context, kind: str) -> Step:
    """How many artifacts of a kind are described, and each of them."""
    ids = sorted(str(each) for each in context.snapshot[kind]["id"].to_pylist())
    ghosts = [row["id"] for row in context.snapshot["ghost"].to_pylist() if row["kind"] == kind]
    told = {"described": len(ids), "ghosts": len(ghosts)}
    rule = f"{context.files.short(context.lineage.standard('counts').where)}: what some source describes"

    def below() -> Iterable[Step]:
        context.nearby.read(kind, ids)
        return [context.evidence.artifact(kind, each) for each in ids]

    return Step("count", kind, told, rule, below)


def _models(context: Context) -> Step:
    """How many models there are by the definition `model`, and what names each."""
    standard = context.lineage.standard("model")
    rows = [row for row in context.rollups.models.to_pylist() if row["model_id"] is not None]
    found = [_model(context, row["model_id"], row["model_by"]) for row in rows]
    return Step(
        "count", "model", {"models": len(rows)}, f"{context.files.short(standard.where)}: {standard.says}", found
    )


def _model(context: Context, model_id: str, model_by: str) -> Step:
    def below() -> Iterator[Step]:
        for row in context.where("model", "model_id", [model_id]):
            yield _cell(context, "model", "model_id", row)
        if model_by in MODEL_KINDS:
            yield context.evidence.artifact(MODEL_KINDS[model_by], model_id)

    rule = context.files.short(context.lineage.where("model", "model_id"))
    return Step("member", context.model_name(model_id), {"model_id": model_id, "model_by": model_by}, rule, below)


def _cell(context: Context, table: str, column: str, row: Mapping[str, Any]) -> Step:
    step = Cells.of(context, table, row).step(column)
    key = next(iter(row))
    return Step(step.what, f"{step.name} of {row[key]}", step.told, step.rule, step.children)


def _lazy(context: Context, table: str, row: Mapping[str, Any], key: str) -> Step:
    """One row of a definition, looked into when it is asked for."""
    where = context.files.short(context.lineage.where(table, MEMBER))
    return Step("member", key, {MEMBER: row[MEMBER]}, where, lambda: [_cell(context, table, MEMBER, row)])


def _is(row: Mapping[str, Any], key: str, words: str | None) -> bool:
    """Whether a row is meant: its first column begins so, or it is called so."""
    if words is None:
        return True
    return str(row[key]).startswith(words) or row.get("name") == words

"""Conditions on columns, checked against the columns that there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import duckdb

from stocktake.errors import GraphError
from stocktake.graph.typed_view import View, plain


def narrowed(
    view: View,
    rows: tuple[str, Sequence[object]],
    condition: tuple[str | None, Sequence[object]],
    equal: Mapping[str, object],
) -> tuple[str, list[object]]:
    """SQL and values of the rows of a SELECT that meet a condition and have some values.

    Unknown is not met, as in SQL; a value of None asks for what is unknown. Raises GraphError with the columns.
    """
    sql, values = rows
    columns = view.columns(sql, values)
    parts, given = [], list(values)
    text, extra = condition
    if text is not None:
        parts.append(f"({text}\n)")
        given += [plain(each) for each in extra]
    for name, value in equal.items():
        if name not in columns:
            raise GraphError(f"where {name}", "there is no such column", f"use one of: {', '.join(columns)}")
        part, more = _equal(name, value, is_list=columns[name].endswith("[]"))
        parts.append(part)
        given += more
    if not parts:
        return sql, given
    found = f"SELECT * FROM ({sql}) AS told WHERE {' AND '.join(parts)}"
    _try(view, found, given, text or "", columns)
    return found, given


def _equal(name: str, value: object, *, is_list: bool) -> tuple[str, list[object]]:
    """One column's condition: equal to a value, or to one of several; a list holds it, or one of them."""
    if value is None:
        return f'"{name}" IS NULL', []
    if isinstance(value, Collection) and not isinstance(value, str):
        several: list[object] = [plain(each) for each in value]
        marks = ", ".join("?" for _ in several)
        if not several:
            return "FALSE", []
        return (f'LIST_HAS_ANY("{name}", [{marks}])' if is_list else f'"{name}" IN ({marks})'), several
    return (f'LIST_CONTAINS("{name}", ?)' if is_list else f'"{name}" = ?'), [plain(value)]


def _try(view: View, sql: str, values: Sequence[object], text: str, columns: Mapping[str, str]) -> None:
    """Refuse here, and not where the rows are read, what can't be asked."""
    try:
        view.graph.frame.run(f"SELECT * FROM ({sql}) AS told LIMIT 0", values)
    except duckdb.Error as error:
        fix = f"columns: {', '.join(columns)}"
        raise GraphError(f"where {text}".strip(), str(error).split("\n")[0], fix) from error

"""Reading the cases of one SQL file: `NAME.cases.yaml` beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from stocktake.errors import Problem
from stocktake.schema.marked import Marked
from stocktake.standards import Standard, Standards

Row = dict[str, Any]
KEYS = ("says", "run", "given", "expect")
AS_OF = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """One case: rows of the graph, and the rows that must come of them.

    given: full name of a table -> its rows. expect: rows, of which only the columns that are named are compared.
    as_of: UTC without zone. where: `file:line`.
    """

    says: str
    where: str
    given: Mapping[str, list[Row]]
    expect: list[Row]
    as_of: datetime
    known_at: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How one case went; no problems: it holds."""

    where: str
    says: str
    problems: tuple[Problem, ...]


def cases_path(file: str) -> Path:
    """Where the cases of a file stand: `models.sql` has `models.cases.yaml`."""
    return Path(file).with_suffix(".cases.yaml")


def read_cases(standard: Standard, standards: Standards) -> tuple[list[Case], list[Problem]]:
    """The cases of one definition or table, and everything that is wrong with their file."""
    path = cases_path(standard.file)
    if not path.exists():
        fix = f"write {path.name}: `cases:`, a list of `says`, `given` (rows of the graph) and `expect` (rows)"
        return [], [Problem(f"{path}:1", f"{standard.name} has no cases", fix)]
    file = Marked(path)
    if file.problems:
        return [], file.problems
    told = file.data.get("cases") if isinstance(file.data, dict) else None
    if not isinstance(told, list) or not told:
        return [], [Problem(file.where(), "the file holds no cases", "write `cases:` and a list of them")]
    cases: list[Case] = []
    problems: list[Problem] = []
    for number, each in enumerate(told):
        found = _case_problems(file, number, each, standard=standard, standards=standards)
        problems += found
        if not found:
            cases.append(_case(file.where("cases", number), each))
    return cases, problems


def table_of(rows: list[Row], schema: pa.Schema) -> pa.Table:
    """Rows as a table; columns that a row does not give are unknown. Raises pa.ArrowException on a wrong type."""
    return pa.Table.from_pylist([{name: plain(value) for name, value in row.items()} for row in rows], schema=schema)


def plain(value: Any) -> Any:
    """A value of YAML as it stands in the lake: times as UTC without zone."""
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value


def _case(where: str, told: Mapping[str, Any]) -> Case:
    run = told.get("run") or {}
    return Case(
        says=str(told["says"]),
        where=where,
        given=told.get("given") or {},
        expect=told.get("expect") or [],
        as_of=plain(run.get("as_of", AS_OF)),
        known_at=run.get("known_at", 0),
    )


def _case_problems(file: Marked, number: int, told: Any, *, standard: Standard, standards: Standards) -> list[Problem]:
    """What is wrong with one case by its form."""
    place = ("cases", number)
    if not isinstance(told, dict) or not told.get("says"):
        return [Problem(file.where(*place), "the case does not say what it shows", "add `says:` and one sentence")]
    problems = [
        Problem(file.where(*place, key), f"a case has no {key!r}", f"use one of: {', '.join(KEYS)}")
        for key in told
        if key not in KEYS
    ]
    if not isinstance(told.get("expect"), list):
        problems.append(Problem(file.where(*place), "the case expects nothing", "add `expect:` and a list of rows"))
    for name, rows in (told.get("given") or {}).items():
        problems += _table_problems(file, (*place, "given", name), rows, layer=standards.layer)
    for row_number, row in enumerate(told.get("expect") or []):
        where = file.where(*place, "expect", row_number)
        problems += _unknown(where, row, columns=tuple(standard.columns), table=standard.name)
    return problems


def _table_problems(
    file: Marked, place: tuple[str | int, ...], rows: Any, *, layer: Mapping[str, pa.Schema]
) -> list[Problem]:
    """What is wrong with the rows that are given of one table."""
    name, where = str(place[-1]), file.where(*place)
    valid = [table for table in layer if table.startswith("graph.")]
    if name not in valid:
        return [Problem(where, f"the graph has no table {name}", f"use one of: {', '.join(sorted(valid))}")]
    if not isinstance(rows, list):
        return [Problem(where, f"{name} is no list of rows", "write `- {id: …}` for each row")]
    problems: list[Problem] = []
    for number, row in enumerate(rows):
        problems += _unknown(file.where(*place, number), row, columns=tuple(layer[name].names), table=name)
    if not problems:
        try:
            table_of(rows, layer[name])
        except (pa.ArrowException, TypeError, ValueError) as error:
            problems.append(
                Problem(where, f"a value of {name} has the wrong type: {error}", "give it the column's type")
            )
    return problems


def _unknown(where: str, row: Any, *, columns: tuple[str, ...], table: str) -> list[Problem]:
    """A problem for each column of a row that its table does not have."""
    if not isinstance(row, dict):
        return [Problem(where, f"a row of {table} is no mapping", "write `{column: value}`")]
    fix = f"use one of: {', '.join(columns)}"
    return [Problem(where, f"{table} has no column {name}", fix) for name in row if name not in columns]

"""Reading definitions and tables from folders into Standards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines import Step
from stocktake.errors import EngineError, Problem, StandardsError
from stocktake.schema.spec import ARROW_TYPES, SQL_TYPES
from stocktake.standards import kept, membership
from stocktake.standards.header import Header, body_lines, read_header
from stocktake.standards.layer import layer_schemas
from stocktake.standards.order import check_references, in_order
from stocktake.standards.portable import check_portable
from stocktake.standards.portable_types import check_types
from stocktake.standards.query import Reference, canonical_sql, output_columns, parse_query, references
from stocktake.standards.spec import Column, Standard, Standards

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from stocktake.schema import Schema

TYPES = ("VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BOOLEAN", "TIMESTAMP", "DATE", "DECIMAL(38,0)", "VARCHAR[]")
"""The types that a column may have: what Parquet carries between engines without loss."""


@dataclass(frozen=True, slots=True)
class File:
    """One file as it was read, before its columns have types."""

    path: Path
    header: Header
    query: exp.Query
    says: Mapping[str, str]
    lines: Mapping[str, int]
    reads: tuple[Reference, ...]
    sql: str

    @property
    def step(self) -> Step:
        """Its query as a step, without declared types."""
        return Step(f"standard.{self.header.name}", self.sql)


def load_files(folders_definitions: Iterable[Path], folders_tables: Iterable[Path], schema: Schema) -> Standards:
    """Read every definition and table of some folders, later ones replacing earlier ones of the same name.

    Raises StandardsError with every problem found, each with file, line and remedy.
    """
    paths = {**_paths(folders_definitions, "definition"), **_paths(folders_tables, "table")}
    layer = layer_schemas(schema)
    key = _key(paths, schema)
    steps = kept.recall(key) if key else None
    if steps is None:
        steps = _read_all(paths, layer)
        if key:
            kept.keep(key, steps)
    return Standards(steps, layer)


def _key(paths: Mapping[tuple[str, str], Path], schema: Schema) -> str | None:
    """What the reading of these files is kept under; None where one can't be read, which `_read` tells of."""
    try:
        return kept.key_of([(kind, path) for (kind, _), path in paths.items()], schema.digest)
    except OSError:
        return None


def _read_all(paths: Mapping[tuple[str, str], Path], layer: Mapping[str, pa.Schema]) -> tuple[Standard, ...]:
    """Every file read, checked, and put after what it reads."""
    problems = _name_clashes(paths)
    files: dict[str, File] = {}
    for (kind, _), path in paths.items():
        file, found = _read(path, kind=kind)
        problems += found
        if file:
            files[file.header.name] = file
    if problems:
        raise StandardsError(problems=tuple(problems))
    files[membership.NAME] = _membership(files)
    reads = {name: file.reads for name, file in files.items()}
    order, circles = in_order(reads)
    problems = [*check_references(reads, layer), *circles, *_key_problems(files), *_absence_problems(files, layer)]
    if problems:
        raise StandardsError(problems=tuple(problems))
    return _typed([files[name] for name in order], layer)


def _paths(folders: Iterable[Path], kind: str) -> dict[tuple[str, str], Path]:
    """The SQL files of some folders by kind and name; later folders win."""
    return {(kind, path.stem): path for folder in folders for path in sorted(folder.glob("*.sql"))}


def _name_clashes(paths: Mapping[tuple[str, str], Path]) -> list[Problem]:
    """A problem for each name that a definition and a table share, or that Stocktake makes itself."""
    both = [path for (kind, name), path in paths.items() if kind == "table" and ("definition", name) in paths]
    problems = [
        Problem(f"{path}:1", f"a definition is also named {path.stem}", "rename one of the two") for path in both
    ]
    taken = [path for (_, name), path in paths.items() if name in (membership.NAME, "run", "moment")]
    fix = "give it another name: this table is made by Stocktake"
    return problems + [Problem(f"{path}:1", f"the name {path.stem} is taken", fix) for path in taken]


def _read(path: Path, *, kind: str) -> tuple[File | None, list[Problem]]:
    """One file, and everything that is wrong with it by itself."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return None, [Problem(f"{path}:1", f"can't be read: {error}", "save it as UTF-8 text")]
    header, problems = read_header(path, text, kind=kind)
    query, found = parse_query(path, _without_header(text))
    if query is None:
        return None, problems + found
    says, lines, unexplained = output_columns(path, query)
    reads, unknown = references(path, query)
    problems += [*unexplained, *unknown, *check_portable(path, query)]
    if header is None or problems:
        return None, problems
    return File(path, header, query, says, lines, tuple(reads), canonical_sql(query)), []


def _without_header(text: str) -> str:
    """The text with its header's lines emptied, so that every line keeps its number."""
    count = body_lines(text)
    return "\n".join(["" if number < count else line for number, line in enumerate(text.split("\n"))])


def _key_problems(files: Mapping[str, File]) -> list[Problem]:
    """A problem for each column of a key that the file does not give."""
    return [
        Problem(f"{file.path}:1", f"the key names {column}, which is no column", f"use one of: {', '.join(file.says)}")
        for file in files.values()
        for column in file.header.key
        if column not in file.says
    ]


def _absence_problems(files: Mapping[str, File], layer: Mapping[str, pa.Schema]) -> list[Problem]:
    """A problem for each field that a header names and no table of the graph has."""
    tables = {name.partition(".")[2]: set(schema.names) for name, schema in layer.items() if name.startswith("graph.")}
    known = {column for columns in tables.values() for column in columns}
    known |= {f"{table}.{column}" for table, columns in tables.items() for column in columns}
    fix = "name a field, such as owners, or the column of one table, such as workflow_run_datasets.digest"
    return [
        Problem(f"{file.path}:1", f"the absence of {field} is read as a state, and no table has it", fix)
        for file in files.values()
        for field in file.header.absence
        if field not in known
    ]


def _membership(files: Mapping[str, File]) -> File:
    """The table of all definitions' members, as if it stood in a file."""
    definitions = {name: file.says for name, file in files.items() if not file.header.is_table}
    header = Header(
        name=membership.NAME,
        is_table=True,
        says="The members of every definition.",
        grain="one row per definition and artifact",
        version=1,
        owner="stocktake",
        source="the definitions of the project",
    )
    reads = [Reference(f"standard.{name}", "") for name, columns in definitions.items() if "is_member" in columns]
    query, _ = parse_query(Path(), membership.membership_sql(definitions))
    assert query is not None
    run = Reference("standard.run", "")
    return File(Path(), header, query, membership.COLUMNS, {}, (*reads, run), canonical_sql(query))


def _typed(files: Sequence[File], layer: Mapping[str, pa.Schema]) -> tuple[Standard, ...]:
    """The files with their columns' types and inherited absences. Raises StandardsError where SQL does not fit."""
    from stocktake.engines.duckdb import DuckDb

    try:
        described = DuckDb().describe([file.step for file in files], layer)
    except EngineError as error:
        name = error.problems[0].where.partition(".")[2]
        where = next(f"{file.path}:1" for file in files if file.header.name == name)
        told = tuple(replace(each, where=where) for each in error.problems)
        raise StandardsError(problems=told) from error
    types = {**_layer_types(layer), **described}
    problems = [problem for file in files for problem in _type_problems(file, described[file.step.name])]
    problems += [problem for file in files for problem in check_types(file.path, file.query, types)]
    if problems:
        raise StandardsError(problems=tuple(problems))
    standards: dict[str, Standard] = {}
    for file in files:
        absence = set(file.header.absence)
        for each in file.reads:
            before = standards.get(each.name.partition(".")[2])
            absence |= before.absence if before and each.name.startswith("standard.") else frozenset()
        standards[file.header.name] = _standard(file, described[file.step.name], frozenset(absence))
    return tuple(standards.values())


def _layer_types(layer: Mapping[str, pa.Schema]) -> dict[str, dict[str, str]]:
    """The SQL types of the columns that a snapshot has."""
    names = {arrow: SQL_TYPES[name] for name, arrow in ARROW_TYPES.items()}
    return {table: {field.name: names[field.type] for field in schema} for table, schema in layer.items()}


def _type_problems(file: File, types: Mapping[str, str]) -> list[Problem]:
    fix = f"CAST it to one of: {', '.join(TYPES)}"
    return [
        Problem(
            f"{file.path}:{file.lines.get(name, 1)}",
            f"the column {name} is {kind}, which engines read differently",
            fix,
        )
        for name, kind in types.items()
        if kind not in TYPES
    ]


def _standard(file: File, types: Mapping[str, str], absence: frozenset[str]) -> Standard:
    header = file.header
    return Standard(
        name=header.name,
        is_table=header.is_table,
        says=header.says,
        grain=header.grain,
        version=header.version,
        owner=header.owner,
        source=header.source,
        columns={name: Column(name, types[name], says) for name, says in file.says.items()},
        sql=file.sql,
        reads=tuple(each.name for each in file.reads),
        absence=absence,
        where=f"{file.path}:1" if file.path.name else "",
        key=header.key,
        engine=header.engine,
    )

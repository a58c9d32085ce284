"""Every file of a project, and every case beside one: whether they are as they must be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.cases.run import run_cases, run_cases_on
from stocktake.collect.connectors import load_connector
from stocktake.collect.sources import PUSH
from stocktake.errors import EngineError, MetricError, Problem, StocktakeError
from stocktake.metrics import load as load_metrics
from stocktake.metrics import load_targets, load_waivers
from stocktake.metrics.cases import case_problems, read_cases
from stocktake.project import Project
from stocktake.reach import untold
from stocktake.standards import Standards, load_files
from stocktake.standards.portable import expression_problems
from stocktake.vocabulary.cases import run_cases as run_vocabulary_cases

if TYPE_CHECKING:
    from stocktake.engines import Engine


@dataclass(frozen=True, slots=True)
class Checked:
    """One sort of file: how many files and cases there are, and all that is wrong. notes: what is not wrong."""

    name: str
    files: int
    cases: int = 0
    problems: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()


def check_project(project: Project, *, every: bool = False, engine: Engine | None = None) -> list[Checked]:
    """Check every file that a project is made of, and run the cases beside its own files.

    every: also the cases of the files that ship. engine: where the cases of SQL and metrics run; DuckDB, which also
    tries every loss of a value of a definition or table, unless given. A sort of file that can't be read hides those
    that are made from it.
    """
    own = Path("/") if every else project.root
    return [
        _part("kinds", project, lambda: _loaded(project)),
        _part("sources", project, lambda: iter(_source_problems(project))),
        replace(_part("engines", project, lambda: _engines(project)), files=len(project.engines.named())),
        _part("vocabulary", project, lambda: _vocabulary(project, own)),
        _part("definitions and tables", project, lambda: _standards(project, own, engine)),
        replace(_part("metrics", project, lambda: _metrics(project, own, engine)), notes=_unreached(project)),
        _part("waivers and targets", project, lambda: _rulings(project)),
    ]


def _unreached(project: Project) -> tuple[str, ...]:
    """A sentence for each metric that needs what no source of the project can tell; none where files can't be read."""
    try:
        standards = _load_standards(project)
        catalogue = load_metrics(
            project.folders("metrics"), {each.name: list(each.columns) for each in standards.steps}
        )
        return tuple(f"{each.metric}: {each.says}" for each in untold(project, standards, catalogue))
    except StocktakeError:
        return ()


def _part(name: str, project: Project, check: Callable[[], Iterator[list[Problem]]]) -> Checked:
    """Run one check; each item that it gives is one case with its problems."""
    cases, problems = 0, list[Problem]()
    try:
        for found in check():
            cases += 1
            problems += found
    except StocktakeError as error:
        problems += error.problems
    return Checked(name, _files(project, name), cases, tuple(dict.fromkeys(problems)))


def _files(project: Project, name: str) -> int:
    """How many files of a sort there are, cases left out."""
    folders = [folder for part in name.split(" and ") for folder in project.folders(part)]
    found = [path for folder in folders for path in folder.glob("*.*") if path.suffix in (".py", ".yaml", ".sql")]
    return len([path for path in found if not path.name.endswith(".cases.yaml") and not path.name.startswith("_")])


def _loaded(project: Project) -> Iterator[list[Problem]]:
    """Reading the kinds finds all that is wrong with them."""
    yield [] if project.schema.kinds else [Problem(str(project.root), "there is no kind", "add kinds/NAME.py")]


def _source_problems(project: Project) -> Iterator[list[Problem]]:
    """A problem for each secret that stands in a file, and for each source whose connector can't be loaded."""
    if project.exposed:
        yield list(project.exposed)
    for source in project.sources:
        if source.connector != PUSH:
            try:
                load_connector(source, project.folders("connectors"))
            except StocktakeError as error:
                yield list(error.problems)


def _engines(project: Project) -> Iterator[list[Problem]]:
    """The problems of each engine's options; none is reached."""
    if found := [problem for each in project.engines.named() for problem in each.problems(os.environ)]:
        raise EngineError(problems=tuple(found))
    yield from ()


def _vocabulary(project: Project, own: Path) -> Iterator[list[Problem]]:
    for vocabulary in project.vocabularies.by_name.values():
        if not _is_in(vocabulary.path, own) or vocabulary is project.vocabularies.shared:
            continue
        for case, differences in run_vocabulary_cases(vocabulary, project.vocabularies, project.schema):
            where, _, what = case.partition(" ")
            yield [Problem(where, f"{what}: {each}", "mend the vocabulary or the case") for each in differences]


def _standards(project: Project, own: Path, engine: Engine | None) -> Iterator[list[Problem]]:
    standards = _load_standards(project)
    wanted = [each for each in standards.steps if each.file and _is_in(each.file, own)]
    if engine:
        yield from (list(verdict.problems) for verdict in run_cases_on(wanted, standards, engine))
        return
    for each in wanted:
        yield from (list(verdict.problems) for verdict in run_cases(each, standards, project.schema))


def _metrics(project: Project, own: Path, engine: Engine | None) -> Iterator[list[Problem]]:
    from stocktake.engines.duckdb import DuckDb

    standards = _load_standards(project)
    folders = project.folders("metrics")
    catalogue = load_metrics(folders, {each.name: list(each.columns) for each in standards.steps})
    for name, cases in read_cases(catalogue, folders, []).items():
        if _is_in(catalogue.node(name).file, own):
            yield from ([] for _ in cases)
    types = {each.name: {name: column.type for name, column in each.columns.items()} for each in standards.steps}
    problems = case_problems(catalogue, folders, types, engine or DuckDb(threads=1))
    if found := tuple(each for each in problems if _is_in(each.where.rpartition(":")[0], own)):
        raise MetricError(problems=found)


def _rulings(project: Project) -> Iterator[list[Problem]]:
    """Reading the waivers and targets finds all that is wrong with them."""
    standards = _load_standards(project)
    columns = {each.name: list(each.columns) for each in standards.steps}
    catalogue = load_metrics(project.folders("metrics"), columns)
    found = list[Problem]()
    for load in (
        lambda: load_waivers(project.folders("waivers"), catalogue, columns, check=expression_problems),
        lambda: load_targets(project.folders("targets"), catalogue),
    ):
        try:
            load()
        except MetricError as error:
            found += error.problems
    if found:
        raise MetricError(problems=tuple(found))
    yield from ()


def _load_standards(project: Project) -> Standards:
    return load_files(project.folders("definitions"), project.folders("tables"), project.schema)


def _is_in(path: str, folder: Path) -> bool:
    """Whether a file is a project's own."""
    return Path(path).resolve().is_relative_to(folder.resolve())

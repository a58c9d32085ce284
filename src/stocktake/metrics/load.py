"""Reads `metrics/` folders into a catalogue, or says everything that is wrong with them, line by line."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from stocktake.errors import MetricError, Problem
from stocktake.metrics.document import Located, overlay, read_document
from stocktake.metrics.expression import Checker
from stocktake.metrics.hierarchy import children_first, problems_of_hierarchy
from stocktake.metrics.read import read_group, read_metric
from stocktake.metrics.spec import Catalogue, Group, Metric

Columns = Mapping[str, Collection[str]]


def load(folders: Iterable[Path], columns_by_table: Columns, *, check: Checker | None = None) -> Catalogue:
    """Read every metric and group of some `metrics/` folders; a later folder's file replaces one of the same name.

    columns_by_table: the columns of each table that can be scored. check: says what of an expression is outside the
    portable subset. Raises MetricError with every problem found, each with file, line and remedy.
    """
    problems: list[Problem] = []
    documents = _documents(folders, problems)
    metrics: dict[str, Metric] = {}
    groups: dict[str, Group] = {}
    for name, told in documents.items():
        if "metric" in told.value:
            metric = read_metric(name, told, columns_by_table, problems, check)
            if metric:
                metrics[name] = metric
        else:
            groups[name] = read_group(name, told, problems)
    problems += problems_of_hierarchy(metrics, groups, documents)
    if problems:
        raise MetricError(problems=tuple(problems))
    return Catalogue(metrics, {name: groups[name] for name in children_first(groups)})


def _documents(folders: Iterable[Path], problems: list[Problem]) -> dict[str, Located]:
    """Each node's file, by name, with what it `extends` filled in."""
    documents: dict[str, Located] = {}
    for folder in folders:
        read = {path.stem: read_document(path, problems) for path in _files(folder)}
        found = {stem: told for stem, told in read.items() if told and _is_named(stem, told, problems)}
        documents |= {stem: _extended(told, found, documents, problems) for stem, told in found.items()}
    return dict(sorted(documents.items()))


def _files(folder: Path) -> list[Path]:
    """The metric and group files of a folder."""
    return [path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(".cases.yaml")]


def _is_named(stem: str, told: Located, problems: list[Problem]) -> bool:
    """Whether the file says `metric:` or `group:` and its own name."""
    named = [key for key in ("metric", "group") if key in told.value]
    if len(named) != 1:
        problems.append(
            Problem(
                told.where,
                "the file is neither a metric nor a group",
                f"begin with `metric: {stem}` or `group: {stem}`",
            )
        )
        return False
    name = told.value[named[0]]
    if name.value != stem:
        problems.append(
            Problem(
                name.where,
                f"{named[0]} {name.value} stands in {stem}.yaml",
                f"write `{named[0]}: {stem}`, or rename the file",
            )
        )
    return bool(name.value == stem)


def _extended(
    told: Located, beside: Mapping[str, Located], earlier: Mapping[str, Located], problems: list[Problem]
) -> Located:
    """What a file says over what it extends. A file of the same name is looked for in earlier folders."""
    seen: list[str] = []
    while "extends" in told.value:
        base = told.value["extends"]
        own = told.value.get("metric", told.value.get("group")).value
        found = (
            earlier.get(base.value) if base.value in (own, *seen) else beside.get(base.value) or earlier.get(base.value)
        )
        if found is None:
            known = ", ".join(sorted({*beside, *earlier} - {own})) or "none is there"
            problems.append(Problem(base.where, f"extends {base.value}, which is not there", f"use one of: {known}"))
            return replace(told, value={key: value for key, value in told.value.items() if key != "extends"})
        seen.append(str(base.value))
        over = {key: value for key, value in told.value.items() if key != "extends"}
        kept = {key: value for key, value in found.value.items() if key not in ("metric", "group")}
        told = overlay(Located(kept, found.where), Located(over, told.where))
    return told

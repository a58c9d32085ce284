"""Waivers: rows that a metric does not judge for a while, with who allowed it, why, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlglot import exp

from stocktake.errors import MetricError, Problem
from stocktake.metrics import expression
from stocktake.metrics.document import Reader
from stocktake.metrics.expression import Checker
from stocktake.metrics.read import NAME
from stocktake.metrics.rulings import read_folder
from stocktake.metrics.spec import Catalogue, Waiver

KEYS = ("waiver", "metrics", "scope", "reason", "approver", "from", "expires")
ABSENCE = (exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Coalesce, exp.Case, exp.If)
"""What can tell a missing value from others: a scope that did would exempt a row for want of a value."""

Columns = Mapping[str, Sequence[str]]


def load_waivers(
    folders: Iterable[Path], catalogue: Catalogue, columns: Columns, *, check: Checker | None = None
) -> tuple[Waiver, ...]:
    """Read every `waivers/*.yaml`. columns: table -> its columns. check: as `load.load`.

    Raises MetricError with every problem found, each with file, line and remedy.
    """
    problems: list[Problem] = []
    found = []
    for name, reader in read_folder(folders, "waiver", problems):
        waiver = _read(name, reader)
        problems += problems_of(waiver, reader.lines, catalogue, columns, check)
        found.append(waiver)
    if problems:
        raise MetricError(problems=tuple(problems))
    return tuple(found)


def _read(name: str, reader: Reader) -> Waiver:
    """A waiver from its document; what is missing is noted."""
    reader.only(KEYS)
    metrics = tuple(item.value for item in reader.texts("metrics"))
    expires_at = reader.moment("expires", required="write the day on which it ends: none is for ever")
    return Waiver(
        name=name,
        metrics=metrics,
        reason=reader.text("reason", required="say why these are not judged for now") or "",
        approver=reader.text("approver", required="say who allowed it") or "",
        expires_at=expires_at or datetime.max.replace(tzinfo=UTC),
        from_at=reader.moment("from"),
        scope=reader.text("scope"),
        where=reader.lines.get("waiver", reader.told.where),
    )


def problems_of(
    waiver: Waiver, lines: Mapping[str, str], catalogue: Catalogue, columns: Columns, check: Checker | None = None
) -> list[Problem]:
    """What is wrong with a waiver: its name, metrics that are not there, times, and a scope that a table can't answer.

    lines: where each key of its file stands.
    """

    def at(key: str) -> str:
        return lines.get(key, waiver.where)

    found = []
    if not NAME.fullmatch(waiver.name):
        found.append(Problem(at("waiver"), f"{waiver.name} can't be a name", "use lower-case words joined by one _"))
    if not waiver.metrics:
        found.append(Problem(at("metrics"), "it names no metric", "write `metrics: [name, name]`"))
    for name in waiver.metrics:
        if name not in catalogue.nodes():
            fix = f"use one of: {', '.join(catalogue.nodes())}"
            found.append(Problem(at("metrics"), f"there is no metric or group {name}", fix))
    if waiver.from_at and waiver.from_at >= waiver.expires_at:
        found.append(Problem(at("expires"), "it expires before it begins", "let `expires` be later than `from`"))
    if waiver.scope is None or found:
        return found
    found += list(check(waiver.scope, at("scope"))) if check else []
    return [*found, *_problems_of_scope(waiver.scope, at("scope"), _tables(waiver, catalogue), columns)]


def _tables(waiver: Waiver, catalogue: Catalogue) -> dict[str, str]:
    """The tables that its metrics are asked of, each with the first such metric."""
    metrics = [catalogue.metrics[each] for name in waiver.metrics for each in catalogue.below(name)]
    return {metric.grain.table: metric.name for metric in reversed(metrics)}


def _problems_of_scope(scope: str, where: str, tables: Mapping[str, str], columns: Columns) -> list[Problem]:
    """A scope must be answered by every table, and may not take a row in for want of a value."""
    for table, metric in tables.items():
        if found := expression.problems_of(scope, where, columns[table], table):
            told = f", which {metric} is asked of" if len(tables) > 1 else ""
            return [replace(each, problem=each.problem + told) for each in found]
    odd = next(expression.parse(scope).find_all(*ABSENCE), None)
    if odd is None:
        return []
    problem = f"{odd.sql('duckdb')} may exempt a row because a value is missing"
    return [Problem(where, problem, "name the rows by values that they have, as `deployment_name = 'ranker'`")]


def waive(catalogue: Catalogue, waivers: Iterable[Waiver], as_of: datetime) -> Catalogue:
    """The catalogue whose metrics know the waivers that are in force at a moment, by name."""
    by_metric: dict[str, dict[str, Waiver]] = {}
    for waiver in waivers:
        if waiver.is_in_force(as_of):
            for name in waiver.metrics:
                for metric in catalogue.below(name):
                    by_metric.setdefault(metric, {})[waiver.name] = waiver
    metrics = {
        name: replace(metric, waivers=tuple(each for _, each in sorted(by_metric.get(name, {}).items())))
        for name, metric in catalogue.metrics.items()
    }
    return Catalogue(metrics, catalogue.groups)


def is_waived(catalogue: Catalogue) -> bool:
    """Whether any metric has a waiver in force."""
    return any(metric.waivers for metric in catalogue.metrics.values())

"""Cases of metrics and groups: what is given and the outcomes expected of it, kept in `NAME.cases.yaml`.

A metric's case gives a `row` of its table and the `outcome`, and may give the `reason`. A group's case gives the
`children`, each a level, `unknown` or `not_applicable`, and its `interval` [low, point, high], or the `outcome`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from stocktake.engines import Engine
from stocktake.errors import Problem
from stocktake.metrics.document import Located, Reader, read_document
from stocktake.metrics.group_cases import group_problems
from stocktake.metrics.metric_cases import metric_problems
from stocktake.metrics.spec import Catalogue

Types = Mapping[str, Mapping[str, str]]


def case_problems(catalogue: Catalogue, folders: Iterable[Path], types: Types, engine: Engine) -> list[Problem]:
    """All that cases find: other outcomes than expected, losses of a value that gain, buckets and nodes without a case.

    folders: those that the catalogue was read from. types: table -> column -> SQL type.
    """
    problems: list[Problem] = []
    cases = read_cases(catalogue, folders, problems)
    for name, node in catalogue.nodes().items():
        if name not in cases and (name in catalogue.metrics or catalogue.children(name)):
            where = node.lines.get("metric", node.lines.get("group", ""))
            problems.append(Problem(where, f"{name} has no cases", f"write {name}.cases.yaml beside it"))
    metrics = [(metric, cases[name]) for name, metric in catalogue.metrics.items() if name in cases]
    groups = [(group, cases[name]) for name, group in catalogue.groups.items() if name in cases]
    return problems + metric_problems(metrics, types, engine) + group_problems(catalogue, groups, engine)


def read_cases(catalogue: Catalogue, folders: Iterable[Path], problems: list[Problem]) -> dict[str, Sequence[Located]]:
    """The cases of each node; a later folder's file replaces one of the same name."""
    files = {_name(path): path for folder in folders for path in sorted(folder.glob("*.cases.yaml"))}
    cases: dict[str, Sequence[Located]] = {}
    for name, path in files.items():
        told = read_document(path, problems)
        if told is None:
            continue
        if name not in catalogue.nodes():
            fix = f"name it after one of: {', '.join(catalogue.nodes())}"
            problems.append(Problem(told.where, f"cases of {name}, which is not there", fix))
            continue
        cases[name] = _read_file(told, is_metric=name in catalogue.metrics, problems=problems)
    return cases


def _name(path: Path) -> str:
    return path.name.removesuffix(".cases.yaml")


def _read_file(told: Located, *, is_metric: bool, problems: list[Problem]) -> list[Located]:
    """The well-formed cases of one file."""
    valid = ("says", "row", "outcome", "reason") if is_metric else ("says", "children", "interval", "outcome")
    given = told.value.get("cases", Located(None, told.where)).value
    if not isinstance(given, list):
        problems.append(Problem(told.where, "the file holds no cases", "write `cases:` and a list of them"))
        return []
    found = []
    for case in given:
        body = case.value.get(valid[1]) if isinstance(case.value, dict) else None
        if body is None or not isinstance(body.value, dict):
            fix = f"write {{says: …, {valid[1]}: {{…}}, outcome: …}}"
            problems.append(Problem(case.where, f"a case without {valid[1]}", fix))
            continue
        reader = Reader(case, problems)
        reader.only(valid)
        reader.text("says", required="write one sentence on what it shows")
        if is_metric:
            reader.text("outcome", required="write the outcome that the row must have")
        found.append(case)
    return found

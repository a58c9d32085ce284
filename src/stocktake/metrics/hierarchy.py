"""The hierarchy: metrics and groups below groups, a node below several parents, never below itself."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from stocktake.errors import Problem
from stocktake.metrics.document import Located
from stocktake.metrics.spec import Group, Metric


def children_first(groups: Mapping[str, Group]) -> list[str]:
    """The groups, each after all groups below it; among equals by name."""
    below: dict[str, set[str]] = {name: set() for name in groups}
    for name, group in groups.items():
        for parent in group.parents:
            below[parent].add(name)
    order: list[str] = []
    sorter = TopologicalSorter(below)
    sorter.prepare()
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += ready
        sorter.done(*ready)
    return order


def problems_of_hierarchy(
    metrics: Mapping[str, Metric], groups: Mapping[str, Group], documents: Mapping[str, Located]
) -> list[Problem]:
    """Parents that are no group, weights of what is no child, and cycles."""
    found: list[Problem] = []
    known = sorted(name for name, told in documents.items() if "group" in told.value)
    nodes: dict[str, Metric | Group] = {**metrics, **groups}
    for name, node in nodes.items():
        for told in _items(documents[name], "parents"):
            if told.value not in known:
                fix = f"use one of: {', '.join(known)}" if known else "add a file with `group:`"
                found.append(Problem(told.where, f"unknown parent {told.value}", fix))
            elif list(node.parents).count(told.value) > 1:
                found.append(Problem(told.where, f"parent {told.value} is named twice", "name it once"))
    for name, group in groups.items():
        children = sorted(child for child, node in nodes.items() if name in node.parents)
        for child, weight in (documents[name].value["weights"].value if group.weights else {}).items():
            if child not in children:
                fix = f"use one of: {', '.join(children) or 'none, it has no children'}"
                found.append(Problem(weight.where, f"{child} is no child of {name}", fix))
    return found or _cycle(groups, documents)


def _cycle(groups: Mapping[str, Group], documents: Mapping[str, Located]) -> list[Problem]:
    """The first cycle, at the line of a parent that closes it."""
    try:
        TopologicalSorter({name: group.parents for name, group in groups.items()}).prepare()
    except CycleError as error:
        path: list[str] = list(error.args[1])
        name = path[-1]
        where = documents[name].value["parents"].where
        return [Problem(where, f"{name} stands below itself: {' > '.join(path)}", "take one of these parents away")]
    return []


def _items(told: Located, key: str) -> list[Located]:
    """The items of a list, or the one text that stands in its place."""
    found = told.value.get(key)
    if found is None:
        return []
    return list(found.value) if isinstance(found.value, list) else [found]

"""The order in which files run: each after what it reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from stocktake.errors import Problem
from stocktake.standards.query import Reference


def check_references(reads: Mapping[str, Sequence[Reference]], known: Collection[str]) -> list[Problem]:
    """A problem for each table that a file reads and nobody makes. known: full names of the snapshot's tables."""
    made = {f"standard.{name}" for name in reads}
    problems: list[Problem] = []
    for references in reads.values():
        for reference in references:
            if reference.name not in made and reference.name not in known:
                layer = reference.name.partition(".")[0]
                valid = sorted(name for name in {*made, *known} if name.startswith(f"{layer}."))
                fix = f"use one of: {', '.join(valid)}"
                problems.append(Problem(reference.where, f"there is no table {reference.name}", fix))
    return problems


def in_order(reads: Mapping[str, Sequence[Reference]]) -> tuple[list[str], list[Problem]]:
    """The names, each after those that it reads; files that read each other in a circle are a problem."""
    left = {
        name: {each.name.partition(".")[2] for each in told if each.name.startswith("standard.")}
        for name, told in reads.items()
    }
    left = {name: {each for each in needed if each in reads} for name, needed in left.items()}
    order: list[str] = []
    while left:
        ready = sorted(name for name, needed in left.items() if needed <= set(order))
        if not ready:
            return order, [_circle_problem(_circle(left, done=set(order)), reads)]
        order += ready
        for name in ready:
            del left[name]
    return order, []


def _circle(left: Mapping[str, set[str]], *, done: set[str]) -> list[str]:
    """One circle among names that all wait for each other, beginning and ending with the same."""
    path = [min(left)]
    while True:
        following = min(left[path[-1]] - done)
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)


def _circle_problem(circle: Sequence[str], reads: Mapping[str, Sequence[Reference]]) -> Problem:
    where = next(each.where for each in reads[circle[0]] if each.name == f"standard.{circle[1]}")
    told = " → ".join(f"standard.{name}" for name in circle)
    return Problem(where, f"files read each other in a circle: {told}", "let one of them read the graph instead")

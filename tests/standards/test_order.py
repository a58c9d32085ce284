"""The order in which files run follows from what they read."""

from __future__ import annotations

from stocktake.standards.order import check_references, in_order
from stocktake.standards.query import Reference


def reads(**files: str) -> dict[str, list[Reference]]:
    """Files with the names that each reads, split at spaces."""
    return {name: [Reference(each, f"{name}.sql:1") for each in told.split()] for name, told in files.items()}


def test_each_comes_after_what_it_reads() -> None:
    """Files without need come first, by name; the rest as soon as they can."""
    order, problems = in_order(reads(c="standard.a", a="graph.owner", d="standard.c standard.b", b="standard.a"))

    assert (order, problems) == (["a", "b", "c", "d"], [])


def test_a_file_that_reads_itself_is_a_circle() -> None:
    """The shortest circle has one file."""
    _, (problem,) = in_order(reads(a="standard.a"))

    assert problem.problem == "files read each other in a circle: standard.a → standard.a"


def test_what_waits_for_a_circle_is_not_named_in_it() -> None:
    """Only the files of the circle can mend it."""
    _, (problem,) = in_order(reads(a="standard.b", b="standard.c", c="standard.b"))

    assert problem.problem == "files read each other in a circle: standard.b → standard.c → standard.b"


def test_an_unknown_name_is_told_with_those_of_its_layer() -> None:
    """A missing table of the graph is not to be found among definitions."""
    (problem,) = check_references(reads(a="graph.ownr"), {"graph.owner", "standard.run"})

    assert (problem.problem, problem.fix) == ("there is no table graph.ownr", "use one of: graph.owner")

"""Losing a value may make a result unknown and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stocktake.cases import check_standards
from stocktake.cases.case import Row
from stocktake.cases.monotone import flips
from stocktake.schema import Schema, load_schema
from stocktake.standards import load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
GIVEN = """cases:
  - says: Two binaries of one run.
    given:
      graph.model_binary: [{id: a, size_bytes: 1, owners: [ana]}, {id: b, size_bytes: 2, status: ready}]
      graph.model_binary_owned_by: [{from_id: a, owner_id: ana, owner_name: ana, to_is: ghost}]
      graph.model_deployment_serves: [{from_id: d, to_id: a, to_is: described, share: 0.5, slot: v1}]
"""
FROM = "FROM graph.model_binary AS binary\n"
Check = Callable[..., list[str]]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """The kinds that ship."""
    return load_schema([LIBRARY / "kinds"])


@pytest.fixture
def check(tmp_path: Path, schema: Schema) -> Check:
    """What the loss of values flips in a definition, of which the case is given above."""

    def run(sql: str, expect: str, absence: str = "") -> list[str]:
        header = "".join(f"-- {key}: x\n" for key in ("says", "grain", "owner", "source")) + "-- version: 1\n" + absence
        (tmp_path / "it.sql").write_text(f"-- definition: it\n{header}{sql}", "utf-8")
        (tmp_path / "it.cases.yaml").write_text(f"{GIVEN}    expect: {expect}\n", "utf-8")
        verdicts = check_standards(load_files([tmp_path], [], schema), schema)
        return [problem.problem for verdict in verdicts for problem in verdict.problems]

    return run


def test_a_value_that_is_shown_may_become_unknown(check: Check) -> None:
    """The plain case holds."""
    assert (
        check(
            f"SELECT\n    binary.id AS id, -- It.\n    binary.size_bytes > 1 AS is_big -- Big.\n{FROM}",
            "[{id: a}, {id: b}]",
        )
        == []
    )


@pytest.mark.parametrize(
    ("says", "column"),
    [
        ("IS NULL turns an unknown into a state", "binary.size_bytes IS NULL"),
        ("COALESCE turns an unknown into a number", "COALESCE(binary.size_bytes, 0) > 1"),
        ("ELSE turns an unknown into a state", "CASE WHEN binary.size_bytes > 1 THEN 'big' ELSE 'small' END"),
    ],
)
def test_the_usual_ways_to_flip_are_refused(check: Check, says: str, column: str) -> None:
    """Semantics names them: absence is not a state unless one says so."""
    found = check(f"SELECT\n    binary.id AS id, -- It.\n    {column} AS x -- X.\n{FROM}", "[{id: a}, {id: b}]")

    assert any(each.startswith("without graph.model_binary.size_bytes of b, x turns from") for each in found), says


def test_an_aggregate_over_the_partly_unknown_is_refused(check: Check) -> None:
    """The greatest of what is left is not the greatest."""
    found = check(f"SELECT\n    MAX(binary.size_bytes) AS most -- Most.\n{FROM}", "[{most: 2}]")

    assert found == ["without graph.model_binary.size_bytes of b, most turns from 2 to 1"]


def test_an_aggregate_that_is_unknown_unless_all_is_known_holds(check: Check) -> None:
    """The remedy that is told works."""
    most = "CASE WHEN COUNT(*) = COUNT(binary.size_bytes) THEN MAX(binary.size_bytes) END"

    assert check(f"SELECT\n    {most} AS most -- Most.\n{FROM}", "[{most: 2}]") == []


def test_a_row_that_goes_with_a_value_is_refused(check: Check) -> None:
    """WHERE on a value loses rows."""
    found = check(f"SELECT\n    binary.id AS id -- It.\n{FROM}WHERE binary.size_bytes > 0", "[{id: a}, {id: b}]")

    assert "without graph.model_binary.size_bytes of a, the row {id: a} is gone" in found


def test_bounds_may_widen_and_never_narrow(check: Check) -> None:
    """Two columns, low and high, are a way to count what is partly unknown."""
    known, all_of_them = "COUNT(CASE WHEN binary.size_bytes > 0 THEN 1 END)", "COUNT(*)"
    good = f"SELECT\n    {known} AS big_low, -- Low.\n    {all_of_them} AS big_high -- High.\n{FROM}"
    bad = f"SELECT\n    {all_of_them} AS big_low, -- Low.\n    {known} AS big_high -- High.\n{FROM}"

    assert check(good, "[{big_low: 2, big_high: 2}]") == []
    assert "big_high turns from 2 to 1" in check(bad, "[{big_low: 2}]")[0]


def test_what_says_what_exists_is_no_value(check: Check) -> None:
    """Status, ids and slots may be read as they are."""
    status = f"SELECT\n    binary.id AS id, -- It.\n    binary.status IS NULL AS x -- X.\n{FROM}"
    slot = "SELECT\n    serves.slot IS NULL AS x -- X.\nFROM graph.model_deployment_serves AS serves"

    assert check(status, "[{id: a}, {id: b}]") == []
    assert check(slot, "[{x: false}]") == []


def test_a_share_of_the_traffic_is_a_value(check: Check) -> None:
    """An attribute of a link is lost like a field."""
    found = check(
        "SELECT\n    serves.share IS NULL AS x -- X.\nFROM graph.model_deployment_serves AS serves", "[{x: false}]"
    )

    assert found == ["without graph.model_deployment_serves.share of d, x turns from False to True"]


def test_with_the_owners_of_an_artifact_its_links_to_them_go(check: Check) -> None:
    """Else a loss of owners would not be seen where links are read; a file may say that absence is a state."""
    sql = "SELECT\n    owned_by.owner_name AS owner_name -- Owner.\nFROM graph.model_binary_owned_by AS owned_by"

    assert check(sql, "[{owner_name: ana}]") == [
        "without graph.model_binary.owners of a, the row {owner_name: ana} is gone"
    ]
    assert check(sql, "[{owner_name: ana}]", absence="-- absence: owners\n") == []


def test_rows_are_matched_whatever_their_order() -> None:
    """A row may become the like of another without being taken for it."""
    before: list[Row] = [{"id": None, "size": 1}, {"id": None, "size": None}]

    assert flips(before, [{"id": None, "size": None}, {"id": None, "size": None}]) == []
    assert flips(before, [{"id": None, "size": 2}, {"id": None, "size": None}]) != []

"""One run on PrestoDB and Spark together: each reads what the other wrote, and Spark takes over what is too large."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.alike import assert_alike
from tests.pipeline.test_routed import plain, with_rules  # noqa: F401
from tests.servers.fixtures import presto  # noqa: F401
from tests.servers.spark import SMALL, spark

from stocktake.cli.page import Table
from stocktake.cli.pages.report import report_page
from stocktake.engines.presto import Presto
from stocktake.pipeline import session
from stocktake.pipeline.line import Measured
from stocktake.pipeline.report import report
from stocktake.project import Project
from stocktake.stages import Timings, listening

pytestmark = pytest.mark.xdist_group("spark")
HEAVIEST = "servings"


def on_both(project: Project, presto: Presto, lake: Path, **properties: str) -> Project:  # noqa: F811
    """The project with its definitions and tables on PrestoDB, and the heaviest of them on Spark."""
    warehouse = {"kind": "presto", "address": presto.access.address, "properties": properties, "on_memory": "big"}
    big = {"kind": "spark", "master": spark().master, "settings": SMALL}
    tables = sorted({each.step for each in session.plan_engines(project) if "_" not in each.step} - {HEAVIEST})
    routes = [{"engine": "big", "steps": [HEAVIEST]}, {"engine": "warehouse", "steps": tables}]
    return with_rules(project, engines={"warehouse": warehouse, "big": big}, routes=routes, lake=str(lake))


def assert_same(measured: Measured, expected: Measured) -> None:
    """Every table, score and roll-up."""
    for name, table in expected.tables.items():
        assert_alike(name, measured.tables[name], table)
    assert measured.rollups.populations == expected.rollups.populations
    assert measured.rollups.models == expected.rollups.models


def test_tables_on_presto_and_the_heaviest_on_spark(plain: Project, presto: Presto, tmp_path: Path) -> None:  # noqa: F811
    """The log says of each step where it went and why."""
    project, heard = on_both(plain, presto, tmp_path), Timings()
    assert session.current(plain).rollups

    with listening(heard):
        measured = session.current(project)
        assert_same(measured, session.current(plain))

    ran = {
        step: (each.told["engine"], each.told["why"])
        for each in heard.found
        if each.stage == "engine"
        for step in each.told["steps"].split(", ")
    }
    assert ran[HEAVIEST][0] == "big"
    assert {ran[name][0] for name in ("model", "binaries", "models", "counts")} == {"warehouse"}
    assert all("stocktake.yaml:" in ran[name][1] for name in (HEAVIEST, "models"))


def test_what_presto_has_no_memory_for_ends_on_spark(plain: Project, presto: Presto, tmp_path: Path) -> None:  # noqa: F811
    """The rows are the same, and the report says so in PrestoDB's words."""
    measured = session.current(on_both(plain, presto, tmp_path, query_max_memory="1kB"))

    assert_same(measured, session.current(plain))
    document = report(measured)
    moved = [each for each in document["engines"] if each["after"] == "warehouse"]
    assert moved
    assert {each["engine"] for each in moved} == {"big"}
    assert all("ran out of memory: " in each["why"] and "MEMORY_LIMIT" in each["why"] for each in moved)
    assert any(isinstance(each, Table) and each.columns == ("step", "engine", "why") for each in report_page(document))

"""One run on PrestoDB and Spark together: each reads what the other wrote."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engines.alike import assert_alike
from tests.pipeline.test_routed import plain, with_rules  # noqa: F401
from tests.servers.fixtures import presto  # noqa: F401
from tests.servers.spark import SMALL, spark

from stocktake.engines.presto import Presto
from stocktake.pipeline import session
from stocktake.pipeline.line import Measured
from stocktake.project import Project
from stocktake.stages import Timings, listening

pytestmark = pytest.mark.xdist_group("spark")
HEAVIEST = "servings"


TABLES = ["active_deployment", "model", "binaries", "models", "deployments"]


def on_both(project: Project, presto: Presto, lake: Path) -> Project:  # noqa: F811
    """The project with some definitions and tables on PrestoDB, and the heaviest on Spark."""
    warehouse = {
        "kind": "presto",
        "address": presto.access.address,
    }
    big = {"kind": "spark", "master": spark().master, "settings": SMALL}
    routes = [{"engine": "big", "steps": [HEAVIEST]}, {"engine": "warehouse", "steps": TABLES}]
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
    assert {ran[name][0] for name in TABLES} == {"warehouse"}
    assert all("stocktake.yaml:" in ran[name][1] for name in (HEAVIEST, "models"))

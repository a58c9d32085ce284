"""PrestoDB and Spark together: each reads what the other wrote, and Spark takes over what needs more memory."""

from __future__ import annotations

from pathlib import Path

from tests.engines.alike import assert_alike
from tests.engines.test_hive_failures import FIRST, LARGE, NUMBERS
from tests.pipeline.test_routed import plain, with_rules  # noqa: F401
from tests.servers.fixtures import presto  # noqa: F401
from tests.servers.spark import SMALL, spark

from stocktake.engines import Step
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.presto import Presto
from stocktake.engines.routing import Routing
from stocktake.engines.settings import EngineRules, EngineSettings, Route
from stocktake.pipeline import session
from stocktake.pipeline.line import Measured
from stocktake.project import Project
from stocktake.stages import Timings, listening

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


def test_what_presto_has_no_memory_for_ends_on_spark(presto: Presto, tmp_path: Path) -> None:  # noqa: F811
    """The rows are DuckDB's, the steps around it stay on PrestoDB, and its words are kept."""
    small = {"address": presto.access.address, "properties": {"query_max_memory_per_node": "10MB"}}
    engines = {
        "warehouse": EngineSettings("warehouse", "presto", small, on_memory="big"),
        "big": EngineSettings("big", "spark", {"master": spark().master, "settings": SMALL}),
    }
    routing = Routing(EngineRules(engines, (Route("warehouse"),)), {}, tmp_path)
    steps = [FIRST, LARGE, Step("standard.last", "SELECT large.id AS id FROM standard.large AS large")]

    given = {name: table.slice(0, 1000) for name, table in NUMBERS.items()}

    found = routing.run_tables(steps, given)

    assert found == DuckDb().run_tables(steps, given)
    assert [(each.step, each.engine, each.after) for each in routing.decisions] == [
        ("first", "warehouse", None), ("large", "big", "warehouse"), ("last", "warehouse", None)
    ]  # fmt: skip
    assert "MEMORY_LIMIT" in routing.decisions[1].why

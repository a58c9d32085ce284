"""A project's rules say where each step of a run goes; its numbers are those of DuckDB all the same."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.engines.alike import assert_alike
from tests.servers.spark import SMALL, spark

from stocktake.cli.page import Table
from stocktake.cli.pages.report import report_page
from stocktake.errors import StandardsError
from stocktake.pipeline import session
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import open_project
from stocktake.pipeline.report import report
from stocktake.project import Project
from stocktake.stages import Timings, listening

RULES = [{"engine": "big", "steps": ["servings", "servings_score", "node_population"]}]


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The recorded company, collected; all of it runs on DuckDB."""
    project = open_project(make_demo(tmp_path_factory.mktemp("routed") / "it", "acme", None))
    session.collect(project)
    return project


def with_rules(project: Project, **settings: object) -> Project:
    """The same project with further settings."""
    path = project.root / "stocktake.yaml"
    kept = path.read_text("utf-8")
    try:
        path.write_text(kept + "\n" + msgspec.yaml.encode(settings).decode(), "utf-8")
        return open_project(project.root)
    finally:
        path.write_text(kept, "utf-8")


def routed(project: Project) -> Project:
    """The same with its servings and populations on Spark."""
    engines = {"big": {"kind": "spark", "master": spark().master, "settings": SMALL}}
    return with_rules(project, engines=engines, routes=RULES)


def test_the_plan_tells_where_each_step_goes(plain: Project) -> None:
    """Definitions, tables, scores and roll-up, each with the rule that decides; nothing is started for it."""
    told = {each.step: each for each in session.plan_engines(routed(plain))}

    assert {name for name, each in told.items() if each.engine == "big"} == set(RULES[0]["steps"])
    assert "stocktake.yaml:" in told["servings"].why
    assert {"model", "binaries_score", "servings_pair", "model_node"} < told.keys()
    assert {each.engine for each in session.plan_engines(plain)} == {"duckdb"}


def test_a_run_goes_as_planned_with_the_same_numbers(plain: Project) -> None:
    """Every table, score and roll-up is as on DuckDB; log and report say what ran where, and why."""
    expected, heard = session.current(plain), Timings()
    assert expected.rollups

    with listening(heard):
        measured = session.measure_and_keep(routed(plain))
        document = report(measured)

    for name, table in expected.tables.items():
        assert_alike(name, measured.tables[name], table)
    assert measured.rollups.populations == expected.rollups.populations
    assert measured.rollups.models == expected.rollups.models
    assert {each["step"] for each in document["engines"]} == set(RULES[0]["steps"])
    ran = [each.told for each in heard.found if each.stage == "engine" and each.told["engine"] == "big"]
    assert [each["steps"] for each in ran] == RULES[0]["steps"]
    assert all("it is" in each["why"] for each in ran)
    assert any(isinstance(each, Table) and each.columns == ("step", "engine", "why") for each in report_page(document))
    assert report(expected)["engines"] == []
    assert report(session.current(routed(plain))) == document  # as it was saved


def test_a_file_can_ask_for_its_engine(plain: Project, tmp_path: Path) -> None:
    """By `-- engine:` in its header; one that nobody knows is told by the file."""
    path = plain.root / "definitions" / "production_deployment.sql"
    shipped = (plain.library / "definitions" / path.name).read_text("utf-8")
    path.parent.mkdir(exist_ok=True)
    try:
        path.write_text(shipped.replace("-- grain:", "-- engine: spark\n-- grain:"), "utf-8")
        told = {each.step: each for each in session.plan_engines(plain)}
        assert (told["production_deployment"].engine, told["production_deployment"].why) == (
            "spark",
            "its file asks for it",
        )
        path.write_text(shipped.replace("-- grain:", "-- engine: oracle\n-- grain:"), "utf-8")
        with pytest.raises(StandardsError, match=r"production_deployment\.sql:1: there is no engine oracle"):
            session.current(plain)
    finally:
        path.unlink()

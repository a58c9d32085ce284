"""Each step runs on the engine that the project's rules give it, and reads what the others wrote."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from tests.servers.spark import spark

from stocktake.engines import Step
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.routing import Decision, Routing
from stocktake.engines.settings import EngineRules, EngineSettings, Route, read_rules
from stocktake.errors import EngineError, EngineMemoryError, Problem
from stocktake.schema.marked import Marked

ROWS = {"graph.owner": pa.table({"id": [f"owner-{number:06}" for number in range(300_000)]})}
STEPS = (
    Step("standard.few", "SELECT owner.id AS id FROM graph.owner AS owner WHERE owner.id < 'owner-000003'"),
    Step("standard.all_ids", "SELECT LIST_SORT(ARRAY_AGG(DISTINCT owner.id)) AS ids FROM graph.owner AS owner"),
    Step("standard.total", "SELECT COUNT(*) AS total, MIN(few.id) AS least FROM standard.few AS few"),
)


def rules(tmp_path: Path, text: str) -> tuple[EngineRules, list[Problem]]:
    """What a settings file says."""
    path = tmp_path / "stocktake.yaml"
    path.write_text(text, "utf-8")
    problems: list[Problem] = []
    return read_rules(Marked(path), tmp_path, problems), problems


def on_spark(**engines: EngineSettings) -> dict[str, EngineSettings]:
    """The tests' Spark beside other engines."""
    told = spark()
    return {"big": EngineSettings("big", "spark", {"master": told.master, "settings": told.settings}), **engines}


def test_without_rules_all_is_duckdbs(tmp_path: Path) -> None:
    """Nothing is written to any lake then."""
    routing = Routing(EngineRules(), {}, tmp_path / "lake")

    assert routing.run_tables(STEPS, ROWS) == DuckDb().run_tables(STEPS, ROWS)
    assert {each.engine for each in routing.decisions} == {"duckdb"}
    assert not (tmp_path / "lake").exists()


def test_the_first_rule_that_fits_decides(tmp_path: Path) -> None:
    """By name, by pattern, by rows; a file's own header comes before all rules."""
    told, problems = rules(
        tmp_path,
        "engines:\n  shared: {kind: trino, address: 'http://nowhere:1'}\nroutes:\n"
        "  - {engine: spark, steps: [few]}\n  - {engine: duckdb, steps: 'tot*'}\n  - {engine: shared}\n",
    )

    decisions = Routing(told, {}).decide([*STEPS, Step("standard.own", "SELECT 1 AS one", engine="spark")], {})

    assert problems == []
    assert [(each.step, each.engine) for each in decisions] == [
        ("few", "spark"), ("all_ids", "shared"), ("total", "duckdb"), ("own", "spark")
    ]  # fmt: skip
    assert decisions[0].why == f"it is few ({tmp_path}/stocktake.yaml:4)"
    assert "`tot*`" in decisions[2].why
    assert decisions[3].why == "its file asks for it"


def test_rows_are_those_of_the_largest_table_below() -> None:
    """A step that reads a small result of a large table rests on the large one: that is known before anything runs."""
    told = EngineRules(routes=(Route("spark", above=299_999, where="here"),))

    decisions = Routing(told, {}).decide(STEPS, {"graph.owner": 300_000})

    assert {each.engine for each in decisions} == {"spark"}
    assert decisions[2].why == "it rests on 300,000 rows, more than 299,999 (here)"
    assert Routing(told, {}).decide(STEPS, {"graph.owner": 299_999})[0].engine == "duckdb"


def test_later_calls_know_what_their_tables_rest_on() -> None:
    """Scores read the rows of tables, and go where the plan of the whole run says."""
    routing = Routing(EngineRules(routes=(Route("spark", above=1000),)), {})
    routing.decide(STEPS[:1], {"graph.owner": 300_000})

    (decision,) = routing.decide(STEPS[2:], {"standard.few": 3})

    assert decision.engine == "spark"


def test_each_engine_reads_what_the_other_wrote(tmp_path: Path) -> None:
    """Rows and types are those of DuckDB alone, and each decision is kept with its reason."""
    routing = Routing(EngineRules(on_spark(), (Route("big", ("all_ids", "total"), where="a rule"),)), {}, tmp_path)

    found = routing.run_tables(STEPS, ROWS)

    assert found == DuckDb().run_tables(STEPS, ROWS)
    assert routing.decisions == [
        Decision("few", "duckdb", "no rule says otherwise"),
        Decision("all_ids", "big", "it is all_ids (a rule)"),
        Decision("total", "big", "it is total (a rule)"),
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_step_without_memory_goes_to_the_engine_that_may_take_over(tmp_path: Path) -> None:
    """Its rows are the same, the steps around it stay where they were, and what happened is kept."""
    small = EngineSettings("small", "duckdb", {"memory_limit": "20MB", "threads": 1}, on_memory="big")
    routing = Routing(EngineRules(on_spark(small=small), (Route("small"),)), {}, tmp_path)

    found = routing.run_tables(STEPS, ROWS)

    assert found == DuckDb().run_tables(STEPS, ROWS)
    assert [(each.step, each.engine, each.after) for each in routing.decisions] == [
        ("few", "small", None), ("all_ids", "big", "small"), ("total", "small", None)
    ]  # fmt: skip
    assert routing.decisions[1].why.startswith("small ran out of memory: ")


def test_a_step_without_memory_fails_where_nothing_may_take_over(tmp_path: Path) -> None:
    """The engine's own words are the error."""
    small = EngineSettings("small", "duckdb", {"memory_limit": "20MB", "threads": 1})

    with pytest.raises(EngineMemoryError, match=r"standard\.all_ids"):
        Routing(EngineRules({"small": small}, (Route("small"),)), {}, tmp_path).run_tables(STEPS, ROWS)


def test_secrets_come_from_the_environment() -> None:
    """Also within options; one that is not set is told by its line."""
    settings = EngineSettings("big", "spark", {"settings": {"spark.x": "${TOKEN}"}}, where="stocktake.yaml:3")

    opened = settings.open({"TOKEN": "secret"})

    assert opened.settings == {"spark.x": "secret"}  # type: ignore[attr-defined]
    with pytest.raises(EngineError, match=r"stocktake\.yaml:3: the environment variable TOKEN is not set"):
        settings.open({})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("engines: [spark]", "engines is no mapping"),
        ("engines: {a: {kind: oracle}}", "there is no kind of engine oracle"),
        ("engines: {spark: {on_memory: oracle}}", "there is no engine oracle"),
        ("routes: {engine: spark}", "routes is no list of rules"),
        ("routes: [{engine: oracle}]", "there is no engine oracle"),
        ("routes: [{engine: spark, table: x}]", "a route has no key table"),
        ("routes: [{engine: spark, above: many}]", "'many' is no number of rows"),
    ],
)
def test_wrong_settings_are_told_by_their_line(tmp_path: Path, text: str, problem: str) -> None:
    """With what could stand there."""
    _, problems = rules(tmp_path, f"project: it\n{text}\n")

    (found,) = problems
    assert found.problem == problem
    assert found.where.startswith(f"{tmp_path}/stocktake.yaml:")


@pytest.mark.parametrize(
    ("engine", "line", "problem"),
    [
        ("spark: {colour: red}", 2, "this kind of engine takes no colour"),
        ("trino:\n    kind: trino\n    user: me", 2, "the engine has no address"),
        ("trino:\n    address: https://a\n    properties: often", 4, "properties is not a mapping"),
        ("trino:\n    address: https://a\n    user: [a, b]", 4, "user is not one value"),
        ("trino:\n    user: me\n    address: trino.example", 4, "trino.example is no server's address"),
        ("trino:\n    address: http://a\n    password: ${TOLD}", 3, "a password or token would travel in the open"),
        ("duckdb: {threads: many}", 2, "threads is not a whole number"),
    ],
)
def test_wrong_options_are_told_by_their_line(tmp_path: Path, engine: str, line: int, problem: str) -> None:
    """Of their own, where they have one; by what would run a step as by what only checks."""
    told, problems = rules(tmp_path, f"engines:\n  {engine}\n")
    (settings,) = told.named()

    assert problems == []
    for found in (settings.problems({"TOLD": "secret"}), opening(settings, {"TOLD": "secret"})):
        assert [(each.where, each.problem) for each in found] == [(f"{tmp_path}/stocktake.yaml:{line}", problem)]


def opening(settings: EngineSettings, environment: dict[str, str]) -> list[Problem]:
    """What is wrong when an engine is to run a step."""
    with pytest.raises(EngineError) as caught:
        settings.open(environment)
    return list(caught.value.problems)


def test_options_are_checked_without_the_secrets_that_they_rest_on(tmp_path: Path) -> None:
    """On a machine that has none, as far as that goes; an engine that only a route names is checked too."""
    text = "engines:\n  a: {kind: trino, address: '${A}', colour: red}\n"
    told, _ = rules(tmp_path, f"{text}routes: [{{engine: presto}}]\n")

    assert [(each.name, [found.problem for found in each.problems({})]) for each in told.named()] == [
        ("presto", ["the engine has no address"]), ("a", ["this kind of engine takes no colour"])
    ]  # fmt: skip

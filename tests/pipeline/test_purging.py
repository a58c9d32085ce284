"""Bodies erased by age or subject: recorded, gone for ever, and whatever rests on them says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.crash.company import day_of, make, tell
from tests.graph.otherwise import Rows, rows_of, unlike
from tests.servers.fixtures import postgresql_address, postgresql_server  # noqa: F401

from stocktake.cli.app import run as run_command
from stocktake.errors import ProjectError
from stocktake.pipeline.covering import cover
from stocktake.pipeline.line import freeze
from stocktake.pipeline.publishing import history
from stocktake.pipeline.purging import Purged, Rule, purge
from stocktake.pipeline.session import collect, current, measure_and_keep
from stocktake.pipeline.storing import verify
from stocktake.project import Project
from stocktake.store import Store

on_both_stores = pytest.mark.parametrize("project", ["sqlite", "postgresql"], indirect=True)
DAYS = 4
SIZE = 8
TEAM = "team-3@acme.example"


@pytest.fixture
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A company that was asked on four days; its log is on SQLite unless a test says otherwise."""
    on_server = getattr(request, "param", "sqlite") == "postgresql"
    root = make(tmp_path / "small", request.getfixturevalue("postgresql_address") if on_server else "")
    for day in range(DAYS):
        project = tell(root, day, SIZE)
        collect(project)
    return project


def graph(project: Project, day: int) -> Rows:
    """The graph as it stood at the end of a day, less what counts records, and since when links hold."""
    with Store.open(project.store_address) as store:
        snapshot = freeze(project, store, day_of(day))
    tables = {name: table for name, table in snapshot.items() if name not in ("label_count", "source")}
    return rows_of({name: table.drop_columns(_since(table.column_names)) for name, table in tables.items()})


def _since(columns: list[str]) -> list[str]:
    return [name for name in columns if name == "from_at"]


def run(project: Project, rule: Rule, *, is_trial: bool = False) -> Purged:
    done = purge(project, rule, who="ana", why="kept long enough", is_trial=is_trial)
    assert verify(project).problems == ()
    return done


def bytes_of(project: Project) -> Iterator[bytes]:
    """The content of every file that is derived from the log, and of the log itself where it is a file."""
    for path in project.state.rglob("*"):
        if path.is_file() and "results" not in path.parts:
            yield path.read_bytes()


@on_both_stores
def test_what_was_over_before_a_day_is_erased_and_later_days_stay_as_they_are(project: Project) -> None:
    before = {day: graph(project, day) for day in range(DAYS)}
    done = run(project, Rule(before=f"{day_of(2):%Y-%m-%dT%H:%M:%S}"))

    assert done.bodies > 10
    assert unlike(graph(project, 2), before[2]) == []
    assert unlike(graph(project, 3), before[3]) == []
    assert unlike(graph(project, 1), before[1]) != []
    assert run(project, Rule(before=f"{day_of(2):%Y-%m-%dT%H:%M:%S}")).bodies == 0


def test_of_one_source_only_what_it_alone_told_is_erased(project: Project) -> None:
    rule = Rule(before=f"{day_of(3):%Y-%m-%dT%H:%M:%S}", with_standing=True, sources=("place",))
    done = run(project, rule)

    assert done.bodies > 0
    with Store.open(project.store_address) as store:
        [told] = store.purges()
        rows = [row for batch in store.lines() for row in batch.to_pylist() if row["op"] == 0]
    assert {row["source"] for row in rows if row["body"] is None} == {"place"}
    assert told.asked.rule == "told before 2026-01-04 12:00:00, of place"


@on_both_stores
def test_a_text_is_gone_from_the_log_and_from_all_that_is_derived(project: Project) -> None:
    current(project)
    trial = run(project, Rule(text=TEAM), is_trial=True)
    done = run(project, Rule(text=TEAM))

    assert (trial.purge, trial.bodies, trial.records) == (None, done.bodies, done.records)
    assert done.purge
    assert TEAM not in done.purge.asked.rule
    current(project)
    assert not any(TEAM.encode() in content for content in bytes_of(project))
    with Store.open(project.store_address) as store:
        assert not any(TEAM.encode() in (each.body or b"") for each in store.records_at(range(store.newest_seq())))


def test_a_subject_is_erased_with_all_records_that_describe_it(project: Project) -> None:
    run(project, Rule(subject="tool_binary:b3"))

    measured = current(project)
    names = measured.snapshot["model_binary"]["name"].to_pylist()
    assert "b3" not in names
    assert len(names) > 2
    assert "b3" in measured.snapshot["ghost"]["value"].to_pylist()  # its deployment still refers to it


def test_what_can_no_longer_be_known_is_told(project: Project) -> None:
    """By `coverage` per source and label, by `runs` of a run that rests on it, by `explain` of what is missing."""
    kept = measure_and_keep(project)
    done = run(project, Rule(text=TEAM))
    after = measure_and_keep(project)

    told: dict[str, Any] = cover(current(project))
    assert {row["label"] for row in told["erased"]} == {"Run", "Code"}
    assert sum(row["records"] for row in told["erased"]) == done.bodies
    with Store.open(project.store_address) as store:
        runs = {row["id"]: row["erased_since"] for row in history(store)["runs"]}
        [listed] = history(store)["purges"]
    assert runs == {kept.run_id: [1], after.run_id: []}
    assert (listed["who"], listed["why"], listed["bodies"]) == ("ana", "kept long enough", done.bodies)


def test_an_explanation_says_that_records_were_erased(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    """And the command counts first, then erases, and says so."""
    asked = ["--project", str(project.root), "--json"]
    purging = [*asked, "store", "purge", "--text", TEAM, "--why", "she asked us to"]
    assert run_command([*purging, "--dry-run"]) == 0
    trial = json.loads(capsys.readouterr().out)
    assert run_command(purging) == 0
    done = json.loads(capsys.readouterr().out)
    assert run_command([*asked[:2], "explain", "retraining_age", "--model", "p3"]) == 0
    explained = capsys.readouterr().out

    assert (trial["purge"], trial["bodies"], trial["named"]) == (None, done["bodies"], [])
    assert (done["purge"]["number"], done["purge"]["why"]) == (1, "she asked us to")
    assert "records were erased, 1 of run, 1 of code: what they told can't be known" in explained


ODD = [
    Rule(),
    Rule(before="2026-01-02", text="a"),
    Rule(text="a", sources=("run",)),
    Rule(before="2026-01-02", sources=("nobody",)),
]


@pytest.mark.parametrize("rule", ODD)
def test_a_rule_that_says_nothing_or_too_much_is_refused(rule: Rule, tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        purge(tell(make(tmp_path / "small"), 0, SIZE), rule, who="ana", why="because")

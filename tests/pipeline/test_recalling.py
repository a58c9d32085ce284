"""Numbers that a saved run has already are read back, and measured anew where what they follow from changed."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.crash.company import METRIC, day_of, make, tell

from stocktake.pipeline import recalling
from stocktake.pipeline.line import freeze, measure, open_project
from stocktake.pipeline.recalling import recall, snapshot_of
from stocktake.pipeline.report import report
from stocktake.pipeline.session import collect, current, log, measure_and_keep
from stocktake.project import Project
from stocktake.results import is_of_this_version
from stocktake.results.save import folder_of

SIZE = 6
LAST = day_of(1)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A company that was asked on two days."""
    root = make(tmp_path / "small", "")
    for day in range(2):
        project = tell(root, day, SIZE)
        collect(project)
    return project


def test_a_report_of_a_saved_run_says_what_measuring_says_and_makes_no_graph(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    with log(project) as store:
        measured = report(measure(project, store, as_of=LAST))

    with caplog.at_level(logging.INFO, logger="stocktake"):
        recalled = current(project, as_of=LAST)
        told = report(recalled)

    assert recalled.run_id == saved.run_id
    assert told["run"].pop("id") == saved.run_id
    assert measured["run"].pop("id") is None
    measured["run"] = told["run"]  # what is published was not asked for
    assert told == measured
    assert told["coverage"]["suggestions"] or told["coverage"]["not_connected"]
    assert "recall" in stages(caplog)
    assert "graph" not in stages(caplog)


def test_the_snapshot_of_a_saved_run_is_the_graph_frozen_at_its_moment(project: Project) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    with log(project) as store:
        frozen = freeze(project, store, LAST)

    assert set(saved.snapshot) == set(frozen)
    for name, table in frozen.items():
        told = saved.snapshot[name].select(table.column_names).to_pylist()
        assert sorted(map(str, told)) == sorted(map(str, table.to_pylist())), name
    assert sum(table.num_rows for table in frozen.values()) > SIZE


def test_a_changed_metric_is_measured_over_the_snapshot_that_a_run_has(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    """Only another log, moment or vocabulary needs another graph."""
    saved = measure_and_keep(project, as_of=LAST)
    add_a_file(project, saved.run_id)
    changed = open_project(project.root)
    with log(changed) as store, caplog.at_level(logging.INFO, logger="stocktake"):
        assert recall(changed, store, as_of=LAST).run_id != saved.run_id
        caplog.clear()
        moment, snapshot = snapshot_of(changed, store, as_of=LAST)

        assert moment == LAST
        assert snapshot["model_binary"].equals(saved.snapshot["model_binary"])
        assert not stages(caplog)
        assert snapshot_of(changed, store, as_of=day_of(0))[0] == day_of(0)
        assert stages(caplog) >= {"graph"}


def stages(caplog: pytest.LogCaptureFixture) -> set[str]:
    """The stages that were timed."""
    return {record.timing.stage for record in caplog.records if hasattr(record, "timing")}


def add_a_day(project: Project, _: str) -> None:
    """The log has more."""
    collect(tell(project.root, 2, SIZE))


def add_a_file(project: Project, _: str) -> None:
    """The project's files say something else."""
    (project.root / "metrics").mkdir(exist_ok=True)
    (project.root / "metrics" / "retraining_age.yaml").write_text(METRIC.format(day=9))


def damage(project: Project, run_id: str) -> None:
    """A file of the run is not what was saved."""
    path = folder_of(project.results, run_id) / "rollups" / "models.parquet"
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def lose(project: Project, run_id: str) -> None:
    """A file of the run is gone."""
    (folder_of(project.results, run_id) / "tables" / "models.parquet").unlink()


@pytest.mark.parametrize("change", [add_a_day, add_a_file, damage, lose])
def test_after_a_change_it_is_measured_anew(project: Project, change: Callable[[Project, str], None]) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    assert current(project, as_of=LAST).run_id == saved.run_id

    change(project, saved.run_id)

    assert current(open_project(project.root), as_of=LAST).run_id == ""


def test_another_moment_and_an_earlier_log_are_measured_anew(project: Project) -> None:
    saved = measure_and_keep(project, as_of=LAST)

    assert current(project, as_of=LAST - timedelta(seconds=1)).run_id == ""
    assert current(project, as_of=LAST, known_at=saved.known_at - 1).run_id == ""


def test_a_run_by_another_version_is_measured_anew(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    saved = measure_and_keep(project, as_of=LAST)
    assert current(project, as_of=LAST).run_id == saved.run_id

    monkeypatch.setattr(sys.modules[is_of_this_version.__module__], "version", lambda _: "another")

    assert current(project, as_of=LAST).run_id == ""


def test_without_a_moment_a_run_stands_for_its_day(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = project.root / "stocktake.yaml"
    settings.write_text(re.sub("(?m)^as_of:.*\n", "", settings.read_text()))
    project = open_project(project.root)
    assert project.as_of is None
    saved = measure_and_keep(project)

    assert current(project).run_id == saved.run_id

    monkeypatch.setattr(recalling, "STANDS_FOR", timedelta(0))
    assert current(project).run_id == ""

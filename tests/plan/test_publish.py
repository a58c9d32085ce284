"""What is published stays, and every answer says whether it is by it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.plan.estate import Workshop

from stocktake.cli.app import run
from stocktake.errors import ProjectError
from stocktake.pipeline.publishing import find_publication, publish, read_published, with_standing
from stocktake.pipeline.session import log, measure_and_keep
from stocktake.project import LIBRARY, open_project
from stocktake.store.runs import hash_of


def told(workshop: Workshop, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    """The JSON answer of a command that goes well."""
    capsys.readouterr()
    assert run(["--project", str(workshop.folder), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_each_run_knows_the_publication_that_it_is_by(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    by_first = measure_and_keep(workshop.project)
    workshop.change("definitions/active_deployment.sql", "INTERVAL '28' DAY", "INTERVAL '14' DAY")
    with log(workshop.project) as store:
        unpublished = with_standing(by_first, store)
    second = told(workshop, capsys, "publish", "--why", "shorter window", "--who", "ben")
    again = told(workshop, capsys, "publish", "--why", "once more", "--who", "ben")
    history = told(workshop, capsys, "runs")

    assert (by_first.standing.number, by_first.standing.latest) == (1, 1)
    assert (unpublished.standing.number, unpublished.standing.latest) == (None, 1)
    assert (second["publication"]["number"], second["is_new"]) == (2, True)
    assert (again["publication"]["number"], again["is_new"]) == (2, False)
    assert [(each["number"], each["who"], each["why"]) for each in history["publications"]] == [
        (1, "ana", "first agreement"),
        (2, "ben", "shorter window"),
    ]
    assert [(each["id"], each["publication"]) for each in history["runs"]] == [(by_first.run_id, 1)]


def test_a_project_that_cannot_be_read_is_not_published(workshop: Workshop, capsys: pytest.CaptureFixture[str]) -> None:
    workshop.write("metrics/mine.yaml", "metric: mine\n")

    assert run(["--project", str(workshop.folder), "publish", "--why", "try"]) == 2
    assert "metrics/mine.yaml:1" in capsys.readouterr().err
    with log(open_project(workshop.folder)) as store:
        assert len(store.publications()) == 1


def test_what_this_version_cannot_read_is_told_with_the_way_out(workshop: Workshop) -> None:
    """A library of an earlier version may say what a later one refuses."""
    project = workshop.project
    with log(project) as store:
        first = find_publication(store)
        assert first is not None
        files = store.kept_files(first.project_hash) | {"library/metrics/mine.yaml": b"metric: mine"}
        old = store.publish(files, who="ana", why="long ago", published_at=first.published_at)

        with pytest.raises(ProjectError, match=r"publication 2: this version can't read it(.|\n)*stocktake publish"):
            read_published(project, store, old, workshop.folder / "scratch")
        with pytest.raises(ProjectError, match=r"there is no publication 7(.|\n)*use one of: 1, 2"):
            find_publication(store, 7)


def test_a_publication_holds_what_ships_too(workshop: Workshop) -> None:
    """A later library is a change like any other: the one that was agreed on is kept."""
    project = workshop.project
    with log(project) as store:
        first = find_publication(store)
        assert first is not None
        files = store.kept_files(first.project_hash)
        again = publish(project, store, why="again", who="ana")

    assert hash_of(files) == first.project_hash
    assert files["library/definitions/model.sql"] == (LIBRARY / "definitions/model.sql").read_bytes()
    assert files["metrics/retraining_age.yaml"].startswith(b"extends:")
    assert not again.is_new

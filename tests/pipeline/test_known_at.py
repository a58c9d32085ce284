"""What was known at some place of the log, where it rests on more than the records up to there: on trees of commits."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stocktake.nouns import canonical, to_micros
from stocktake.pipeline.line import freeze
from stocktake.project import Project, open_project
from stocktake.store import Line, Store

REPOSITORY = "https://git.acme.example/growth/models"
AT = datetime(2026, 11, 1, tzinfo=UTC)
FIRST, SECOND = "a" * 40, "b" * 40
TAGS = {"source.name": "fit.py", "source.git.commit": FIRST, "source.git.repoURL": REPOSITORY}
RUN = {
    "info": {"run_id": "r", "status": "FINISHED"},
    "data": {"tags": [{"key": f"mlflow.{name}", "value": value} for name, value in TAGS.items()]},
}


def commit(sha: str, parents: list[str], path: str) -> dict[str, Any]:
    return {
        "repository": REPOSITORY,
        "sha": sha,
        "parents": parents,
        "added": [path],
        "author_email": "ana@acme.example",
    }


def file(path: str) -> dict[str, Any]:
    return {"repository": REPOSITORY, "path": path, "name": "fit.py", "added_in": FIRST}


def named_code(project: Project, store: Store, known_at: int | None) -> list[tuple[str, str]]:
    """Which code the run names: whether that is described, and by what it is known."""
    tables = {name: table.to_pylist() for name, table in freeze(project, store, AT, known_at).items()}
    names = {row["id"]: row["path"] for row in tables["model_code"]}
    names |= {row["id"]: f"{row['namespace']}:{row['value']}" for row in tables["ghost"]}
    return [(row["to_is"], names[row["to_id"]]) for row in tables["workflow_run_model_code"]]


def test_a_file_is_looked_up_in_the_commits_that_were_known_then(tmp_path: Path) -> None:
    """A bare name is one file at the commit that ran, and two later. Asked before, after and before again."""
    (tmp_path / "stocktake.yaml").write_text("project: known\n")
    (tmp_path / "sources").mkdir()
    for name in ("mlflow", "git"):
        (tmp_path / "sources" / f"{name}.yaml").write_text(f"connector: {name}\npath: nowhere\ninstance: here\n")
    project = open_project(tmp_path)
    said = {
        ("Commit", FIRST): commit(FIRST, [], "models/fit.py"),
        ("Commit", SECOND): commit(SECOND, [FIRST], "other/fit.py"),
        ("File", "models/fit.py"): file("models/fit.py"),
        ("File", "other/fit.py"): file("other/fit.py"),
    }
    with Store.open(project.store_address) as store:
        store.append("mlflow", [Line("Run", "r", to_micros(AT), canonical(RUN), 0)])
        before = store.newest_seq()
        store.append(
            "git", [Line(label, key, to_micros(AT), canonical(body), 0) for (label, key), body in said.items()]
        )

        found = [named_code(project, store, known_at) for known_at in (before, None, before)]

    guess = [("ghost", f"git_name:{REPOSITORY}#fit.py")]
    assert found == [guess, [("described", "models/fit.py")], guess]

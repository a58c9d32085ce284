"""A secret that somebody writes into a file of a project is told of by its line, and itself told nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.cli.face import Face
from stocktake.collect.written import written_secrets
from stocktake.errors import Problem
from stocktake.pipeline.doctoring import examine
from stocktake.schema.marked import Marked


def found(folder: Path, text: str) -> list[Problem]:
    """The secrets in a file of that text."""
    path = folder / "it.yaml"
    path.write_text(text, "utf-8")
    return list(written_secrets(Marked(path)))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\npassword: hunter2\n", 2),
        ("a: 1\npassword: 12345\n", 2),
        ("engines:\n  shared:\n    kind: trino\n    token: eyJhbGciOiJIUzI1NiJ9.e30.hunter2\n", 4),
        ("store: postgresql://me:hunter2@db.example/log\n", 1),
        ("engines: {big: {kind: spark, settings: {spark.hadoop.fs.s3a.secret.key: hunter2}}}\n", 1),
        ("headers:\n- authorization: Bearer hunter2\n", 2),
    ],
)
def test_a_secret_is_found_and_not_told(tmp_path: Path, text: str, line: int) -> None:
    (problem,) = found(tmp_path, text)

    assert problem.where == f"{tmp_path}/it.yaml:{line}"
    assert "hunter2" not in str(problem)
    assert "${NAME}" in problem.fix


@pytest.mark.parametrize(
    "text",
    [
        "password: ${PASSWORD}",
        "token: ${file:/run/secrets/token}",
        "authorization: Bearer ${TOKEN}",
        "store: postgresql://me:${PASSWORD}@db.example/log",
        "store: postgresql://me@db.example/log",
        "credentials: ~/.config/it.json",
        "url: https://a.example:8080/path@2",
        "max_tokens: 7",
        "password: ",
    ],
)
def test_what_is_no_secret_may_stand_there(tmp_path: Path, text: str) -> None:
    assert found(tmp_path, f"{text}\n") == []


def test_a_project_with_one_says_so_and_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In its settings and in a source: both are kept with every run."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "a.yaml").write_text("connector: mlflow\nurl: https://a.example\ntoken: 0123456789abcdef\n")
    (tmp_path / "stocktake.yaml").write_text("project: it\nengines: {a: {kind: trino, password: hunter2}}\n")
    places = [f"{tmp_path}/stocktake.yaml:2", f"{tmp_path}/sources/a.yaml:3"]

    assert [each.where for each in Face(tmp_path, as_json=False).project().exposed] == places
    told = capsys.readouterr().err
    assert all(place in told for place in places)
    assert "hunter2" not in told
    assert [each.what for each in examine(tmp_path) if each.what in places] == places

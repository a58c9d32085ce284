"""The runner: connectors found and loaded, settings filled in, every failure an outcome."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.collect.conftest import CONNECTOR, Collect, told

import stocktake.library
from stocktake.collect import run as run_module
from stocktake.collect.connectors import find_connectors, load_connector, vocabulary_name
from stocktake.collect.reading import read_json_lines, written_at
from stocktake.collect.run import collect_all
from stocktake.collect.sources import fill
from stocktake.errors import CollectError, Problem, ProjectError
from stocktake.nouns import Source
from stocktake.store import Store

LIBRARY = Path(stocktake.library.__file__).parent / "connectors"
A = ("Run", "a", {})


def test_variables_are_filled_in_at_collection_and_paths_are_below_the_project(tmp_path: Path) -> None:
    settings = {"url": "https://${HOST}/x", "path": "data/x.json", "auth": [{"token": "${TOKEN}"}], "n": 3}
    filled, secrets = fill(Source("s", "c", settings), {"HOST": "h", "TOKEN": "t0k"}, tmp_path)

    assert filled.settings == {
        "url": "https://h/x", "path": str(tmp_path / "data/x.json"), "auth": [{"token": "t0k"}], "n": 3,
    }  # fmt: skip
    assert secrets == ("t0k",)


def test_each_missing_variable_is_told_with_its_line_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "mlflow.yaml"
    path.write_text("connector: mlflow\nurl: ${MLFLOW_URL}\ntoken: ${MLFLOW_TOKEN}\n")
    source = Source("mlflow", "mlflow", {"url": "${MLFLOW_URL}", "token": "${MLFLOW_TOKEN}"}, str(path))

    with pytest.raises(ProjectError) as error:
        fill(source, {}, tmp_path)

    assert [(each.where, each.fix) for each in error.value.problems] == [
        (f"{path}:2", "set it first: export MLFLOW_URL=…"),
        (f"{path}:3", "set it first: export MLFLOW_TOKEN=…"),
    ]


def test_a_source_that_cant_begin_is_an_outcome_and_the_others_still_come(store: Store, tmp_path: Path) -> None:
    (tmp_path / "teller.py").write_text(CONNECTOR)
    sources = [
        Source("unset", "teller", {"tells": [], "url": "${NOWHERE}"}),
        Source("unheard", "nothing", {}),
        Source("late", "teller", {"tells": [], "recorded_at": "tomorrow"}),
        Source("pushed", "push", {}),
        Source("good", "teller", {"tells": [A]}),
    ]
    outcomes = {each.source: each for each in collect_all(store, sources, [tmp_path], {}, tmp_path)}

    assert list(outcomes) == ["unset", "unheard", "late", "good"]
    assert outcomes["unheard"].problems[0].fix == "use one of: teller; or add connectors/nothing.py"
    assert outcomes["late"].problems[0].problem == "recorded_at is no time: 'tomorrow'"
    assert [each.complete for each in outcomes.values()] == [False, False, False, True]
    assert [each.pull_id is None for each in outcomes.values()] == [True, True, True, False]


def test_a_later_folders_connector_replaces_an_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "files.py").write_text(CONNECTOR)
    (tmp_path / "_helper.py").write_text("")

    found = find_connectors([LIBRARY, tmp_path])

    assert found["files"] == tmp_path / "files.py"
    assert {"mlflow", "git"} <= set(found)
    assert not any(name.startswith("_") for name in found)


def test_every_shipped_connector_loads_and_names_a_vocabulary() -> None:
    for name, path in find_connectors([LIBRARY]).items():
        loaded = load_connector(Source("s", name, {"path": "x", "label": "L", "key": "k"}), [LIBRARY])
        assert isinstance(loaded.labels(Source("s", name, {"path": "x", "label": "L", "key": "k"})), tuple)
        assert (LIBRARY.parent / "vocabulary" / f"{vocabulary_name(path)}.yaml").is_file(), name


@pytest.mark.parametrize(
    ("code", "line", "problem"),
    [
        ("x = 1\nx = y\n", 2, "it can't be loaded: NameError"),
        ("x = (\n", 1, "it can't be loaded: SyntaxError"),
        ("import no_such_module\n", 1, "it can't be loaded: ModuleNotFoundError"),
    ],
)
def test_a_broken_connector_is_told_with_its_line(tmp_path: Path, code: str, line: int, problem: str) -> None:
    (tmp_path / "broken.py").write_text(code)

    with pytest.raises(CollectError) as error:
        load_connector(Source("s", "broken", {}), [tmp_path])

    assert str(error.value).startswith(f"{tmp_path / 'broken.py'}:{line}: {problem}")


def test_a_connector_without_collect_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.py").write_text("LABELS = ()\n")

    with pytest.raises(CollectError, match="it has no function"):
        load_connector(Source("s", "empty", {}), [tmp_path])


def test_a_body_that_is_no_json_is_a_problem_and_the_rest_comes(store: Store, collect: Collect) -> None:
    outcome = collect(A, ("Run", "b", b"<html>"), ("Run", "c", b'{"y": 1, "x": NaN}'))

    assert [(each.where, outcome.complete) for each in outcome.problems] == [("Run b", False)]
    assert told(store) == [("a", "{}", 0), ("c", '{"x":"NaN","y":1}', 0)]


def test_of_thousands_of_problems_the_log_keeps_the_first(
    store: Store, collect: Collect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_module, "KEPT_PROBLEMS", 2)
    outcome = collect(*["problem"] * 5)

    assert len(outcome.problems) == 5
    assert store.pulls()["problems"][0].as_py().count("where") == 3
    assert "3 more problems" in store.pulls()["problems"][0].as_py()


def test_files_without_recorded_at_are_observed_when_they_were_written(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "runs.jsonl"
    file.write_text('{"id": 1}\n')
    os.utime(file, (1_700_000_000, 1_700_000_000))
    source = Source("s", "files", {"path": "runs.jsonl", "label": "Run", "key": "id"})

    list(collect_all(store, [source], [LIBRARY], {}, tmp_path))

    assert store.records()["observed_at"].to_pylist() == [1_700_000_000_000_000]


def test_a_folder_that_a_tool_works_in_is_read_now(tmp_path: Path) -> None:
    (tmp_path / "clone" / ".git").mkdir(parents=True)
    (tmp_path / "clone" / "a.py").write_text("")
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "x.json").write_text("{}")
    os.utime(tmp_path / "answers" / "x.json", (5, 5))

    assert written_at(tmp_path / "clone") is None
    assert written_at(tmp_path) is None
    assert written_at(tmp_path / "answers") == 5
    assert written_at(tmp_path / "answers" / "*.json") == 5
    assert written_at(tmp_path / "nothing") is None


def test_broken_lines_are_told_by_number_and_the_rest_still_lands(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(b'{"a": 1}\n\n{"a": \n{"a": NaN}\n\xff\n')

    values = [each for each in read_json_lines(path) if not isinstance(each, Problem)]
    problems = [each for each in read_json_lines(path, "x.jsonl") if isinstance(each, Problem)]

    assert values == [(1, {"a": 1}), (4, {"a": "NaN"})]
    assert [each.where for each in problems] == ["x.jsonl:3", "x.jsonl:5"]

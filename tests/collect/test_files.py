"""The connector `files`: JSON lines, CSV and Parquet, one thing to a line."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from stocktake.errors import CollectError, Problem
from stocktake.library.connectors.files import collect, labels
from stocktake.nouns import Seen, Source


def read(path: Path, **settings: Any) -> list[Seen | Problem]:
    told = {"path": str(path), "label": "Run", "key": "id", **settings}
    return list(collect(Source("export", "files", told)))


def test_json_lines_are_read_in_plain_and_packed_files(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "x": [1]}\n')
    (tmp_path / "b.ndjson.gz").write_bytes(gzip.compress(b'{"id": "two"}\n'))
    (tmp_path / "notes.txt").write_text("not mine")

    assert read(tmp_path) == [Seen("Run", "1", {"id": 1, "x": [1]}), Seen("Run", "two", {"id": "two"})]


def test_a_csv_file_is_read_under_its_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b'\xef\xbb\xbfid,name\n1,"a, b"\n2,\n')

    assert read(path) == [Seen("Run", "1", {"id": "1", "name": "a, b"}), Seen("Run", "2", {"id": "2", "name": None})]


def test_a_parquet_file_is_read_by_row(tmp_path: Path) -> None:
    pq.write_table(pa.table({"id": [1, 2], "tags": [["a"], None]}), tmp_path / "a.parquet")

    assert read(tmp_path) == [Seen("Run", "1", {"id": 1, "tags": ["a"]}), Seen("Run", "2", {"id": 2, "tags": None})]


def test_a_glob_names_several_files(tmp_path: Path) -> None:
    for name in ("a1", "a2", "b1"):
        (tmp_path / f"{name}.jsonl").write_text(f'{{"id": "{name}"}}\n')

    assert [each.key for each in read(tmp_path / "a*.jsonl") if isinstance(each, Seen)] == ["a1", "a2"]


def test_several_fields_make_one_key(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"name": "churn", "version": 2}\n')

    assert [each.key for each in read(tmp_path, key=["name", "version"]) if isinstance(each, Seen)] == ["churn/2"]


@pytest.mark.parametrize(
    ("name", "content", "line", "problem"),
    [
        ("a.jsonl", b'{"id": 1}\n{"id": \n{"id": 3}\n', 2, "not JSON"),
        ("a.jsonl", b'{"id": 1}\n[1]\n{"id": 3}\n', 2, "the line is no JSON object"),
        ("a.jsonl", b'{"id": 1}\n{"x": 2}\n{"id": 3}\n', 2, "it has no id"),
        ("a.csv", b"id,x\n1,a\n2\n3,c\n", 3, "1 values under 2 names"),
        ("a.csv", b"id,x\n1,a\n,b\n3,c\n", 3, "it has no id"),
    ],
)
def test_a_broken_line_is_told_and_the_rest_still_lands(
    tmp_path: Path, name: str, content: bytes, line: int, problem: str
) -> None:
    (tmp_path / name).write_bytes(content)
    told = read(tmp_path)

    assert [each.key for each in told if isinstance(each, Seen)] == ["1", "3"]
    [found] = [each for each in told if isinstance(each, Problem)]
    assert found.where == f"{tmp_path / name}:{line}"
    assert found.problem.startswith(problem)


@pytest.mark.parametrize(("name", "content"), [("b.parquet", b"PAR1 nonsense"), ("b.jsonl.gz", b"\x1f\x8b\x08 cut")])
def test_a_file_that_cant_be_read_is_told_and_the_others_come(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1}\n')
    (tmp_path / name).write_bytes(content)
    (tmp_path / "c.jsonl").write_text('{"id": 2}\n')
    told = read(tmp_path)

    assert [each.key for each in told if isinstance(each, Seen)] == ["1", "2"]
    assert [each.where for each in told if isinstance(each, Problem)] == [str(tmp_path / name)]


def test_lines_of_several_labels_say_which_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"id": 1, "kind": "Run"}\n{"id": 2, "kind": "Model"}\n{"id": 3, "kind": "Dog"}\n')
    first, second, problem = read(path, label=["Run", "Model"], label_field="kind")

    assert [each.label for each in (first, second) if isinstance(each, Seen)] == ["Run", "Model"]
    assert problem == Problem(f"{path}:3", "kind is 'Dog'", "add it to the source's `label:`, which lists Run, Model")


def test_events_have_a_time_of_their_own_and_are_never_retired(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": 1, "at": "2026-11-01T10:00:00+01:00"}\n{"id": 2, "at": "soon"}\n')
    event, problem = read(tmp_path, observed_at="at")

    assert isinstance(event, Seen)
    assert event.observed_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert isinstance(problem, Problem)
    assert problem.problem == "at is no time: 'soon'"
    settings = {"path": "x", "label": "Run", "key": "id"}
    assert labels(Source("s", "files", settings)) == ("Run",)
    assert labels(Source("s", "files", {**settings, "observed_at": "at"})) == ()


def test_every_missing_setting_is_told_at_once() -> None:
    with pytest.raises(CollectError) as error:
        list(collect(Source("s", "files", {}, "sources/s.yaml")))

    assert [each.problem for each in error.value.problems] == [
        "`path:` is not set", "`label:` is not set", "`key:` is not set",
    ]  # fmt: skip


def test_a_path_where_nothing_is_ends_the_pull(tmp_path: Path) -> None:
    """Else a folder that was not mounted would retire everything."""
    with pytest.raises(CollectError, match="no file at"):
        read(tmp_path / "nowhere")

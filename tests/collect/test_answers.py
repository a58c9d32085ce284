"""Files of answers: what is broken is reported by name and line, and the rest still comes."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stocktake.collect.answers import JSON, YAML, Document, documents, objects_in, read_each
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen, Source


def read(path: Path, endings: tuple[str, ...] = JSON + YAML) -> tuple[list[Document], list[Problem]]:
    told = list(documents(Source("s", "c", {"path": str(path)}), endings=endings))
    return [each for each in told if isinstance(each, Document)], [each for each in told if isinstance(each, Problem)]


def test_a_broken_document_is_reported_and_the_others_of_its_file_come(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("kind: One\n---\nkind: Two\n bad: [\n---\nkind: Three\n")

    found, problems = read(tmp_path)

    assert [each.value for each in found] == [{"kind": "One"}, {"kind": "Three"}]
    assert [each.where for each in problems] == ["a.yaml:4"]


def test_broken_json_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "b.json").write_text('{\n "a": 1,\n}')
    (tmp_path / "c.json").write_text("[1]")

    found, problems = read(tmp_path)

    assert [(each.name, each.value) for each in found] == [("c.json", [1])]
    assert [each.where for each in problems] == ["below/b.json:3"]


def test_a_file_that_is_no_text_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00{")

    assert [each.where for each in read(tmp_path)[1]] == ["a.json:1"]


def test_yaml_is_read_as_json_would_say_it(tmp_path: Path) -> None:
    """Dates stay texts, keys become texts, a byte order mark is no content."""
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfat: 2026-11-23T17:06:36Z\n2: two\ntrue: yes\n")

    assert read(tmp_path)[0][0].value == {"at": "2026-11-23T17:06:36Z", "2": "two", "true": True}


def test_empty_documents_hidden_files_and_other_endings_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("---\n---\nkind: One\n---\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "x.yaml").write_text("kind: Hidden")
    (tmp_path / "b.txt").write_text("kind: Text")

    assert [each.value for each in read(tmp_path)[0]] == [{"kind": "One"}]


def test_a_single_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "MLmodel").write_text("run_id: a")

    assert [(each.name, each.stem) for each in read(tmp_path / "MLmodel")[0]] == [("MLmodel", "MLmodel")]


@pytest.mark.parametrize("settings", [{}, {"path": "/no/such/place"}])
def test_a_source_without_files_is_refused(settings: dict[str, str]) -> None:
    with pytest.raises(CollectError) as refused:
        list(documents(Source("s", "c", settings, where="sources/s.yaml")))

    assert refused.value.problems[0].where == "sources/s.yaml"


def test_values_one_after_another_are_documents_each(tmp_path: Path) -> None:
    """Some tools write lines, some whole values with a comma behind, under one name."""
    (tmp_path / "a.json").write_text('{"n": 1}\n{"n": 2}\n')
    (tmp_path / "b.json").write_text('{\n  "n": 3\n},\n')

    found, problems = read(tmp_path)

    assert [(each.where, each.number, each.value) for each in found] == [
        ("a.json:1", 0, {"n": 1}), ("a.json:2", 1, {"n": 2}), ("b.json:1", 0, {"n": 3}),
    ]  # fmt: skip
    assert problems == []


def test_after_a_broken_value_reading_goes_on(tmp_path: Path) -> None:
    """A line was cut, and others appended to it: the whole ones come, and the broken one is told once."""
    (tmp_path / "a.json").write_text('{"n": 1}\n{"n": \n{"n": 3}\n{"n": 4}\n')

    found, problems = read(tmp_path)

    assert [each.value["n"] for each in found] == [1, 3, 4]
    assert [each.where for each in problems] == ["a.json:2"]


def test_a_key_that_is_told_twice_is_reported_with_its_line(tmp_path: Path) -> None:
    """Its last value is taken, as the tools do; keys that YAML merges in repeat nothing."""
    (tmp_path / "a.json").write_text('{\n "a": 1,\n "b": 2,\n "a": 3\n}')
    (tmp_path / "b.yaml").write_text("base: &base {x: 1}\nmine:\n  <<: *base\n  x: 2\n  y: 3\n  y: 4\n")

    found, problems = read(tmp_path)

    assert [each.value for each in found] == [
        {"a": 3, "b": 2}, {"base": {"x": 1}, "mine": {"x": 2, "y": 4}},
    ]  # fmt: skip
    assert [each.where for each in problems] == ["a.json:4", "b.yaml:6"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("9" * 5000, "9" * 5000),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("1e999", "1e999"),
        ("123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_a_number_that_json_has_not_is_kept_as_written(tmp_path: Path, text: str, value: object) -> None:
    (tmp_path / "a.json").write_text(f'{{"n": {text}}}')

    found, problems = read(tmp_path)

    assert ([each.value["n"] for each in found], problems) == ([value], [])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.json", b""),
        ("a.yaml", b"\n \n"),
        ("a.json", b"[" * 100_000),
        ("a.yaml", b"[" * 5_000),
        ("a.yaml", b"a: &x [*x]"),
        ("a.json.gz", gzip.compress(b"{}", mtime=0)[:-4]),
    ],
)
def test_an_odd_file_is_reported_and_its_neighbour_comes(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.json").write_text("{}")

    found, problems = read(tmp_path)

    assert [each.name for each in found] == ["b.json"]
    assert [each.where for each in problems] == [f"{name}:1"]


@pytest.mark.parametrize("data", [b"\xef\xbb\xbf[1,\r\n2]", "[1,2]".encode("utf-16")])
def test_a_byte_order_mark_says_how_to_read(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.json").write_bytes(data)

    assert [each.value for each in read(tmp_path)[0]] == [[1, 2]]


def test_a_compressed_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b'{"n": 1}', mtime=0))

    assert [(each.name, each.stem, each.value) for each in read(tmp_path)[0]] == [("a.json.gz", "a", {"n": 1})]


def test_a_template_is_told_from_what_comes_out_of_it(tmp_path: Path) -> None:
    """Helm's and Jinja's files look like YAML: what to do is to render them."""
    (tmp_path / "a.yaml").write_text("kind: One\nspec:\n{{- if .Values.x }}\n  a: 1\n{{- end }}\n")

    (problem,) = read(tmp_path)[1]

    assert "helm template" in problem.fix


def test_an_answer_of_another_shape_is_a_problem_and_the_rest_comes() -> None:
    told = [Document("a.json", {"name": "a"}), Document("b.json", [], line=3), Document("c.json", {"name": "c"})]

    found = list(read_each(told, lambda document: [Seen("Thing", document.value["name"], {})]))

    assert [each.key for each in found if isinstance(each, Seen)] == ["a", "c"]
    assert [each.where for each in found if isinstance(each, Problem)] == ["b.json:3"]


def test_what_is_no_object_in_a_list_is_a_problem() -> None:
    assert [isinstance(each, Problem) for each in objects_in([{}, "x", {}], "a.json:1")] == [False, True, False]
    assert list(objects_in(None, "a.json:1")) == []
    assert [isinstance(each, Problem) for each in objects_in("x", "a.json:1")] == [True]


def test_a_folder_without_a_file_to_read_is_a_problem(tmp_path: Path) -> None:
    """An export that failed leaves an empty folder: that is no proof that everything has vanished."""
    (tmp_path / "notes.txt").write_text("none yet")

    found, problems = read(tmp_path)

    assert (found, [each.where for each in problems]) == ([], [str(tmp_path)])

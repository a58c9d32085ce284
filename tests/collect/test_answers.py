"""Files of answers: what is broken is reported by name and line, and the rest still comes."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.collect.answers import JSON, YAML, Document, documents
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Source


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

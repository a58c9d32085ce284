"""A YAML file adds fields to a kind; what is wrong with it is told with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

import stocktake.library.kinds
from stocktake.errors import SchemaError
from stocktake.schema import Schema, load_schema

SHIPPED = Path(stocktake.library.kinds.__file__).parent


def load(folder: Path, text: str) -> Schema:
    (folder / "company.yaml").write_text(text, "utf-8")
    return load_schema([SHIPPED, folder])


def test_a_yaml_file_adds_fields_to_a_kind(tmp_path: Path) -> None:
    schema = load(
        tmp_path,
        "extends: model_deployment\n"
        "fields:\n"
        "  harm_tier: {type: text, says: How much harm it could do., values: [high, low]}\n"
        "  reviewed_at:\n"
        "    type: time\n"
        "    says: Its latest review, UTC.\n"
        "    merge: max\n",
    )
    fields = schema.kinds["model_deployment"].fields

    assert (fields["harm_tier"].values, fields["reviewed_at"].merge) == (("high", "low"), "max")
    assert fields["reviewed_at"].where == f"{tmp_path / 'company.yaml'}:4"
    assert "environment" in fields
    assert "harm_tier" not in schema.kinds["model_binary"].fields


def test_two_files_may_extend_one_kind(tmp_path: Path) -> None:
    (tmp_path / "also.yaml").write_text("extends: owner\nfields: {floor: {type: integer, says: Where they sit.}}\n")
    schema = load(tmp_path, "extends: owner\nfields: {room: {type: text, says: Their room.}}\n")

    assert {"floor", "room"} <= set(schema.kinds["owner"].fields)


def test_a_cases_file_is_no_kind(tmp_path: Path) -> None:
    (tmp_path / "prompt.cases.yaml").write_text("cases: []\n")

    assert "room" in load(tmp_path, "extends: owner\nfields: {room: {type: text, says: A.}}\n").kinds["owner"].fields


@pytest.mark.parametrize(
    ("text", "line", "problem", "fix"),
    [
        ("extends: ownr\nfields: {}\n", 1, "extends no known kind", "write `extends:` with one of: assessment,"),
        ("- extends\n", 1, "extends no known kind", "write `extends:`"),
        ("", 1, "extends no known kind", "write `extends:`"),
        ("extends: owner\nfields:\n", 2, "adds no fields", "write `fields:`"),
        ("extends: owner\nfields: [room]\n", 2, "adds no fields", "write `fields:`"),
        ("extends: owner\nfields:\n  room: text\n", 3, "field room has no settings", "write {type: text"),
        ("extends: owner\nfields:\n  room: {says: A.}\n", 3, "field room has the type None", "use one of: text,"),
        ("extends: owner\nfields:\n  room:\n    type: str\n    says: A.\n", 4, "the type 'str'", "use one of: text,"),
        ("extends: owner\nfields:\n  room: {type: text}\n", 3, "does not say what it is", "give it one sentence"),
        (
            "extends: owner\nfields:\n  room:\n    type: text\n    says: A.\n    colour: red\n",
            *(6, "unknown setting 'colour'", "use: lasting,"),
        ),
        (
            "extends: owner\nfields:\n  room:\n    type: text\n    says: A.\n    lasting: 'yes'\n",
            *(6, "field room has lasting: 'yes'", "write true or false"),
        ),
        (
            "extends: owner\nfields:\n  room:\n    type: text\n    says: A.\n    values: up\n",
            *(6, "field room has values: 'up'", "write a list"),
        ),
        (
            "extends: owner\nfields:\n  email: {type: text, says: A.}\n",
            *(3, "owner has a field email already", "owner.py:"),
        ),
        ("extends: owner\nfields:\n  seq: {type: text, says: A.}\n", 3, "can't be named 'seq'", "lower case words"),
        ("extends: owner\nfields:\n  member_of: {type: text, says: A.}\n", None, "both a field and an edge", "company"),
        ("extends: owner\nfields:\n  a: {type: text, says: A.}\n  a: {type: time, says: A.}\n", 4, "a stands", "keep"),
        ("extends: owner\nfield:\n  a: {}\nfields:\n  a: {type: text, says: A.}\n", 2, "unknown word 'field'", "use:"),
        ("extends: owner\nfields: {a: [\n", 3, "not YAML: ", "mend the YAML"),
    ],
)
def test_a_wrong_file_is_refused_with_line_and_remedy(
    tmp_path: Path, text: str, line: int | None, problem: str, fix: str
) -> None:
    with pytest.raises(SchemaError) as caught:
        load(tmp_path, text)
    (found,) = caught.value.problems

    assert line is None or found.where == f"{tmp_path / 'company.yaml'}:{line}"
    assert problem in found.problem
    assert fix in found.fix


def test_a_file_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "company.yaml").write_bytes(b"extends: \xff\xfe\n")
    with pytest.raises(SchemaError, match="save it as UTF-8"):
        load_schema([SHIPPED, tmp_path])

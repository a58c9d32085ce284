"""What a project's files leave to the machine is filled in from its environment and its files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stocktake.environment import fill


def filled(value: Any) -> tuple[Any, list[tuple[str, str, str]]]:
    """A setting where TOKEN is set, and what could not be filled in."""
    missing: list[tuple[str, str, str]] = []
    return fill(value, {"TOKEN": "abc"}, lambda *told: missing.append(told)), missing


def test_variables_and_files_are_filled_in_wherever_they_stand(tmp_path: Path) -> None:
    """Within texts, lists and mappings; a line break at a file's end is no part of what it holds."""
    (tmp_path / "secret").write_text("e30.e30\n", "utf-8")
    told = {"a": "Bearer ${TOKEN}!", "b": [{"c": f"${{file:{tmp_path}/secret}}"}], "d": 7, "e": "$TOKEN ${} {TOKEN}"}

    assert filled(told) == (
        {"a": "Bearer abc!", "b": [{"c": "e30.e30"}], "d": 7, "e": "$TOKEN ${} {TOKEN}"},
        [],
    )


@pytest.mark.parametrize(
    ("mark", "problem"),
    [
        ("${OTHER}", "the environment variable OTHER is not set"),
        ("${file:/nowhere/secret}", "the file /nowhere/secret can't be read: No such file or directory"),
        ("${file:secret}", "the file secret can't be read: its path does not begin with /"),
    ],
)
def test_what_can_not_be_filled_in_is_told(mark: str, problem: str) -> None:
    value, missing = filled({"a": f"x{mark}y"})

    assert value == {"a": "xy"}
    assert [each[:2] for each in missing] == [(mark, problem)]

"""What was read before is read back, and read anew when anything that it follows from changes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from stocktake.schema import Schema
from stocktake.standards import Standards, kept
from stocktake.standards import load as loading

YOUNG = """SELECT
    workflow_run.id AS run_id, -- The run.
    workflow_run.started_at >= run.as_of - INTERVAL '7' DAY AS is_member -- Unknown where no source tells.
FROM graph.workflow_run AS workflow_run
CROSS JOIN standard.run AS run
"""

Write = Callable[..., Path]
Load = Callable[[], Standards]


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[int]:
    """A cache of this test's own; gets an entry for each time that files are parsed."""
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "cache"))
    told: list[int] = []
    read_all = loading._read_all

    def counted(*given: object) -> object:
        told.append(1)
        return read_all(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(loading, "_read_all", counted)
    return told


def test_files_are_parsed_once(readings: list[int], write: Write, load: Load) -> None:
    """The second reading gives the same, and parses nothing."""
    write("young", YOUNG)

    first, second = load(), load()

    assert first.steps == second.steps
    assert len(readings) == 1


@pytest.mark.parametrize("change", ["file", "schema", "code"])
def test_a_change_is_read_anew(
    change: str, readings: list[int], write: Write, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a reading follows from is part of what it is kept under."""
    write("young", YOUNG)
    load()
    if change == "file":
        write("young", YOUNG.replace("'7'", "'14'"))
    elif change == "schema":
        monkeypatch.setattr(Schema, "digest", "another")
    else:
        monkeypatch.setattr(kept, "_code", lambda: "another")

    after = load()["young"].sql

    assert len(readings) == 2
    assert ("14" in after) == (change == "file")


def test_half_a_file_is_no_reading(readings: list[int], write: Write, load: Load) -> None:
    """What was cut off, or is in the form of another version, is read anew."""
    write("young", YOUNG)
    told = load().steps
    for path in kept.folder().iterdir():
        path.write_bytes(path.read_bytes()[:40])

    assert load().steps == told
    assert len(readings) == 2


def test_a_cache_that_cannot_be_written_costs_time_alone(
    readings: list[int], write: Write, load: Load, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Files are read all the same."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "file"))
    write("young", YOUNG)

    assert [load().names, load().names] == [("young", "membership")] * 2
    assert len(readings) == 2


def test_what_is_used_stays(readings: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache does not grow for ever: what was not used for longest goes first."""
    monkeypatch.setattr(kept, "MOST", 2)
    for number, key in enumerate(("a", "b")):
        kept.keep(key, ())
        os.utime(kept.folder() / f"{key}.json", (number, number))
    kept.recall("a")

    kept.keep("c", ())

    assert [kept.recall(key) for key in ("a", "b", "c")] == [(), None, ()]

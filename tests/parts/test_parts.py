"""Folders and files that appear whole or not at all, also where a process is killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stocktake.parts import part, sweep, take_away, written

HOLD = """
import sys
from pathlib import Path
from stocktake.parts import part
with part(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("of it")
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_a_part_that_is_not_renamed_goes_away(tmp_path: Path) -> None:
    with part(tmp_path) as folder:
        (folder / "file").write_text("half")
        assert (folder / "file").exists()

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_taken_away_and_what_a_living_one_fills_is_not(tmp_path: Path) -> None:
    """The lock of a process goes with it, however it ends."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        held = Path(process.stdout.readline().strip())
        with part(tmp_path) as own:
            assert sweep(tmp_path) == []
            assert (own.is_dir(), (held / "half").exists()) == (True, True)
            process.kill()
            process.wait()

            assert sweep(tmp_path) == [held]
            assert own.is_dir()


def test_a_folder_is_taken_away_at_once_and_once(tmp_path: Path) -> None:
    folder = tmp_path / "1-9"
    folder.mkdir()
    (folder / "file").write_text("content")

    take_away(folder)
    take_away(folder)

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_can_not_be_written_to_its_end_stays_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "models.csv"
    path.write_text("as before")

    def fail() -> None:
        with written(path) as stream:
            stream.write(b"half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()

    assert path.read_text() == "as before"
    with written(path) as stream:
        stream.write(b"all of it")
    assert path.read_text() == "all of it"
    assert list(tmp_path.iterdir()) == [path]

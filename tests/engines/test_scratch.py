"""What a process has for as long as it lives goes when it is killed, too: with the next one on that machine."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from stocktake.engines import scratch as scratches
from stocktake.engines.scratch import KEPT, LAKE, has_gone, label, scratch, scratch_lake

HOLDING = """
import sys, time
from pathlib import Path
from stocktake.engines.scratch import scratch_lake
with scratch_lake(Path(sys.argv[1])) as lake:
    print(lake, flush=True)
    time.sleep(600)
"""


def test_a_killed_processs_lake_goes_with_the_next(tmp_path: Path) -> None:
    """As long as it lives, its lake stays, whoever else comes and goes; afterwards nothing tells of it."""
    with subprocess.Popen([sys.executable, "-c", HOLDING, str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        lake = Path(process.stdout.readline().strip())
        (lake / "graph").mkdir()
        with scratch_lake(tmp_path) as other:
            assert not has_gone(label(lake), other)
            assert label(lake / "all") == label(lake)
        assert (lake / "graph").is_dir()
        told = label(lake)
        process.kill()

    with scratch_lake(tmp_path) as other:
        assert list(tmp_path.iterdir()) == [other]
        assert has_gone(told, other)
    assert list(tmp_path.iterdir()) == []


def test_another_machines_lake_goes_by_its_age(tmp_path: Path) -> None:
    """Nobody here can see whether it is in use: younger than any run is long, it stays."""
    young, old = tmp_path / f"{LAKE}elsewhere-aaaaaaaa", tmp_path / f"{LAKE}elsewhere-bbbbbbbb"
    for folder in (young, old):
        (folder / "graph").mkdir(parents=True)
    before = time.time() - KEPT.total_seconds() - 60
    os.utime(old, (before, before))

    with scratch_lake(tmp_path):
        assert young.is_dir()
        assert not old.exists()


def test_a_server_of_another_user_reaches_the_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a project says that lakes are made; in the system's folder for temporary files it is nobody else's."""
    tmp_path.chmod(0o2775)
    with scratch_lake(tmp_path) as lake:
        assert lake.stat().st_mode & 0o7777 == 0o2775
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch_lake() as lake:
        assert lake.stat().st_mode & 0o777 == 0o700


def test_only_a_lake_of_the_same_place_is_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another folder's or machine's lake is named by, and a lake that stays, are nobody else's to take away."""
    with scratch_lake(tmp_path / "one") as one, scratch_lake(tmp_path / "other") as other:
        told = label(one)
        stays = label(tmp_path / "one" / "lake")
    assert has_gone(told, one)
    assert not has_gone(told, other)
    assert not has_gone(stays, one)
    monkeypatch.setattr(scratches, "HERE", "elsewhere")
    assert not has_gone(told, one)


def test_what_does_not_fit_into_memory_goes_too(tmp_path: Path) -> None:
    """Any use of its own: the folders of one are not those of another."""
    with scratch("spill", tmp_path) as spill, scratch("spark", tmp_path) as spark:
        assert {spill, spark} == set(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []

"""A disk that is full: a clear error, nothing half kept, and with some room the next command does it all."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.crash.company import make, tell
from tests.crash.forks import Forks
from tests.crash.test_kills import undisturbed
from tests.crash.watch import same, same_numbers, whole

from stocktake.pipeline.session import measure_and_keep
from stocktake.project import open_project

SIZE = 12_000_000
ROOM = "make room on the disk"


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own, where every user may go: not below pytest's folder, which is root's alone."""
    folder = Path(tempfile.mkdtemp(prefix="stocktake-disk-"))
    folder.chmod(0o755)
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0777", "tmpfs", str(folder)]
    done = subprocess.run(mounting, capture_output=True, text=True, check=False)
    if done.returncode:
        folder.rmdir()
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    folder.rmdir()


@contextmanager
def filled(disk: Path, free: int) -> Iterator[None]:
    """A disk on which no more than so many bytes are free."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        file.write(bytes(max(0, shutil.disk_usage(disk).free - free)))
    try:
        yield
    finally:
        ballast.unlink()


def test_what_can_not_be_written_for_want_of_room_is_written_when_there_is_some(
    disk: Path, forks: Forks, tmp_path: Path
) -> None:
    """Each command without any room, and with some, by chance enough or not."""
    root, chance, days, failed = make(disk / "small"), random.Random(4), 2, []
    for day in range(days):
        project = tell(root, day)
        for words in (["collect"], ["measure"], ["publish", "--why", "agreed"]):
            for free in (0, int(4_096 * 2 ** chance.uniform(0, 8))):
                with filled(disk, free):
                    ended = forks.run("--project", str(root), *words)
                if ended.code:
                    failed.append(words[0])
                    assert ended.code in (1, 2), ended.told
                    assert ROOM in ended.told
                    assert "Traceback" not in ended.told
                whole(project)
            ended = forks.run("--project", str(root), *words)
            assert ended.code == 0, ended.told

    assert [failed.count(name) >= days for name in ("collect", "measure", "publish")] == [True] * 3
    other = undisturbed(tmp_path / "other", days)
    measure_and_keep(other)
    same(open_project(root), other)
    same_numbers(open_project(root), other)


def test_a_server_without_room_is_told_and_tried_again(
    disk: Path, forks: Forks, tmp_path: Path, postgresql_server: str
) -> None:
    import psycopg

    place = disk / "tables"
    place.mkdir()
    shutil.chown(place, "postgres")
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{place}'")
        connection.execute("CREATE SCHEMA small")
    options = "options=-csearch_path%3Dsmall%20-cdefault_tablespace%3Dsmall"
    root, failed, days = make(tmp_path / "small", f"{postgresql_server}?{options}"), 0, 2
    for day in range(days):
        project = tell(root, day, 2_000 * (day + 1))
        with filled(disk, 65_536):
            ended = forks.run("--project", str(root), "collect")
        failed += ended.code != 0
        assert ended.code == 0 or ROOM in ended.told
        whole(project)
        ended = forks.run("--project", str(root), "collect")
        assert ended.code == 0, ended.told

    assert failed == days
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute("DROP SCHEMA small CASCADE")
        connection.execute("DROP TABLESPACE small")

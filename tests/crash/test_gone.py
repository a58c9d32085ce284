"""A server that goes away in the middle: a clear error, and when it is back the next command does it all."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.crash.company import make, tell
from tests.crash.forks import Forks
from tests.crash.test_kills import KILLS, undisturbed
from tests.crash.watch import same, same_numbers, whole
from tests.servers import postgresql
from tests.servers.process import free_port

from stocktake.pipeline.session import measure_and_keep
from stocktake.store import Store

TIMES = max(2, KILLS // 4)
SIZE = 300  # so that a reading has many parts
SAFE = {"max_connections": "30", "fsync": "off"}  # what is committed is there after a crash of the server alone


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql.Server]:
    """A server of its own, that may be stopped."""
    if postgresql.programs() is None:
        pytest.skip(postgresql.MISSING)
    folder = Path(tempfile.mkdtemp(prefix="stocktake-gone-"))
    try:
        with postgresql.serving(folder, free_port(), SAFE) as serving:
            yield serving
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_server_that_goes_away_takes_nothing_with_it(server: postgresql.Server, forks: Forks, tmp_path: Path) -> None:
    """It is stopped while a reading enters the log, and at any time of a measuring."""
    root, chance, cut_off = make(tmp_path / "small", server.address), random.Random(5), set()
    seconds = 1.0
    for day in range(TIMES):
        project = tell(root, day, SIZE)
        for words in (["collect"], ["measure"]):
            began_at = time.monotonic()
            with Store.open(server.address) as store:
                before = store.newest_seq()
                forks.begin("--project", str(root), *words)
                if words == ["collect"]:
                    wait_for(lambda: store.newest_seq() > before)  # noqa: B023 - called at once
                else:
                    time.sleep(chance.uniform(0, seconds))
            server.stop(chance.choice(["fast", "immediate"]))
            ended = forks.end(began_at)
            server.start()
            if ended.code:
                cut_off.add(words[0])
                assert ended.code == 2, ended.told
                assert "the server" in ended.told
                assert "Traceback" not in ended.told
            whole(project)
            ended = forks.run("--project", str(root), *words)
            assert ended.code == 0, ended.told
            seconds = ended.seconds

    assert "collect" in cut_off
    other = undisturbed(tmp_path / "other", TIMES, SIZE)
    measure_and_keep(other)
    same(project, other)
    same_numbers(project, other)


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "it never was"
        time.sleep(0.002)

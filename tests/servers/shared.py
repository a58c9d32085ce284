"""One server for all test processes of a run: the first that asks starts it, it stops when the last has gone.

Each process holds a shared lock on a file for as long as it may use the server. The keeper, a process of its own, stops
the server when it can have that lock alone: a test process that was killed leaves its lock too.

`python -m tests.servers.shared FOLDER` keeps both for all test runs with STOCKTAKE_SERVERS=FOLDER, until Enter.
"""

from __future__ import annotations

import fcntl
import importlib
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.servers.process import ROOT

ADDRESS, USERS, START, LOG = "address", "users.lock", "start.lock", "keeper.log"


@contextmanager
def shared(module: str, folder: Path) -> Iterator[str]:
    """The address of a module's server, which keeps all it has in a folder. Raises RuntimeError with its log."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / USERS).open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        with (folder / START).open("w") as start:
            fcntl.flock(start, fcntl.LOCK_EX)
            address = _told(folder) or _started(module, folder)
        yield address


def _told(folder: Path) -> str:
    path = folder / ADDRESS
    return path.read_text() if path.exists() else ""


def _started(module: str, folder: Path) -> str:
    """Start the keeper, and wait for the address that it tells."""
    with (folder / LOG).open("w") as log:
        command = [sys.executable, "-m", "tests.servers.shared", module, str(folder)]
        keeper = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log, start_new_session=True)
    while not (address := _told(folder)):
        if keeper.poll() is not None:
            raise RuntimeError((folder / LOG).read_text()[-2000:])
        time.sleep(0.1)
    return address


def keep(module: str, folder: Path) -> None:
    """Run a server until nobody uses it."""
    with importlib.import_module(module).running(folder) as address, (folder / USERS).open("w") as users:
        hidden = folder / f".{ADDRESS}"
        hidden.write_text(address)
        hidden.rename(folder / ADDRESS)
        fcntl.flock(users, fcntl.LOCK_EX)  # had as soon as the last user has gone
        (folder / ADDRESS).unlink()


def hold(folder: Path) -> None:
    """Use both servers until a person says that it is enough."""
    both = ("presto_server", "trino_server")
    with ExitStack() as held:
        for name in both:
            print(name, held.enter_context(shared(f"tests.servers.{name}", folder / name)), flush=True)  # noqa: T201
        sys.stdin.readline()


if __name__ == "__main__":
    if len(sys.argv) == 2:
        hold(Path(sys.argv[1]).resolve())
    else:
        keep(sys.argv[1], Path(sys.argv[2]))

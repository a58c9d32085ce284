"""A real PostgreSQL server, in a folder of its own, on a loopback port.

    python tests/servers/postgresql.py FOLDER    starts one, prints its address, and stops it on Enter

It refuses to run as root, so root starts it as the user `postgres`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PLACES = ("/usr/lib/postgresql", "/usr/local/pgsql")
MISSING = "real part missing: PostgreSQL's server; install it with tests/servers/install"
# Nothing of it outlives the test, so it need not reach the disk.
SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "60"}


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`, the newest where there are several."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    folders = [path.parent for place in PLACES for path in Path(place).glob("**/bin/pg_ctl")]
    return max(folders, key=lambda path: [int(n) for n in path.parts if n.isdigit()], default=None)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be stopped and started. programs: where its own are."""

    programs: Path
    folder: Path
    port: int

    @property
    def address(self) -> str:
        """Of its only database."""
        return f"postgresql://stocktake@127.0.0.1:{self.port}/stocktake"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={self.folder}"
        self._control("-l", self.folder / "log", "-o", options, "-w", "start")

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `fast` tells its clients to go, `immediate` is as if it had crashed."""
        self._control("-m", mode, "-w", "stop")

    def _control(self, *words: str | Path) -> None:
        as_postgres(self.programs / "pg_ctl", "-D", self.folder / "data", *words)


@contextmanager
def serving(folder: Path, port: int, settings: Mapping[str, str] = SETTINGS) -> Iterator[Server]:
    """A server with one database, `stocktake`."""
    at = programs()
    if at is None:
        raise RuntimeError(MISSING)
    data = folder / "data"
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    as_postgres(at / "initdb", "-D", data, "-U", "stocktake", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
    with (data / "postgresql.conf").open("a") as file:
        file.writelines(f"{name} = {value}\n" for name, value in settings.items())
    server = Server(at, folder, port)
    server.start()
    try:
        as_postgres(at / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "stocktake", "stocktake")
        yield server
    finally:
        server.stop()


@contextmanager
def running(folder: Path, port: int) -> Iterator[str]:
    """The address of such a server."""
    with serving(folder, port) as server:
        yield server.address


def as_postgres(program: Path, *words: str | Path) -> None:
    """Run one of its programs as a user that may."""
    command = [str(program), *(str(word) for word in words)]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", *command]
    # Its output may go on into the server, which would keep a pipe open for ever.
    done = subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed: {done.stderr}")


if __name__ == "__main__":
    with running(Path(sys.argv[1]).resolve(), 5499) as address:
        print(address, flush=True)  # noqa: T201
        sys.stdin.readline()

"""What PrestoDB and Trino have in common: how either is laid out, started, waited for and stopped."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from tests.servers import secured
from tests.servers.process import free_port, running

LOOPBACK = "127.0.0.1"
MEMORY = ("-Xmx1500M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError")
"""A test's tables are small: what is compiled quickly and kept small is ready sooner than what is made to last."""

FORGETFUL = {"query.max-history": "20", "query.min-expire-age": "5s", "task.info.max-age": "5s"}
"""By default each looks after what is over for a quarter of an hour, which costs it more than a test's queries do."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A server's parts. home: has `lib` and `plugin`. catalogue: its settings; `{folder}` in them is the server's.

    passwords: the plugin that knows them. token_key: the setting that names the file of the key of tokens.
    """

    java: Path
    home: Path
    main_class: str
    jvm: tuple[str, ...]
    catalogue: Mapping[str, str]
    passwords: Path
    token_key: str

    def plugins(self, folder: Path) -> Path:
        """A folder that leads to all plugins."""
        place = folder / "plugin"
        shutil.rmtree(place, ignore_errors=True)  # a folder may be used again
        place.mkdir()
        for plugin in (*(self.home / "plugin").iterdir(), *self.passwords.iterdir()):
            (place / plugin.name).symlink_to(plugin)
        return place

    def command(self, folder: Path) -> list[str]:
        """What starts it."""
        return [
            str(self.java), *MEMORY, *self.jvm, f"-Dconfig={folder}/etc/config.properties",
            f"-Dlog.levels-file={folder}/etc/log.properties", f"-Dnode.data-dir={folder}/data",
            "-Dnode.environment=test", f"-Dnode.id={uuid4()}", "-Duser.timezone=UTC", "-cp", f"{self.home}/lib/*",
            self.main_class,
        ]  # fmt: skip


@contextmanager
def serving(layout: Layout, folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """The address of a server's open door, from the moment that it takes queries."""
    port, secure = free_port(), free_port()
    address = f"http://{LOOPBACK}:{port}"
    secured.lay_door(folder, LOOPBACK, secure)
    config = {
        "coordinator": "true",
        "node-scheduler.include-coordinator": "true",
        "http-server.http.port": str(port),
        "discovery.uri": address,
        "node.bind-ip": LOOPBACK,
        "node.internal-address": LOOPBACK,
        "task.concurrency": "1",
        **FORGETFUL,
        "catalog.config-dir": f"{folder}/etc/catalog",
        "plugin.dir": str(layout.plugins(folder)),
        **secured.settings(folder, secure, layout.token_key),
        **settings,
    }
    _write(folder / "etc" / "config.properties", config)
    _write(folder / "etc" / "log.properties", {"io.trino": "WARN", "com.facebook.presto": "WARN"})
    _write(folder / "etc" / "catalog" / "hive.properties", layout.catalogue, folder)
    (folder / "data").mkdir(exist_ok=True)
    with running(layout.command(folder), f"{address}/v1/info", folder, {}):
        _wait(f"{address}/v1/info")
        yield address


def by_hand(start: Callable[[Path], AbstractContextManager[str]]) -> None:
    """Start a server for a person: in a folder that the command line names, else in one that goes away."""
    with tempfile.TemporaryDirectory() as nowhere:
        folder = Path(sys.argv[1] if len(sys.argv) > 1 else nowhere).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with start(folder) as address:
            print(address, flush=True)  # noqa: T201
            sys.stdin.readline()


def _write(path: Path, settings: Mapping[str, str], folder: Path | None = None) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{name}={value.format(folder=folder)}\n" for name, value in settings.items()))


def _wait(info: str, seconds: float = 60) -> None:
    """Wait until a server that answers takes queries too."""
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(info, timeout=2) as answer:
                if not json.load(answer)["starting"]:
                    return
        except (urllib.error.URLError, OSError):
            pass
        if time.monotonic() > until:
            raise RuntimeError(f"{info} does not say that it has started")
        time.sleep(0.2)

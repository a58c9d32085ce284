"""Starting a real tool's server from `.venv-tools`, and stopping it with all its children."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".venv-tools" / "bin"
MISSING = "real part missing: .venv-tools; make it with tests/servers/install"
QUIET = {"DO_NOT_TRACK": "1", "MLFLOW_DISABLE_TELEMETRY": "true"}


def is_installed() -> bool:
    """Whether the real tools are there."""
    return (TOOLS / "python").exists()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        port: int = opened.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], ready: str, folder: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """A server in a process group of its own, from the moment that `ready` (a URL, or `tcp://host:port`) answers.

    folder: where it works and writes its log. settings: environment variables beside ours.
    """
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **QUIET, **settings}, stdout=out, stderr=out, start_new_session=True
        )
    try:
        _wait(process, ready, log)
        yield
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(process: subprocess.Popen[bytes], ready: str, log: Path, seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended: {log.read_text()[-2000:]}")
        try:
            _ask(ready)
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {ready}: {log.read_text()[-2000:]}")


def _ask(ready: str) -> None:
    """Raises OSError where nobody answers."""
    parts = urlsplit(ready)
    if parts.scheme == "tcp":
        socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=2).close()
    else:
        urllib.request.urlopen(ready, timeout=2).close()


def run_in_tools(script: Path, *arguments: str, settings: Mapping[str, str] | None = None) -> str:
    """Run a script with the real tools' Python; gives what it prints."""
    done = subprocess.run(
        [str(TOOLS / "python"), str(script), *arguments],
        env={**os.environ, **QUIET, **(settings or {})},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{script.name} failed: {done.stderr[-2000:]}")
    return done.stdout

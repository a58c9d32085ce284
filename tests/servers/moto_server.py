"""AWS as moto makes it, S3 and SageMaker too: its answers have the services' shape, and every job is done at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import TOOLS, free_port, running

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


@contextmanager
def moto_server(folder: Path, settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The URL of a moto server; it keeps what it is told in memory, and its log in a folder. settings: moto's own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [str(TOOLS / "moto_server"), "-H", "127.0.0.1", "-p", str(port)]
    with running(command, f"{url}/moto-api/", folder, {**CREDENTIALS, **(settings or {})}):
        yield url

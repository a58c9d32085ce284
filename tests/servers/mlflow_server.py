"""A real MLflow server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import TOOLS, free_port, running


@contextmanager
def mlflow_server(folder: Path) -> Iterator[str]:
    """The URL of an MLflow server that keeps all it has in a folder; one worker, no jobs: it starts fast."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        str(TOOLS / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--backend-store-uri", f"sqlite:///{folder}/mlflow.db", "--artifacts-destination", str(folder / "artifacts"),
    ]  # fmt: skip
    with running(command, f"{url}/health", folder, {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}):
        yield url

"""A project whose steps run on an engine that asks who one is: its secret stays where it is, in the environment."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.crash.company import make, tell
from tests.servers.fixtures import secured_trino, trino  # noqa: F401
from tests.servers.secured import PASSWORD

from stocktake.cli.app import run
from stocktake.engines.trino import Trino

SETTINGS = """
engines:
  shared:
    kind: trino
    address: {access.address}
    user: {access.user}
    password: ${{TRINO_PASSWORD}}
    verify: {access.verify}
    uri: '{access.uri}'
routes:
  - {{engine: shared, steps: [owners]}}
"""
WRONG = "no-such-pass-word"

Tried = Callable[..., tuple[int, str]]


@pytest.fixture
def root(secured_trino: Trino, tmp_path: Path) -> Path:  # noqa: F811
    """A project that routes a table to the engine, by a password of the environment."""
    project = tell(make(tmp_path / "small"), 0, 3)
    with (project.root / "stocktake.yaml").open("a", encoding="utf-8") as file:
        file.write(SETTINGS.format(access=secured_trino.access))
    return project.root


@pytest.fixture
def tried(root: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Tried:
    """Runs a command of the project; gives its exit code and all that it tells, its most talkative logs too."""
    caplog.set_level(logging.DEBUG)

    def tried(*words: str) -> tuple[int, str]:
        caplog.clear()
        code = run(["--project", str(root), "--verbose", *words])
        return code, "".join([*capfd.readouterr(), caplog.text])

    return tried


def test_a_password_is_told_and_kept_nowhere(root: Path, tried: Tried, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither what the server does not take, nor what it takes."""
    monkeypatch.setenv("TRINO_PASSWORD", WRONG)
    refused = [tried("doctor"), tried("run")]
    monkeypatch.setenv("TRINO_PASSWORD", PASSWORD)
    taken = [tried(*words) for words in (("run", "--plan"), ("doctor",), ("run",), ("export", "owners"))]

    assert [code for code, _ in (*refused, *taken)] == [1, 2, 0, 0, 0, 0]
    assert all("does not let alice in: Access Denied: Invalid credentials" in told for _, told in refused)
    assert "Trino lets alice in" in taken[1][1]
    assert "engine=shared" in taken[2][1]
    kept = [path.read_bytes() for path in root.rglob("*") if path.is_file()]
    for secret in (WRONG, PASSWORD):
        assert not [told for _, told in (*refused, *taken) if secret in told]
        assert not [each for each in kept if secret.encode() in each]

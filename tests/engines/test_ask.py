"""A cluster that has just started is asked again until a worker is there; whatever else it says is told at once."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from stocktake.engines import ask as asking
from stocktake.engines.access import Access
from stocktake.engines.ask import Ask, Failures
from stocktake.errors import EngineError


@dataclass
class RefusedError(Exception):
    """What a client raises."""

    error_name: str
    message: str = "no"
    query_id: str = "20261127_1"
    error_type: str = "INTERNAL_ERROR"


class Cursor:
    """Fails as often as there are errors, then gives one row."""

    def __init__(self, errors: list[str]) -> None:
        self.errors = errors

    def execute(self, _: str) -> None:
        if self.errors:
            raise RefusedError(self.errors.pop(0))

    def fetchall(self) -> list[list[int]]:
        return [[1]]


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PAUSE", 0)


def asked(errors: list[str]) -> Ask:
    return Ask("Trino", Access("http://trino.example"), lambda: Cursor(errors), Failures(RefusedError, (OSError,)))


def test_a_cluster_without_a_worker_is_asked_again() -> None:
    assert asked(["SERVER_STARTING_UP", "NO_NODES_AVAILABLE", "NO_NODES_AVAILABLE"]).run("SELECT 1") == [[1]]


def test_not_for_ever() -> None:
    waiting = replace(asked(["NO_NODES_AVAILABLE"] * 3), patience=-1)

    with pytest.raises(EngineError, match=r"NO_NODES_AVAILABLE, query 20261127_1\)\n +fix: wait until a worker"):
        waiting.run("SELECT 1")


def test_another_refusal_is_told_at_once() -> None:
    errors = ["SYNTAX_ERROR", "NO_NODES_AVAILABLE"]

    with pytest.raises(EngineError, match="SYNTAX_ERROR"):
        asked(errors).run("SELECT")
    assert errors == ["NO_NODES_AVAILABLE"]

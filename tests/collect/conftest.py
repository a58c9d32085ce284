"""A store, and a source whose connector tells what a test says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from stocktake.collect.run import Outcome, collect_source
from stocktake.nouns import Source
from stocktake.store import Store

Collect = Callable[..., Outcome]

CONNECTOR = """
from datetime import UTC, datetime
from stocktake.errors import CollectError, Problem
from stocktake.nouns import Seen

LABELS = ("Run", "Model")

def collect(source):
    for item in source.settings["tells"]:
        if item == "crash":
            raise KeyError("answer")
        if item == "kill":
            raise KeyboardInterrupt
        if item == "down":
            raise CollectError("https://tool.example", "no answer", "start it")
        if item == "problem":
            yield Problem("runs.json:3", "not JSON", "mend it")
        else:
            yield Seen(*item)
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture
def collect(store: Store, tmp_path: Path) -> Collect:
    """Reads the source `tool`, which tells the given things: (label, key, body) or (label, key, body, observed_at)."""
    folder = tmp_path / "connectors"
    folder.mkdir()
    (folder / "teller.py").write_text(CONNECTOR)

    def read(*tells: object, environment: dict[str, str] | None = None, **settings: Any) -> Outcome:
        source = Source("tool", "teller", {"tells": list(tells), **settings})
        return collect_source(store, source, [folder], environment or {}, tmp_path)

    return read


def told(store: Store) -> list[tuple[str, str | None, int]]:
    """What the log holds: key, body, op."""
    return [(r["key"], r["body"], r["op"]) for batch in store.lines() for r in batch.to_pylist()]

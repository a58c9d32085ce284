"""What goes wrong on PrestoDB and Trino is told in the server's words, with its query's id and a remedy."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from tests.servers.process import free_port

from stocktake.engines import Step
from stocktake.engines import lake as lakes
from stocktake.engines.access import Access
from stocktake.engines.hive import HiveEngine
from stocktake.errors import EngineError, EngineMemoryError

NUMBERS = {"graph.number": pa.table({"id": [f"{number:040}" for number in range(3000)]})}
FIRST = Step("standard.first", "SELECT COUNT(*) AS total FROM graph.number AS number")
SORTED = """SELECT first.id || second.id AS id, ROW_NUMBER() OVER (ORDER BY second.id, first.id) AS place
FROM graph.number AS first CROSS JOIN graph.number AS second"""
LARGE = Step("standard.large", f"SELECT MAX(sorted.id) AS id FROM ({SORTED}) AS sorted WHERE sorted.place > 5")
ENDLESS = """SELECT COUNT(*) AS total FROM graph.number AS first CROSS JOIN graph.number AS second
CROSS JOIN graph.number AS third WHERE first.id || second.id < third.id || first.id"""
SLOW = Step("standard.slow", ENDLESS)
"""It takes for ever, and no memory."""
CANCELLED = Step("standard.cancelled", ENDLESS)
"""The same by a name of its own: whatever else runs on the server meanwhile is let be."""
PATIENCE = 120
"""Seconds until a query that does not begin is given up."""


def with_properties(hive: HiveEngine, **properties: str) -> HiveEngine:
    return replace(hive, access=replace(hive.access, properties=properties))


def test_a_server_that_is_down(hive: HiveEngine) -> None:
    down = replace(hive, access=Access(f"http://127.0.0.1:{free_port()}"))

    with pytest.raises(EngineError, match=r"can't be asked.*\n +fix: start it"):
        down.run_tables([FIRST], NUMBERS)


def test_a_query_that_takes_too_much_memory(hive: HiveEngine, tmp_path: Path) -> None:
    """It says so by its class, so that another engine can take over; the next run succeeds."""
    lakes.write(tmp_path, NUMBERS)

    with pytest.raises(EngineMemoryError, match=r"EXCEEDED_\w*MEMORY_LIMIT, query \d{8}_.*\n +fix: .*Spark") as caught:
        with_properties(hive, query_max_memory="20MB").run_lake([FIRST, LARGE], tmp_path)

    assert caught.value.problems[0].where == "standard.large"
    assert lakes.tables_of(tmp_path) == ["graph.number"]
    hive.run_lake([FIRST], tmp_path)
    assert lakes.read(tmp_path, "standard.first").to_pylist() == [{"total": 3000}]


def test_a_query_that_takes_too_long(hive: HiveEngine) -> None:
    with pytest.raises(EngineError, match=r"EXCEEDED_TIME_LIMIT.*\n +fix: give it more time"):
        with_properties(hive, query_max_run_time="500ms").run_tables([SLOW], NUMBERS)


def test_a_query_that_somebody_cancels(hive: HiveEngine, tmp_path: Path) -> None:
    lakes.write(tmp_path, NUMBERS)
    canceller = threading.Thread(target=cancel, args=(hive, "standard__cancelled"))
    canceller.start()
    ending = with_properties(hive, query_max_run_time=f"{2 * PATIENCE}s")  # whatever becomes of the canceller

    with pytest.raises(EngineError, match=r"(ADMINISTRATIVELY_KILLED|USER_CANCELED).*\n +fix: run this again"):
        ending.run_lake([FIRST, CANCELLED], tmp_path)

    canceller.join()
    assert lakes.tables_of(tmp_path) == ["graph.number"]


def cancel(hive: HiveEngine, told: str) -> None:
    """Kill the query of a step, as an administrator does."""
    ask = hive.connect()
    sql = f"SELECT query_id FROM system.runtime.queries WHERE state = 'RUNNING' AND query LIKE 'INSERT INTO %{told}%'"
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if found := ask.run(sql):
            ask.run(f"CALL system.runtime.kill_query('{found[0][0]}', 'by a test')")
            return
        time.sleep(0.1)
    raise AssertionError("the query never ran")


def test_sql_that_the_engine_refuses(hive: HiveEngine) -> None:
    wrong = Step("standard.wrong", "SELECT number.colour AS colour FROM graph.number AS number")

    with pytest.raises(EngineError, match=r"standard\.wrong: .*colour"):
        hive.run_tables([wrong], NUMBERS)


def test_a_catalogue_that_is_not_there(hive: HiveEngine) -> None:
    elsewhere = replace(hive, access=replace(hive.access, catalogue="nowhere"))

    with pytest.raises(EngineError, match=r"(?i)nowhere.*\n +fix: let `catalogue`"):
        elsewhere.run_tables([FIRST], NUMBERS)


@pytest.mark.parametrize(
    ("access", "problem"),
    [
        ({"address": "presto.example:8080"}, "no server's address"),
        ({"address": "http://presto.example", "password": "secret"}, "would travel in the open"),
        ({"address": "http://presto.example", "token": "e30"}, "would travel in the open"),
        ({"address": "https://me:secret@presto.example"}, "https://…@presto.example is no server's address"),
        ({"address": "https://presto.example:http"}, "no server's address"),
        ({"address": "https://presto.example", "token": "e30", "password": "secret"}, "a password and a token"),
        ({"address": "https://presto.example", "token": "e30\n"}, "a space or a line break"),
    ],
)
def test_access_that_can_not_work_is_refused_at_once(access: dict[str, str], problem: str) -> None:
    with pytest.raises(EngineError, match=problem) as caught:
        Access(**access)  # type: ignore[arg-type]  # each is a text

    assert "secret" not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    for secret in ("password", "token"):
        assert "secret-" not in repr(Access("https://presto.example", **{secret: "secret-1"}))


def test_a_lake_that_the_server_can_not_reach() -> None:
    access = Access("http://presto.example", mount=Path("/mnt/lake"), uri="s3://bucket/lake/")

    assert access.place.give(Path("/mnt/lake/standard/models")) == "s3://bucket/lake/standard/models"
    with pytest.raises(EngineError, match="below /mnt/lake alone"):
        access.place.give(Path("/elsewhere"))

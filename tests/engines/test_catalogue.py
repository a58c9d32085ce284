"""Who queries the catalogue sees one publication, whole: while others are made, and when making one is cut off.

STOCKTAKE_KILLS=20 python3 tasks.py test tests/engines/test_catalogue.py    20 kills on each server
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path
from uuid import uuid4

import pyarrow as pa
import pytest
from tests.engines.publisher import ROWS, tables

from stocktake.engines import catalogue as catalogues
from stocktake.engines.access import Access
from stocktake.engines.catalogue import Catalogue
from stocktake.engines.hive import HiveEngine
from stocktake.engines.trino import Trino
from stocktake.errors import EngineError

KILLS = int(os.environ.get("STOCKTAKE_KILLS", "4"))
JOINED = """SELECT COUNT(*), MIN(models.run), MAX(models.run), MIN(owners.run), MAX(owners.run)
FROM hive.{schema}.models AS models INNER JOIN hive.{schema}.owners AS owners ON models.id = owners.id"""


@pytest.fixture
def catalogue(hive: HiveEngine, tmp_path: Path) -> Catalogue:
    """A schema of its own on each server."""
    return Catalogue(hive, tmp_path / "published", f"s_{uuid4().hex[:8]}")


def rows(catalogue: Catalogue, sql: str) -> list[list[object]]:
    return catalogue.engine.connect().run(sql.format(schema=catalogue.schema))


def test_the_published_run_is_queried_by_name(catalogue: Catalogue) -> None:
    """The run before is there no longer, and its files can be taken away."""
    for run in (1, 2):
        catalogue.publish(str(run), tables(run))

    assert catalogue.published() == "2"
    assert rows(catalogue, JOINED) == [[ROWS, 2, 2, 2, 2]]
    catalogue.keep([])
    assert {path.name for path in catalogue.lake.glob("*/*")} == {"published_run=2"}
    assert rows(catalogue, JOINED) == [[ROWS, 2, 2, 2, 2]]


def test_a_table_may_change_its_columns(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A column more, another type, and back again."""
    monkeypatch.setattr(catalogues, "SETTLING", 0)
    for run, values in (("1", {"id": ["a"]}), ("2", {"id": [7], "more": [["x"]]}), ("3", {"id": ["b"]})):
        catalogue.publish(run, {"models": pa.table(values)})
        columns = ", ".join(values)
        told = [
            [str(value) for value in row] for row in rows(catalogue, f"SELECT {columns} FROM hive.{{schema}}.models")
        ]

        assert [row[0] for row in told] == [str(values["id"][0])]


@pytest.mark.parametrize("tables", [{"publication": {"id": ["a"]}}, {"models": {"published_run": ["a"]}}])
def test_the_names_of_publications_are_taken(tables: dict[str, dict[str, list[str]]]) -> None:
    nowhere = Catalogue(Trino(Access("http://trino.example")), Path())

    with pytest.raises(EngineError, match="give it another name"):
        nowhere.publish("1", {name: pa.table(columns) for name, columns in tables.items()})


def test_a_killed_publication_leaves_the_one_before(catalogue: Catalogue) -> None:
    """Readers that join two tables look on all the time, and never see rows of two runs, or fewer than all."""
    catalogue.publish("0", tables(0))
    seen: list[list[object]] = []
    over = threading.Event()
    reader = threading.Thread(target=look_on, args=(catalogue, seen, over))
    reader.start()
    try:
        last = 0
        for _ in range(KILLS):
            last = publish_until_killed(catalogue, last + 1)
    finally:
        over.set()
        reader.join()
    catalogue.publish(str(last + 1), tables(last + 1))
    seen += rows(catalogue, JOINED)

    assert [told for told in seen if told[0] != ROWS or len(set(told[1:])) != 1] == []
    runs = [int(str(told[1])) for told in seen]
    assert runs == sorted(runs)
    assert len(set(runs)) > KILLS // 2
    assert runs[-1] == last + 1


def look_on(catalogue: Catalogue, seen: list[list[object]], over: threading.Event) -> None:
    while not over.is_set():
        seen += rows(catalogue, JOINED)


def publish_until_killed(catalogue: Catalogue, first: int) -> int:
    """The last run whose publication had begun when its process was killed, within its second or third."""
    access = catalogue.engine.access
    script = str(Path(__file__).with_name("publisher.py"))
    words = [catalogue.engine.name, access.address, access.uri, str(catalogue.lake), catalogue.schema, str(first)]
    with subprocess.Popen([sys.executable, script, *words], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        begun = [process.stdout.readline(), process.stdout.readline()]
        time.sleep(random.uniform(0, 1))
        process.kill()
        return int([*begun, *process.stdout][-1])

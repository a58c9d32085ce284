"""The log: appended, numbered, read back."""

from __future__ import annotations

import hashlib
import threading
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from stocktake.errors import Problem
from stocktake.nouns import Record, to_micros
from stocktake.store import VANISHED, Line, PullEntry, Store
from stocktake.store import append as append_module
from stocktake.store import read as read_module
from stocktake.store.purges import Asked, Purge

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
AT = to_micros(NOON)
ASKED = Asked("ana", "she left", "text", NOON)


def line(key: str, body: bytes = b"{}", label: str = "Run") -> Line:
    return Line(label, key, AT, body)


def entry(*, complete: bool = True, part_of: int | None = None, base_id: int | None = None) -> PullEntry:
    return PullEntry("", ("Run",), AT, AT, complete, base_id=base_id, part_of=part_of)


def test_records_are_numbered_one_after_the_other_and_a_pull_comes_after_its_lines(store: Store) -> None:
    """A read at any seq never sees a pull without its lines."""
    pushed = store.append("events", [line("a")])
    pulled = store.append("mlflow", [line("b"), line("c")], entry())

    assert (pushed.first_seq, pushed.last_seq, pushed.pull_id) == (1, 1, None)
    assert (pulled.first_seq, pulled.last_seq, pulled.pull_id) == (2, 3, 4)
    assert store.newest_seq() == 4
    assert store.records()["pull_id"].to_pylist() == [None, 4, 4]


def test_what_was_appended_is_read_back_in_columns(store: Store) -> None:
    store.append("mlflow", [line("a", b'{"x":1}'), Line("Run", "b", AT, None, VANISHED)], entry())

    told = {"pull_id": 3, "source": "mlflow", "label": "Run", "observed_at": AT}
    assert store.records().to_pylist() == [
        told | {"seq": 1, "key": "a", "body_id": 1, "op": 0},
        told | {"seq": 2, "key": "b", "body_id": None, "op": 1},
    ]
    [batch] = store.lines()
    assert batch["body"].to_pylist() == ['{"x":1}', None]
    assert batch["observed_at"].type == pa.timestamp("us")
    assert [each.to_pylist() for each in store.bodies()] == [[{"seq": 1, "body": '{"x":1}'}]]


def test_records_are_read_by_range_label_and_source(store: Store) -> None:
    store.append("one", [line("a"), line("b", label="Model")], entry())
    store.append("two", [line("c"), line("d", label="Model")], entry())

    assert store.records(2, 5)["key"].to_pylist() == ["b", "c", "d"]
    assert store.records(labels=["Model"])["key"].to_pylist() == ["b", "d"]
    assert store.records(sources=["two"], labels=["Run", "Unheard"])["key"].to_pylist() == ["c"]
    assert store.records(sources=[]).num_rows == 0
    assert list(store.lines(sources=["unheard"])) == []


def test_lines_come_so_many_at_a_time(store: Store) -> None:
    store.append("one", [line(str(number)) for number in range(5)])

    assert [batch["seq"].to_pylist() for batch in store.lines((2, 5), ["one"], 3)] == [[2, 3, 4], [5]]


def test_large_bodies_come_fewer_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A batch must fit into memory whatever the tool's answers weigh."""
    monkeypatch.setattr(read_module, "BATCH_BYTES", 1_000)
    monkeypatch.setattr(read_module, "STEP", 2)
    store.append("one", [line(str(number), b"%d" % number * 600) for number in range(5)])

    assert [batch.num_rows for batch in store.lines()] == [2, 2, 1]
    assert [row["body"][:3] for batch in store.lines() for row in batch.to_pylist()] == [
        "000",
        "111",
        "222",
        "333",
        "444",
    ]


def test_bodies_are_read_as_the_text_they_were(store: Store) -> None:
    store.append("one", [line("a", '"ü€𝄞"'.encode()), Line("Run", "b", AT, None, VANISHED), line("c", b'""')])

    assert [row["body"] for batch in store.lines() for row in batch.to_pylist()] == ['"ü€𝄞"', None, '""']


def test_equal_bodies_are_stored_once(store: Store) -> None:
    store.append("one", [line("a", b"[1]"), line("b", b"[1]"), line("c", b"[2]")])
    store.append("two", [line("d", b"[2]"), line("e", b"[3]")])

    a, b, c, d, e = store.records()["body_id"].to_pylist()
    assert a == b
    assert c == d
    assert {a, c, e} == {1, 2, 3}
    assert [record.body for record in store.records_at([4, 3, 1])] == [b"[2]", b"[2]", b"[1]"]


def test_bodies_of_equal_short_hash_are_two_bodies(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is by 64 bits of the hash; identity is by all of it."""
    monkeypatch.setattr(append_module, "short_hashes", lambda digests: [7 for _ in digests])
    store.append("one", [line("a", b"[1]"), line("b", b"[2]")])
    store.append("one", [line("c", b"[2]"), line("d", b"[3]")])

    assert [record.body for record in store.records_at([1, 2, 3, 4])] == [b"[1]", b"[2]", b"[2]", b"[3]"]
    assert len(set(store.records()["body_id"].to_pylist())) == 3


def test_the_stored_hash_is_that_of_the_body(store: Store) -> None:
    store.append("one", [line("a", b"[1]")])

    with store.database.engine.connect() as connection:
        told = "SELECT hash, sha256, size FROM body JOIN body_hash ON body_hash.body_id = body.id"
        short, whole, size = connection.exec_driver_sql(told).one()
    assert (whole, size) == (hashlib.sha256(b"[1]").digest(), 3)
    assert short == int.from_bytes(whole[:8], "big", signed=True)


def test_a_line_may_name_a_body_that_the_log_has(store: Store) -> None:
    store.append("one", [line("a", b"[1]")])
    store.append("one", [Line("Run", "a", AT + 1, None, body_id=1)])

    assert [record.body for record in store.records_at([1, 2])] == [b"[1]", b"[1]"]


def test_a_purged_body_leaves_its_record_and_stays_purged(store: Store) -> None:
    store.append("one", [line("a", b"[1]")])
    store.append("one", [line("b", b"[2]")])

    purge = store.purge([1], ASKED)

    assert purge
    assert purge == Purge(1, ASKED, 1, 1, ((1, 1),), purge.sealed)
    assert store.purges() == [purge]
    assert store.purge([1], ASKED) is None
    store.append("one", [line("c", b"[1]")])

    assert [(each.key, each.body) for each in store.records_at([1, 2, 3])] == [("a", None), ("b", b"[2]"), ("c", None)]
    assert store.bodies_by_id([1, 2]) == {2: b"[2]"}


def test_point_reads_give_records_in_the_order_asked(store: Store) -> None:
    store.append("one", [line("a", b"[1]"), line("b", b"[2]")], entry())

    assert store.record(2) == Record(2, "one", "Run", "b", NOON, b"[2]")
    assert [each.key for each in store.records_at([2, 3, 1, 99])] == ["b", "a"]
    assert store.record(3) is None


def test_pushed_records_are_found_by_their_source(store: Store) -> None:
    store.append("person/ana", [line("edit-1")])
    store.append("mlflow", [line("a")], entry())
    store.append("person/bo", [line("edit-2")])

    assert [each.key for each in store.records_of("person/")] == ["edit-1", "edit-2"]
    assert [each.key for each in store.records_of("person/", known_at=3)] == ["edit-1"]
    assert store.sources() == ["mlflow", "person/ana", "person/bo"]
    if store.database.engine.dialect.name != "sqlite":
        return  # a planner that weighs costs reads so small a table whole
    with store.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM record WHERE record.pull_id IS NULL AND record.source_id IN (1, 3)"
        ).all()
    assert "record_pushed" in str(plan)


def test_pulls_are_read_as_known_then(store: Store) -> None:
    first = store.append("mlflow", [line("a")], entry(complete=False))
    problem = Problem("runs.json:3", "not JSON", "mend it")
    last = PullEntry("prod", ("Run", "Model"), AT, AT + 5, False, part_of=first.pull_id, problems=(problem,))
    store.append("mlflow", [], last)

    assert store.pulls(known_at=2).num_rows == 1
    told = store.pulls().to_pylist()[1]
    assert told["labels"] == ["Model", "Run"]
    assert (told["id"], told["source"], told["scope"], told["part_of"], told["lines"]) == (3, "mlflow", "prod", 2, 0)
    assert told["to_at"].replace(tzinfo=UTC) == NOON + timedelta(microseconds=5)
    assert told["problems"] == '[{"where":"runs.json:3","problem":"not JSON","fix":"mend it"}]'


def test_an_append_that_fails_leaves_nothing(store: Store) -> None:
    bad: list[Line] = [line("a"), Line("Run", "b", "not a time", object())]  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        store.append("one", bad, entry())

    assert store.newest_seq() == 0
    assert store.sources() == []
    assert store.append("one", [line("a")]).first_seq == 1


def test_writers_take_turns_and_no_number_is_given_twice(address: str) -> None:
    def write(name: str) -> None:
        with Store.open(address) as opened:
            for number in range(20):
                opened.append(name, [line(f"{number}"), line(f"{number}/b")], entry())

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Store.open(address) as opened:
        taken = opened.records()["seq"].to_pylist() + opened.pulls()["id"].to_pylist()
        assert sorted(taken) == list(range(1, 181))
        assert opened.newest_seq() == 180


ODD = "a\x00b", "half \ud800 a pair", "ü€𝄞", "\\u0000"
HELD = ["a\\u0000b", "half \\ud800 a pair", "ü€𝄞", "\\u0000"]


def test_texts_that_no_database_holds_are_written_out_alike_on_both_stores(store: Store) -> None:
    """NUL, and half of a surrogate pair; a body is bytes, and kept exactly as it was told."""
    body = b'{"name":"a\\u0000b"}'
    problem = Problem(ODD[0], ODD[1], "mend it")
    for text in ODD:
        store.append(text, [Line(text, text, AT, body)], PullEntry(text, (text,), AT, AT, True, problems=(problem,)))

    rows, pulls = store.records().to_pylist(), store.pulls().to_pylist()
    assert [row["source"] for row in rows] == [row["label"] for row in rows] == [row["key"] for row in rows] == HELD
    assert [row["scope"] for row in pulls] == HELD
    assert [row["labels"] for row in pulls] == [[each] for each in HELD]
    assert {record.body for record in store.records_at(range(9))} == {body}
    assert store.verify() == []

"""The OpenLineage reader: what carries an event, what breaks, and what names it."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.library.real_parts import collected

RUN = {"eventType": "START", "eventTime": "2026-11-23T17:03:02.5+02:00", "run": {"runId": "r1"}, "job": {"name": "j"}}


def write(folder: Path, name: str, *values: Any) -> Path:
    """A file with one JSON value on each line."""
    path = folder / name
    path.write_text("\n".join(value if isinstance(value, str) else json.dumps(value) for value in values), "utf-8")
    return path


def test_an_event_is_found_in_what_carries_it(tmp_path: Path) -> None:
    """A recorded request, a message, a list, an answer and a text that is JSON all hold the same event."""
    write(tmp_path, "a.ndjson", {"path": "/api/v1/lineage", "headers": {}, "body": RUN}, {"value": json.dumps(RUN)})
    write(tmp_path, "b.json", [RUN, [RUN]])
    write(tmp_path, "c.json", {"events": [RUN], "totalCount": 1})
    (tmp_path / "d.jsonl.gz").write_bytes(gzip.compress(json.dumps(RUN).encode()))

    seen, problems = collected("openlineage", tmp_path)

    assert (len(seen), problems) == (6, [])
    assert {(each.label, each.key[:36]) for each in seen} == {("RunEvent", seen[0].key[:36])}
    assert all(each.body == RUN for each in seen)


def test_an_event_was_observed_when_it_happened(tmp_path: Path) -> None:
    """Its time is the event's, in UTC; a time that can't be read is left to the time of reading."""
    write(tmp_path, "a.ndjson", RUN, RUN | {"eventTime": "{{ now }}"}, RUN | {"eventTime": 1700000000000})

    times = [each.observed_at for each in collected("openlineage", tmp_path)[0]]

    assert times == [
        datetime(2026, 11, 23, 15, 3, 2, 500000, UTC),
        None,
        datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC),
    ]


def test_each_shape_has_its_label(tmp_path: Path) -> None:
    """Runs, datasets, jobs, a facet by itself; anything else is a document, kept and counted."""
    dataset, job = {"namespace": "n", "name": "d"}, {"namespace": "n", "name": "j"}
    shapes = [RUN, {"dataset": dataset}, {"job": job}, {"lineage": {"entries": []}}, {"inputs": [dataset]}, {"x": 1}]
    write(tmp_path, "a.ndjson", *shapes)

    labels = [each.label for each in collected("openlineage", tmp_path)[0]]

    assert labels == ["RunEvent", "DatasetEvent", "JobEvent", "LineageFacet", "RunEvent", "Document"]


def test_a_broken_line_is_named_and_the_rest_lands(tmp_path: Path) -> None:
    """Each problem says its file and line."""
    write(tmp_path, "a.ndjson", RUN, "{broken", "", "3", RUN | {"eventType": "COMPLETE"})
    write(tmp_path, "b.json", '{\n  "a": 1,\n  "b" 2}')
    write(tmp_path, "c.json", RUN, RUN)
    (tmp_path / "d.ndjson.gz").write_bytes(b"no gzip")

    seen, problems = collected("openlineage", tmp_path)

    assert len(seen) == 4
    assert [problem.where for problem in problems] == ["a.ndjson:2", "a.ndjson:4", "b.json:3", "d.ndjson.gz"]


def test_what_a_lineage_server_lists_is_no_event(tmp_path: Path) -> None:
    """Its jobs have inputs and outputs too, and a name of their own."""
    write(
        tmp_path, "a.json", [{"name": "j", "type": "BATCH", "inputs": [], "outputs": []}, {"inputs": [], "outputs": []}]
    )

    assert [each.label for each in collected("openlineage", tmp_path)[0]] == ["Document", "RunEvent"]


def test_two_partial_events_of_one_moment_are_two_records(tmp_path: Path) -> None:
    """Producers send parts of one run at one time: their keys differ, the key of an equal one does not."""
    write(tmp_path, "a.ndjson", RUN, RUN | {"inputs": []}, RUN)

    keys = [each.key for each in collected("openlineage", tmp_path)[0]]

    assert keys[0] == keys[2] != keys[1]

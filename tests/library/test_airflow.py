"""The Airflow reader: recorded answers, and a server on loopback that answers as Airflow's REST v2 does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.library.real_parts import collected

from stocktake.errors import Problem
from stocktake.library.connectors.airflow import CALLS, collect
from stocktake.nouns import Seen, Source

ANSWERS: dict[str, list[dict[str, Any]]] = {
    "dags": [{"dag_id": "churn", "is_paused": False}],
    "dag_runs": [{"dag_id": "churn", "dag_run_id": f"manual__{number}"} for number in range(250)],
    "task_instances": [{"dag_id": "churn", "dag_run_id": "manual__1", "task_id": "train", "map_index": -1}],
    "assets": [{"id": 1, "uri": "file:///lake/x.parquet", "name": "x"}],
    "asset_events": [{"id": 7, "uri": "file:///lake/x.parquet", "timestamp": "2026-11-23T17:04:39Z"}],
}


@contextmanager
def serving(answers: dict[str, list[dict[str, Any]]], *, repeats: bool = False, lacks: str = "") -> Iterator[str]:
    """A server with these lists, paged. repeats: each page is the first one. lacks: a list that it answers in HTML."""
    by_path = {path: name for name, path in CALLS.items()}

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_right = told == {"username": "ana", "password": "pw"} and self.path == "/auth/token"
            self.reply({"access_token": "jwt"} if is_right else {"detail": "no"}, 201 if is_right else 401)

        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            query = {name: int(values[0]) for name, values in parse_qs(asked.query).items()}
            name = by_path[asked.path]
            if self.headers["Authorization"] != "Bearer jwt":
                self.reply({"detail": "Unauthorized"}, 401)
            elif name == lacks:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>log in</html>")
            else:
                start = 0 if repeats else query["offset"]
                page = answers[name][start : start + query["limit"]]
                self.reply({name: page, "total_entries": len(answers[name]), "total_entries_limit": None}, 200)

        def reply(self, value: Any, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(value).encode())

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def asked(url: str, **settings: Any) -> tuple[list[Seen], list[Problem]]:
    """What the connector sees of a server, and its problems."""
    told = list(collect(Source("airflow", "airflow", {"url": url, "token": "jwt", **settings})))
    return [each for each in told if isinstance(each, Seen)], [each for each in told if isinstance(each, Problem)]


def test_every_page_of_every_list_comes() -> None:
    """250 runs in pages of 100, and one of each other thing, each under its own key."""
    with serving(ANSWERS) as url:
        seen, problems = asked(url)

    assert problems == []
    assert len({(each.label, each.key) for each in seen}) == len(seen) == 254
    assert {each.label for each in seen} == {"Dag", "DagRun", "TaskInstance", "Asset", "AssetEvent"}
    assert next(each.key for each in seen if each.label == "TaskInstance") == "churn/manual__1/train/-1"


def test_a_user_name_and_password_fetch_the_token() -> None:
    """Airflow 3 wants a token, which it gives for a password."""
    with serving(ANSWERS) as url:
        seen, problems = asked(url, token=None, username="ana", password="pw")

    assert (len(seen), problems) == (254, [])


def test_a_list_that_lies_is_a_problem_and_the_others_come() -> None:
    """HTML instead of JSON, and pages that repeat, are named with the call; nothing else is lost."""
    with serving(ANSWERS, lacks="assets") as url:
        seen, problems = asked(url)
    with serving(ANSWERS, repeats=True) as url:
        repeated = asked(url)[1]

    assert len(seen) == 253
    assert [problem.where.rpartition("/api/v2")[2] for problem in problems] == ["/assets"]
    assert ["dagRuns" in problem.where and "repeats" in problem.problem for problem in repeated] == [True]


def test_a_refused_token_is_told_with_its_remedy() -> None:
    """Each list is refused; each problem says what to set."""
    with serving(ANSWERS) as url:
        seen, problems = asked(url, token="old")

    assert seen == []
    assert all("token" in problem.fix for problem in problems)
    assert len(problems) == len(CALLS)


def test_recorded_pages_that_are_missing_are_a_problem(tmp_path: Path) -> None:
    """The total that an answer tells is more than the pages hold."""
    page = {"dag_runs": ANSWERS["dag_runs"][:100], "total_entries": 250}
    (tmp_path / "dagRuns.1.json").write_text(json.dumps(page), "utf-8")
    (tmp_path / "dag.json").write_text(json.dumps(ANSWERS["dags"][0]), "utf-8")
    (tmp_path / "version.json").write_text('{"version": "3.3.2"}', "utf-8")
    (tmp_path / "broken.json").write_text('{"dags": [', "utf-8")

    seen, problems = collected("airflow", tmp_path)

    assert len(seen) == 102
    assert {each.label for each in seen} == {"Dag", "DagRun", "Document"}
    assert [(problem.where, problem.problem.partition(":")[0]) for problem in problems] == [
        ("broken.json:1", "not JSON"),
        (str(tmp_path), "100 of 250 dag_runs came"),
    ]


def test_airflow_2_is_read_from_its_recorded_answers(tmp_path: Path) -> None:
    """REST v1 calls assets datasets."""
    (tmp_path / "datasets.json").write_text('{"datasets": [{"id": 1, "uri": "s3://b/k"}], "total_entries": 1}', "utf-8")

    seen, problems = collected("airflow", tmp_path)

    assert [(each.label, each.key) for each in seen] == [("Asset", "s3://b/k")]
    assert problems == []

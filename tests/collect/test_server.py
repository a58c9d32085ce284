"""A tool's API: what is no answer of the tool is refused with a remedy, and never taken for an empty list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.servers.pretend import Answer, answering
from tests.servers.process import free_port

from stocktake.collect import server as module
from stocktake.collect.server import NotThereError, Server, pages
from stocktake.errors import CollectError
from stocktake.nouns import Source


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda _: None)


def server_at(url: str, **settings: Any) -> Server:
    return Server(Source("s", "c", {"url": url, **settings}))


@pytest.mark.parametrize(
    ("status", "value", "problem"),
    [
        (200, b"<html>Sign in</html>", "no JSON but text/html: <html>Sign in</html>"),
        (200, b'{"items": [1, 2', "no JSON"),
        (200, [1], "an answer that is no object"),
        (200, {"other": 1}, "an answer without 'items'"),
        (200, {}, "an answer without 'items'"),
        (403, {"error": "no"}, "refused (403)"),
        (500, {"error": "no"}, "error 500"),
    ],
)
def test_what_is_no_answer_is_refused(status: int, value: Any, problem: str) -> None:
    with answering((status, value)) as url, pytest.raises(CollectError) as refused:
        server_at(url).get("/things", expected="items")

    told = refused.value.problems[0]
    assert told.where == f"GET {url}/things"
    assert told.problem.startswith(problem)
    assert told.fix


def test_an_empty_object_is_an_empty_list_where_the_tool_leaves_lists_out() -> None:
    with answering((200, {})) as url:
        assert server_at(url).post("/things", {}, expected="items", or_empty=True) == {}


def test_a_path_that_the_server_does_not_know_is_told_apart() -> None:
    with answering((404, b"nothing")) as url, pytest.raises(NotThereError):
        server_at(url).get("/things", expected="items")


def test_a_busy_server_is_asked_again() -> None:
    answers: Iterator[Answer] = iter([(503, b"busy"), (429, b"busy"), (200, {"items": [1]})])
    with answering(lambda *_: next(answers)) as url:
        assert server_at(url).get("/things", expected="items") == {"items": [1]}


def test_a_server_that_is_down_is_reported() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    with pytest.raises(CollectError, match="no answer"):
        server_at(url).get("/things", expected="items")


def test_a_password_in_the_url_is_in_no_message() -> None:
    with pytest.raises(CollectError) as refused:
        server_at(f"http://ana:secret@127.0.0.1:{free_port()}").get("/things", expected="items")

    assert "secret" not in str(refused.value)


def test_pages_follow_each_other_until_none_is_left() -> None:
    told = {None: {"items": [1], "next_page_token": "a"}, "a": {"items": [2], "next_page_token": ""}}

    assert [page["items"] for page in pages(told.__getitem__, "here")] == [[1], [2]]


def test_a_page_that_repeats_is_refused() -> None:
    """A server that forgets its token would be read for ever."""
    with pytest.raises(CollectError, match="came twice"):
        list(pages(lambda _: {"items": [1], "next_page_token": "a"}, "here"))

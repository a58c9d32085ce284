"""A tool's HTTP API: JSON answers, retried where that helps, and refused with a remedy where they are none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx

from stocktake.errors import CollectError
from stocktake.nouns import Source

ATTEMPTS = 4
PASSING = {408, 425, 429, 500, 502, 503, 504}


class Server:
    """The server that a source's `url` names.

    Settings: `token` (bearer), or `username` and `password`; `headers`; `timeout` in seconds (default 30);
    `verify`, a file of certificates, or false.
    """

    def __init__(self, source: Source) -> None:
        settings = source.settings
        self.url = str(settings["url"]).rstrip("/")
        parts = urlsplit(self.url)
        self.host = parts.netloc.rpartition("@")[2] or self.url
        self.shown = parts._replace(netloc=self.host).geturl() if parts.netloc else self.url  # without a password
        headers = {str(k): str(v) for k, v in (settings.get("headers") or {}).items()}
        if settings.get("token"):
            headers["Authorization"] = f"Bearer {settings['token']}"
        user = settings.get("username")
        self.client = httpx.Client(
            headers=headers,
            auth=(str(user), str(settings.get("password", ""))) if user else None,
            timeout=float(settings.get("timeout", 30)),
            verify=settings.get("verify", True),
            follow_redirects=True,
        )

    def get(self, path: str, *, expected: str, or_empty: bool = False, **query: Any) -> Any:
        """The JSON object that a GET answers.

        expected: a key that it must have, else it is no answer of this tool. or_empty: it may also have nothing.
        """
        told = {name: value for name, value in query.items() if value is not None}
        return _checked(self.ask("GET", path, params=told), f"GET {self.shown}{path}", expected, or_empty)

    def post(self, path: str, body: dict[str, Any], *, expected: str, or_empty: bool = False) -> Any:
        """The JSON object that a POST answers; otherwise as `get`."""
        return _checked(self.ask("POST", path, json=body), f"POST {self.shown}{path}", expected, or_empty)

    def ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """One answer; a server that is down or busy is asked again. Raises CollectError, NotThereError for a 404."""
        where = f"{method} {self.shown}{path}"
        for attempt in range(1, ATTEMPTS + 1):
            try:
                answer = self.client.request(method, self.url + path, **request)
            except httpx.InvalidURL as error:
                raise CollectError(where, f"not a URL: {error}", "mend `url:` of the source") from error
            except httpx.HTTPError as error:
                if attempt == ATTEMPTS:
                    reason = f"no answer: {str(error) or type(error).__name__}"
                    raise CollectError(where, reason, "check that the server is up and that `url:` is right") from error
            else:
                if answer.status_code not in PASSING or attempt == ATTEMPTS:
                    return _read(answer, where)
            time.sleep(0.2 * 3 ** (attempt - 1))
        raise AssertionError("the last attempt returns or raises")


class NotThereError(CollectError):
    """The server does not know the path: an older version, or another tool."""


def _read(answer: httpx.Response, where: str) -> dict[str, Any]:
    """The JSON object of an answer, or what is wrong with it."""
    if answer.status_code in (401, 403):
        raise CollectError(
            where,
            f"refused ({answer.status_code})",
            "give the source a `token:`, or `username:` and `password:`, that may read this",
        )
    if answer.status_code == 404:
        raise NotThereError(
            where, f"not found: {_short(answer)}", "check `url:`, and that the server's version has this call"
        )
    if answer.status_code >= 400:
        raise CollectError(
            where, f"error {answer.status_code}: {_short(answer)}", "look into the server's log, and collect again"
        )
    try:
        value = answer.json()
    except ValueError as error:
        kind = answer.headers.get("content-type", "no content type")
        raise CollectError(
            where, f"no JSON but {kind}: {_short(answer)}", "check `url:`: this may be a login page or a proxy"
        ) from error
    if not isinstance(value, dict):
        raise CollectError(where, f"an answer that is no object: {_short(answer)}", "check that `url:` is this tool's")
    return value


def _checked(value: dict[str, Any], where: str, expected: str, or_empty: bool) -> dict[str, Any]:
    """An answer that has what this tool's answers have: taking another's for an empty list would retire everything."""
    if expected in value or (or_empty and set(value) <= {"next_page_token"}):
        return value
    raise CollectError(where, f"an answer without {expected!r}: {str(value)[:200]}", "check that `url:` is this tool's")


def pages(ask: Any, where: str, *, token: str = "next_page_token") -> Iterator[dict[str, Any]]:
    """Every page that `ask(token)` answers, until one has no next token.

    Raises CollectError when a token comes twice: the server would repeat its pages for ever.
    """
    seen: set[str] = set()
    following: str | None = None
    while True:
        page = ask(following)
        yield page
        following = page.get(token) or None
        if following is None:
            return
        if following in seen:
            raise CollectError(
                where,
                f"the page token {following!r} came twice",
                "collect again; if it stays, report it to the server's operator",
            )
        seen.add(following)


def _short(answer: httpx.Response) -> str:
    """The beginning of an answer, on one line."""
    return " ".join(answer.text.split())[:200]

"""How requests travel to PrestoDB and Trino: as whom, trusting whose certificates, and what goes wrong on the way."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http.client import BadStatusLine
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth

from stocktake.engines.access import Access
from stocktake.errors import EngineError

REFUSED = (401, 403)


class RefusedError(requests.RequestException):
    """The server does not let this user in. Its text is the server's reason."""


class _Bearer(AuthBase):
    """A token goes with each request."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


class _Trusting(HTTPAdapter):
    """Trusts the certificates of one file, also where REQUESTS_CA_BUNDLE names another, which else comes first."""

    def __init__(self, verify: str) -> None:
        self.verify = verify
        super().__init__()

    def send(self, request: requests.PreparedRequest, *words: Any, **named: Any) -> requests.Response:
        """The answer to a request."""
        return super().send(request, *words, **{**named, "verify": self.verify})


def open_session(access: Access) -> requests.Session:
    """What a client sends its requests by. Raises EngineError where the file of certificates can't be used."""
    session = requests.Session()
    if access.token:
        session.auth = _Bearer(access.token)
    elif access.password:
        session.auth = HTTPBasicAuth(access.user.encode(), access.password.encode())
    if access.verify:
        _check_certificates(access)
        session.mount("https://", _Trusting(str(access.verify)))
    session.hooks["response"].append(_check_answer)
    return session


def _check_certificates(access: Access) -> None:
    try:
        ssl.create_default_context(cafile=access.verify)
    except OSError as error:
        problem = f"verify: {access.verify} can't be used: {error.strerror or error}"
        fix = "name a file of certificates in PEM form, that of the authority which signed the server's"
        raise EngineError(access.where or access.shown, problem, fix) from error


def _check_answer(response: requests.Response, *_: Any, **__: Any) -> None:
    """Raises RefusedError in the server's words, which Trino puts into the body and PrestoDB into the first line."""
    if response.status_code in REFUSED:
        is_text = response.headers.get("Content-Type", "").startswith("text/plain")
        told = (is_text and response.text.strip()) or response.reason or str(response.status_code)
        response.close()
        raise RefusedError(told)


def explain(error: Exception, access: Access) -> tuple[str, str]:
    """What went wrong on the way to a server, and how to mend it."""
    told = str(error)
    for each in _causes(error):
        if isinstance(each, RefusedError):
            return f"does not let {access.user} in: {each}", _fix_of_refusal(access)
        if isinstance(each, ssl.SSLCertVerificationError):
            return f"can't be trusted: {each.verify_message}", _fix_of_trust(each.verify_message)
        if isinstance(each, ssl.SSLError):
            return f"speaks no TLS: {each.reason or each}", "use http://, or the port that the server has for https://"
        if isinstance(each, BadStatusLine):
            return "does not answer in HTTP", "use https://, or the port that the server has for http://"
        if isinstance(each, OSError) and each.strerror:
            told = each.strerror
    return f"can't be asked: {told}", "start it, or let `address` lead to one that runs"


def _causes(error: object) -> Iterator[BaseException]:
    """An error, and all that it came from: clients and urllib3 wrap what happened several times."""
    seen, left = set[int](), [error]
    while left:
        each = left.pop(0)
        if isinstance(each, BaseException) and id(each) not in seen:
            seen.add(id(each))
            yield each
            left += [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]


def _fix_of_refusal(access: Access) -> str:
    if access.token:
        return "let `token` be one that is valid now, and that this server takes"
    if access.password:
        return "let `user` and `password` be those that the server knows"
    return "add `password` or `token`, and use https://"


def _fix_of_trust(told: str) -> str:
    if "mismatch" in told:
        return "let `address` name the server as its certificate does"
    if "expired" in told or "not yet valid" in told:
        return "let the server have a certificate that is valid now"
    return "let `verify` name the file (PEM) with the certificate of the authority which signed the server's"

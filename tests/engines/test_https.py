"""PrestoDB and Trino by HTTPS, with a password or a token, on real servers; no error tells a secret."""

from __future__ import annotations

import traceback
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme
from tests.engines.test_hive import OWNERS, STEPS
from tests.servers.secured import PASSWORD, token

from stocktake.engines.access import Access
from stocktake.engines.ask import Ask
from stocktake.engines.duckdb import DuckDb
from stocktake.engines.hive import HiveEngine
from stocktake.errors import EngineError

WHERE = "stocktake.yaml:7"
ANOTHER = "another-pass-word"


def asked(engine: HiveEngine, **told: Any) -> HiveEngine:
    """The engine with other words on how it is reached."""
    return replace(engine, access=replace(engine.access, where=WHERE, **told))


def refusal(engine: HiveEngine) -> str:
    """What is told where the server can't be asked; nowhere in it is a secret."""
    with pytest.raises(EngineError) as caught:
        engine.connect().run("SELECT 1")
    whole = "".join(traceback.format_exception(caught.value))
    assert not [each for each in engine.access.secrets if each in whole]
    return str(caught.value)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate of an authority that signed nothing."""
    path = tmp_path_factory.mktemp("stranger") / "authority.pem"
    trustme.CA().cert_pem.write_to_path(str(path))
    return path


@pytest.mark.parametrize("secret", [{"password": PASSWORD}, {"token": token()}], ids=["password", "token"])
def test_who_says_who_he_is_gets_the_same_rows(secured: HiveEngine, secret: dict[str, str]) -> None:
    """From working tables that the server makes for him, and takes away again."""
    engine = asked(secured, **secret)

    assert engine.run_tables(STEPS, OWNERS) == DuckDb().run_tables(STEPS, OWNERS)
    assert "alice in; catalogue hive is there, schema stocktake_work is there" in engine.greet()


@pytest.mark.parametrize(
    ("secret", "told", "fix"),
    [
        ({}, "Unauthorized", "add `password` or `token`"),
        ({"password": ANOTHER}, "Invalid credentials", "let `user` and `password` be"),
        ({"password": PASSWORD, "user": "mallory"}, "Invalid credentials", "let `user` and `password` be"),
        ({"token": token(seconds=-60)}, "JWT expired", "let `token` be one that is valid now"),
        ({"token": token(key=b"a key that no server of ours knows")}, "signature", "let `token` be one that is valid"),
        ({"token": "no-token-at-all"}, "JW", "let `token` be one that is valid now"),
    ],
    ids=["nothing", "password", "user", "expired", "signature", "no token"],
)
def test_who_is_not_let_in_is_told_why(secured: HiveEngine, secret: dict[str, str], told: str, fix: str) -> None:
    """In the server's words, by the line of the settings."""
    found = refusal(asked(secured, **secret))

    assert found.startswith(f"{WHERE}: {secured.product} at {secured.access.address} does not let ")
    assert told in found
    assert f"fix: {fix}" in found


def test_a_step_that_is_not_let_in_is_the_settings_problem(secured: HiveEngine) -> None:
    with pytest.raises(EngineError, match="Invalid credentials") as caught:
        asked(secured, password=ANOTHER).run_tables(STEPS, OWNERS)

    assert caught.value.problems[0].where == WHERE


def test_a_token_of_somebody_else(secured_trino: HiveEngine) -> None:
    """PrestoDB lets everybody act for everybody, unless it has rules."""
    found = refusal(asked(secured_trino, token=token("bob")))

    assert "User bob cannot impersonate user alice" in found
    assert "let `user` be the one to whom" in found


def test_a_certificate_of_an_unknown_authority(
    secured: HiveEngine, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy names the setting, whether it is missing or leads to another authority."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)

    for verify in (None, stranger):
        found = refusal(asked(secured, password=PASSWORD, verify=verify))
        assert "can't be trusted: unable to get local issuer certificate\n  fix: let `verify` name the file" in found


def test_verify_counts_whatever_the_environment_trusts(
    secured: HiveEngine, stranger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(stranger))

    assert asked(secured, password=PASSWORD).connect().run("SELECT 1") == [[1]]


def test_a_certificate_of_another_name(secured: HiveEngine) -> None:
    found = refusal(asked(secured, password=PASSWORD, address=secured.access.address.replace("127.0.0.1", "localhost")))

    assert "fix: let `address` name the server as its certificate does" in found


@pytest.mark.parametrize(("text", "told"), [(None, "No such file"), ("dear diary", "no certificate")])
def test_a_file_of_certificates_that_is_none(tmp_path: Path, secured: HiveEngine, text: str | None, told: str) -> None:
    file = tmp_path / "authority.pem"
    if text is not None:
        file.write_text(text)

    assert told in refusal(asked(secured, password=PASSWORD, verify=file))


def test_the_wrong_door(secured: HiveEngine, request: pytest.FixtureRequest) -> None:
    """HTTP where the server speaks HTTPS, and the other way about."""
    plain = request.getfixturevalue(secured.name).access.address

    assert "use https://" in refusal(asked(secured, address=secured.access.address.replace("https", "http")))
    assert "speaks no TLS" in refusal(asked(secured, address=plain.replace("http", "https"), password=PASSWORD))


def test_properties_reach_the_server(secured: HiveEngine) -> None:
    """Those of the session, and those of its catalogue."""
    properties = {"query_max_run_time": "7m", "hive.insert_existing_partitions_behavior": "OVERWRITE"}
    shown = asked(secured, password=PASSWORD, properties=properties).connect().run("SHOW SESSION")

    assert {row[0]: row[1] for row in shown if row[0] in properties} == properties


def test_a_property_that_the_server_does_not_know(secured: HiveEngine) -> None:
    found = refusal(asked(secured, password=PASSWORD, properties={"colour": "red"}))

    assert "colour" in found
    assert "fix: mend `properties`" in found


def test_a_server_that_says_a_secret_again_is_not_quoted() -> None:
    told = Ask("Trino", Access("https://trino.example", token="e30.secret"), lambda: None, None)  # type: ignore[arg-type]

    assert "e30" not in str(told._unreached(OSError("bad header: Bearer e30.secret")))

"""Planted secrets never reach the log; what merely looks odd stays as the tool said it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.collect.conftest import Collect, told

from stocktake.collect.bodies import decode, encode
from stocktake.collect.scrub import SCRUBBED, Scrubber
from stocktake.collect.secret_names import promises
from stocktake.store import Store

# Made up here, in the forms of the real ones; put together so that no scanner takes this file for a leak.
AWS_ID = "AKIA" + "IOSFODNN7EXAMPLE"
AWS_SECRET = "wJalrXUtnFEMI" + "/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0" + ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
GITHUB = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
KEY_BLOCK = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEA0Z3V\nabc=\n-----END RSA PRIVATE KEY-----"

PLANTED: list[tuple[Any, str]] = [
    ({"password": "hunter2"}, "hunter2"),
    ({"db": {"Passwd": "hunter2"}}, "hunter2"),
    ({"DB_PASSWORD": 4711123}, "4711123"),
    ({"passwords": ["hunter2", "swordfish"]}, "swordfish"),
    ({"api_key": "k-12345"}, "k-12345"),
    ({"x-api-key": "k-12345"}, "k-12345"),
    ({"apiKey": "k-12345"}, "k-12345"),
    ({"client_secret": "s3cr3t"}, "s3cr3t"),
    ({"aws_secret_access_key": AWS_SECRET}, AWS_SECRET),
    ({"AWS_ACCESS_KEY_ID": AWS_ID}, AWS_ID),
    ({"note": f"use {AWS_ID} for now"}, AWS_ID),
    ({"note": AWS_SECRET}, AWS_SECRET),
    ({"auth_token": "9f8e7d6c5b4a"}, "9f8e7d6c5b4a"),
    ({"token": "tok-abc123def"}, "tok-abc123def"),
    ({"Authorization": "Basic dXNlcjpwYXNz"}, "dXNlcjpwYXNz"),
    ({"headers": [["Authorization", "Bearer abc123def456ghi789"]]}, "abc123def456ghi789"),
    ({"log": "sent Authorization: Bearer abc123def456ghi7 to it"}, "abc123def456ghi7"),
    ({"log": "curl -H 'authorization: token 0123abcd'"}, "0123abcd"),
    ({"text": f"bearer {JWT}"}, JWT),
    ({"x": JWT}, JWT),
    ({"env": [{"name": "MLFLOW_TRACKING_PASSWORD", "value": "hunter2"}]}, "hunter2"),
    ({"tags": [{"Key": "db-password", "Value": "hunter2"}]}, "hunter2"),
    ({"args": ["train.py", "--password", "hunter2", "--epochs", "3"]}, "hunter2"),
    ({"args": ["--api-key=k12345"]}, "k12345"),
    ({"command": "train.py --password hunter2 --epochs 3"}, "hunter2"),
    ({"command": "PGPASSWORD=hunter2 psql -h db"}, "hunter2"),
    ({"url": "postgresql://mlflow:hunter2@db:5432/mlflow"}, "hunter2"),
    ({"url": "mongodb+srv://u:p%40ss@cluster0.example.net/db"}, "p%40ss"),
    ({"remote": f"https://{GITHUB}@github.com/acme/churn.git"}, GITHUB),
    ({"remote": f"https://x-access-token:{GITHUB}@github.com/acme/churn.git"}, GITHUB),
    ({"dsn": "Server=db;Database=ml;User Id=sa;Password=hunter2;"}, "hunter2"),
    ({"conn": "DefaultEndpointsProtocol=https;AccountName=ml;AccountKey=Zm9vYmFyYmF6cXV4==;"}, "Zm9vYmFyYmF6cXV4=="),
    ({"uri": "https://ml.blob.core.example/x?sv=2024&sig=abc%2Fdef%3D"}, "abc%2Fdef%3D"),
    ({"uri": "https://b.s3.example/k?X-Amz-Credential=AK%2F1&X-Amz-Signature=fe5f80f77d5fa3be"}, "fe5f80f77d5fa3be"),
    ({"json": '{"user": "ana", "password": "hunter2"}'}, "hunter2"),
    ({"json": '{"inner": "{\\"password\\": \\"hunter2\\"}"}'}, "hunter2"),
    ({"cert": KEY_BLOCK}, "MIIEowIBAAKCAQEA0Z3V"),
    ({"cert": KEY_BLOCK.partition("-----END")[0]}, "MIIEowIBAAKCAQEA0Z3V"),
    ({"kind": "Secret", "data": {"user": "YW5h", "x": "aHVudGVyMg=="}}, "aHVudGVyMg=="),
    ({"slack": "xoxb-" + "1234567890-abcdefghij"}, "1234567890-abcdefghij"),
    ({"hub": "hf_" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345"}, "AbCdEfGhIjKlMnOpQrStUvWxYz012345"),
    ({GITHUB: "as a key"}, GITHUB),
]  # fmt: skip

INNOCENT: list[Any] = [
    {"mlflow.source.git.commit": "b1153a6e0f6d9c1a2b3c4d5e6f708192a3b4c5d6"},
    {"commit": "B1153A6E0F6D9C1A2B3C4D5E6F708192A3B4C5D6"},
    {"digest": "sha256:" + "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
    {"run_id": "eb1e5d357c7e4438ab30fa62c7f1c9bf", "md5": "d41d8cd98f00b204e9800998ecf8427e"},
    {"runId": "01a20963-7a1c-7d2e-9b56-0242ac120002", "model_id": "m-e51e6a5e7f0d4d1b8a2c3d4e5f607182"},
    {"image": "docker-pullable://python:3.9@sha256:" + "ab" * 32},
    {"image": "registry.acme.example:5000/serve@sha256:" + "ab" * 32},
    {"remote": "git@github.com:acme/churn.git", "ssh": "ssh://git@github.com/acme/churn.git"},
    {"arn": "arn:aws:sagemaker:eu-west-1:123456789012:model-package/acme-churn/2"},
    {"uri": "s3://acme-models/Churn2024/Artifacts/ModelBinary1"},
    {"path": "models/Acme1/ChurnPrediction/Artifacts2"},
    {"max_tokens": 512, "pad_token": "<pad>", "eos_token": "</s>", "tokenizer": "bert", "num_token": 5},
    {"special": {"mask_token": "[MASK]"}, "tokenizer_class": "LlamaTokenizerFast", "token_type": "subword"},
    {"next_page_token": "Q2hJZ2NtVm5hWE4wWlhKbA=="},
    {"volumes": [{"secret": {"secretName": "s3-credentials"}}], "secretKeyRef": {"name": "s3", "key": "password"}},
    {"password": "", "token": None, "secret": "${DB_SECRET}", "api_key": "{{ var.value.key }}"},
    {"PWD": "/home/ana/churn"},
    {"description": "The bearer responsibilities and the basic understanding of a token: the unit of text."},
    {"columns": ["password_resets", "email"], "join_key": "customer_id", "primary_key": "id", "key": "value"},
    {"signature": {"inputs": "[]"}, "namespace": "mlflow://127.0.0.1:5050|models"},
    {"dataset": "duckdb:///srv/acme/lake.duckdb", "url": "https://acme.example/a:b@c"},
    {"email": "growth@acme.example", "owner": "@acme/growth"},
]  # fmt: skip


def scrubbed(value: Any, *literals: str) -> bytes:
    """A body as the pull treats it: looked at only where it is suspect."""
    scrubber = Scrubber(literals)
    body = encode(value)
    return encode(scrubber.value(decode(body))) if scrubber.suspects([body]) else body


@pytest.mark.parametrize(("value", "secret"), PLANTED)
def test_a_planted_secret_is_taken_out(value: Any, secret: str) -> None:
    body = scrubbed(value)

    assert secret.encode() not in body
    assert SCRUBBED.encode() in body


@pytest.mark.parametrize("value", INNOCENT)
def test_what_is_no_secret_stays_as_it_was_told(value: Any) -> None:
    """Commits, digests, run ids and places hold the graph together."""
    assert scrubbed(value) == encode(value)
    assert encode(Scrubber().value(value)) == encode(value)


@pytest.mark.parametrize(("value", "secret"), PLANTED)
def test_scrubbing_again_changes_nothing(value: Any, secret: str) -> None:
    """Else a body read back and collected again would be another one."""
    body = scrubbed(value)

    assert scrubbed(decode(body)) == body


def test_what_stands_around_a_secret_is_kept() -> None:
    assert decode(scrubbed({"url": "postgresql://mlflow:hunter2@db:5432/mlflow", "n": 1})) == {
        "url": "postgresql://[scrubbed]@db:5432/mlflow", "n": 1,
    }  # fmt: skip
    assert decode(scrubbed({"command": "train --password=hunter2 --epochs 3"})) == {
        "command": "train --password=[scrubbed] --epochs 3"
    }


def test_the_sources_own_secret_is_taken_out_wherever_it_stands() -> None:
    assert b"correct horse" not in scrubbed({"note": "try correct horse battery"}, "correct horse battery")


@pytest.mark.parametrize(
    ("name", "promise"),
    [
        ("AWS_SECRET_ACCESS_KEY", "sure"), ("dbPassword", "sure"), ("x-api-key", "sure"), ("refreshToken", "likely"),
        ("secretName", ""), ("tokenizer", ""), ("join_key", ""), ("passwordless", ""), ("author", ""), ("path", ""),
    ],
)  # fmt: skip
def test_names_promise_a_secret_or_do_not(name: str, promise: str) -> None:
    assert promises(name) == promise


def test_no_secret_of_a_pull_is_in_any_file_of_the_store(store: Store, collect: Collect) -> None:
    """Neither in bodies, nor in keys, nor in problems, nor where the source's own secret is repeated by the tool."""
    collect(
        ("Run", f"https://{GITHUB}@github.com/x", {"password": "hunter2", "echo": "swordfish-of-the-source"}),
        "problem",
        token="${TOOL_TOKEN}",
        environment={"TOOL_TOKEN": "swordfish-of-the-source"},
    )

    files = b"".join(path.read_bytes() for path in Path(store.where).parent.glob("store.sqlite*"))
    for secret in (GITHUB, "hunter2", "swordfish-of-the-source"):
        assert secret.encode() not in files
    assert told(store)[0][:2] == ("https://[scrubbed]@github.com/x", '{"echo":"[scrubbed]","password":"[scrubbed]"}')

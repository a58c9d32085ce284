"""The secured door of a test's PrestoDB or Trino: HTTPS, passwords and tokens; all other tests use the open one.

Whoever comes by HTTPS must say who he is; both doors lead to the same server, which is started once for all tests.
"""

from __future__ import annotations

import base64
import hashlib
import time
from dataclasses import dataclass
from pathlib import Path

import trustme
from joserfc import jwt
from joserfc.jwk import OctKey

USER = "alice"
PASSWORD = "pass-word-of-the-tests"
KEY = b"the key by which the tokens of the tests are signed"
ROUNDS = 1000
"""Of PBKDF2: the fewest that a server takes."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where the secured door is. address: by HTTPS. authority: the file of the certificate to trust."""

    address: str
    authority: Path

    @classmethod
    def at(cls, folder: Path) -> Door:
        """The door of the server that keeps all it has in a folder."""
        return cls((folder / "etc" / "door").read_text(), folder / "etc" / "authority.pem")


def lay_door(folder: Path, host: str, port: int) -> None:
    """Write what a server needs to be asked by HTTPS at an address: a certificate, a password and a key of tokens."""
    etc = folder / "etc"
    etc.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(etc / "authority.pem"))
    authority.issue_cert(host).private_key_and_cert_chain_pem.write_to_path(str(etc / "server.pem"))
    (etc / "token.key").write_bytes(base64.b64encode(KEY))
    salt = bytes(16)
    digest = hashlib.pbkdf2_hmac("sha1", PASSWORD.encode(), salt, ROUNDS, 64)
    (etc / "passwords").write_text(f"{USER}:{ROUNDS}:{salt.hex()}:{digest.hex()}\n")
    told = {"password-authenticator.name": "file", "file.password-file": f"{etc}/passwords"}
    (etc / "password-authenticator.properties").write_text("".join(f"{key}={told[key]}\n" for key in told))
    (etc / "door").write_text(f"https://{host}:{port}")


def settings(folder: Path, port: int, token_key: str) -> dict[str, str]:
    """What the server's config.properties says of the door. token_key: the setting that names the key of tokens."""
    etc = folder / "etc"
    return {
        "http-server.https.enabled": "true",
        "http-server.https.port": str(port),
        "http-server.https.keystore.path": f"{etc}/server.pem",
        "http-server.authentication.type": "PASSWORD,JWT",
        token_key: f"{etc}/token.key",
    }


def token(user: str = USER, seconds: float = 3600, key: bytes = KEY) -> str:
    """A signed token that says who asks, for so many seconds from now on."""
    claims = {"sub": user, "exp": int(time.time() + seconds)}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(key))

"""Which names promise a secret: `db_password`, `AWS_SECRET_ACCESS_KEY`, `apiKey`; not `max_tokens` or `secretName`."""

from __future__ import annotations

import re
from functools import lru_cache

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# Joined words at the end of a name, which promise a secret whatever the value looks like.
SURE = (
    "password", "passwords", "passwd", "passphrase", "passcode", "pwd",
    "secret", "secrets", "secretkey", "apikey", "apikeys", "accesskey", "accesskeyid", "privatekey", "accountkey",
    "signingkey", "encryptionkey", "authkey", "masterkey", "sharedkey",
    "authorization", "cookie", "cookies", "credential", "credentials", "jwt",
)  # fmt: skip
# These name other things too, so the value must look like a secret: `eos_token` is `</s>`.
LIKELY = ("token", "auth", "authtoken", "bearer", "pat")
# Tokens that open nothing.
HARMLESS = {
    "page", "next", "continuation", "pad", "eos", "bos", "unk", "sep", "cls", "mask", "start", "end", "stop", "special",
    "max", "min", "num", "image", "audio", "video", "prefix", "suffix", "csrf", "cancellation", "sync",
}  # fmt: skip
PLACEHOLDER = re.compile(
    r"\$\{.*\}|\$\w+|\{\{.*\}\}|<.*>|%\(.*\)s|\*+|x+|none|null|true|false|redacted|\[.*\]|secret:.*|env[.:].*",
    re.IGNORECASE,
)


@lru_cache(maxsize=65_536)
def promises(name: str) -> str:
    """What a name promises: `sure`, `likely` or nothing."""
    words = [word.lower() for word in WORD.findall(name)]
    joined = "".join(words)
    if joined.endswith(SURE):
        return "sure"
    if words and joined.endswith(LIKELY) and (words[-1] in LIKELY) and not HARMLESS.intersection(words):
        return "likely"
    return ""


def is_secret(name: str, value: str) -> bool:
    """Whether a text is a secret, by the name that it has."""
    promise = promises(name)
    if not promise or not value or PLACEHOLDER.fullmatch(value.strip()):
        return False
    if promise == "sure":
        return not (value.startswith("/") and name.lower().endswith("pwd"))  # the shell's working folder
    return looks_random(value)


def looks_random(value: str) -> bool:
    """Whether a text looks like a token: long, without spaces, and no plain word."""
    if len(value) < 8 or re.search(r"[\s<>]", value):
        return False
    return len(value) >= 20 or bool(re.search(r"\d", value) or re.search(r"[a-z][A-Z]", value))

"""Secret-looking values are taken out of what a tool said, before it is hashed and logged."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from stocktake.collect.secret_names import is_secret, looks_random, promises

SCRUBBED = "[scrubbed]"

# What any secret has about it. RE2 reads a whole batch of bodies by this at once; only what it finds is looked at.
SUSPECT = (
    r"(?i:passw|passphrase|passcode|pwd|secret|token|credential|authoriz|cookie|bearer|jwt|\bpat\b|\bauth\b"
    r"|(?:api|access|private|account|signing|encryption|auth|master|shared)[_. -]?key|[?&](?:sig|x-amz-|x-goog-))"
    r"|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{4}|eyJ[A-Za-z0-9_-]{8}|-----BEGIN|://[^/\s\"]*@"
    r"|gh[pousr]_|github_pat_|glpat-|xox[a-z]-|hf_[A-Za-z0-9]{8}|\bsk-|AIza|[rs]k_live_|\bnpm_|pypi-|\bdapi[0-9a-f]{8}"
)
# The secret half of an AWS key has no mark but its length. A commit has that too, but no capital: RE2 can't look ahead,
# so each place of the first capital is spelled out.
RUN_OF_40 = (
    "(?:^|[^A-Za-z0-9/+=_.-])(?:"
    + "|".join(f"[a-z0-9/+]{{{before}}}[A-Z][A-Za-z0-9/+]{{{39 - before}}}" for before in range(40))
    + ")(?:$|[^A-Za-z0-9/+=_.-])"
)
_RUN_OF_40 = re.compile(r"(?<![A-Za-z0-9/+=_.-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])")

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]


def _assigned(match: re.Match[str]) -> str:
    """`password=hunter2`, `"api_key": "…"`, `--token …` within a text."""
    name, between, value = match.groups()
    is_quoted = between.rstrip().endswith(("'", '"'))
    if not is_secret(name, value) or (":" in between and not is_quoted and not re.search(r"\d|\W", value)):
        return match[0]
    return f"{name}{between}{SCRUBBED}"


def _bearer(match: re.Match[str]) -> str:
    is_token = re.search(r"\d", match[2]) or len(match[2]) >= 30
    return f"{match[1]}{SCRUBBED}" if is_token else match[0]


def _random_40(match: re.Match[str]) -> str:
    return SCRUBBED if _is_random(match[0]) else match[0]


PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----.*?(?:-----END [A-Z0-9 ]*KEY[A-Z ]*-----|\Z)", re.DOTALL
)
# A container image has an `@` too: name:tag@sha256:…
URL_PASSWORD = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://)[^/\s:@\"'<>]*:[^/\s\"'<>]*@(?!sha\d+:)")
URL_TOKEN = re.compile(r"(https?://)[\w-]{20,}@")
URL_SIGNATURE = re.compile(
    r"([?&](?:sig|signature|x-(?:amz|goog)-(?:signature|credential|security-token))=)[^&\s\"'#]+", re.IGNORECASE
)
AUTHORIZATION = re.compile(
    r"(authorization[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|token|digest)\s+)?)"
    r"(?!(?:basic|bearer|token|digest)\s)[^\s\"',;\[]+",
    re.IGNORECASE,
)
BEARER = re.compile(r"\b((?:bearer|basic)\s+)([\w.~+/=-]{16,})", re.IGNORECASE)
KNOWN_FORMS = re.compile(
    r"\b(?:eyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*|(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b|gh[pousr]_\w{20,}|github_pat_\w{20,}"
    r"|glpat-[\w-]{16,}|xox[a-z]-[\w-]{10,}|hf_[A-Za-z0-9]{20,}|sk-(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{20,}|AIza[\w-]{35}"
    r"|[rs]k_live_\w{16,}|npm_\w{30,}|pypi-[\w-]{30,}|dapi[0-9a-f]{32}(?:-\d)?)"
)
ASSIGNED = re.compile(r"([\w.-]*[A-Za-z])(\\*[\"']?\s*[:=]\s*\\*[\"']?)([^\s\"'&;,\\{}()\[\]]+)")
OPTION = re.compile(r"(?<!\S)(--?[A-Za-z][\w-]*)(\s+[\"']?)([^\s\"'-][^\s\"']*)")
RULES: tuple[Rule, ...] = (
    (PRIVATE_KEY, SCRUBBED),
    (URL_PASSWORD, rf"\1{SCRUBBED}@"),
    (URL_TOKEN, rf"\1{SCRUBBED}@"),
    (URL_SIGNATURE, rf"\1{SCRUBBED}"),
    (AUTHORIZATION, rf"\1{SCRUBBED}"),
    (BEARER, _bearer),
    (KNOWN_FORMS, SCRUBBED),
    (ASSIGNED, _assigned),
    (OPTION, _assigned),
    (_RUN_OF_40, _random_40),
)
NAMES = ("key", "name", "Key", "Name", "ParameterKey", "parameter", "header")
VALUES = ("value", "Value", "ParameterValue", "string_value", "default")


class Scrubber:
    """Takes secrets out. literals: texts that are secret here, such as the token of the source itself."""

    def __init__(self, literals: Iterable[str] = ()) -> None:
        self.literals = tuple(sorted({each for each in literals if len(each) >= 6}, key=len, reverse=True))
        self.suspect = "|".join([SUSPECT, *(re.escape(each) for each in self.literals)])

    def suspects(self, bodies: Sequence[bytes]) -> list[int]:
        """The places of those bodies (or keys) that may hold a secret."""
        if not bodies:
            return []
        offsets = np.zeros(len(bodies) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, bodies), np.int64, len(bodies)), out=offsets[1:])
        buffers = [None, pa.py_buffer(offsets.tobytes()), pa.py_buffer(b"".join(bodies))]
        texts = pa.Array.from_buffers(pa.large_string(), len(bodies), buffers)
        marked = pc.match_substring_regex(texts, self.suspect).to_numpy(zero_copy_only=False)
        runs = pc.match_substring_regex(texts, RUN_OF_40).to_numpy(zero_copy_only=False)
        for place in np.flatnonzero(runs & ~marked).tolist():
            marked[place] = any(_is_random(each) for each in _RUN_OF_40.findall(bodies[place].decode()))
        return [int(place) for place in np.flatnonzero(marked)]

    def value(self, value: Any, name: str = "") -> Any:
        """A decoded JSON value without its secrets. name: the key that it stands under."""
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return self._list(value, name)
        if isinstance(value, str):
            return SCRUBBED if is_secret(name, value) else self.text(value)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return SCRUBBED if is_number and promises(name) == "sure" else value

    def text(self, text: str) -> str:
        """A text without the secrets in it."""
        for literal in self.literals:
            text = text.replace(literal, SCRUBBED)
        for pattern, replacement in RULES:
            text = pattern.sub(replacement, text)
        return text

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        told = next((str(value[each]) for each in NAMES if isinstance(value.get(each), str)), "")
        is_secret_object = value.get("kind") == "Secret"
        scrubbed = {}
        for key, each in value.items():
            if is_secret_object and key in ("data", "stringData") and isinstance(each, dict):
                scrubbed[key] = dict.fromkeys(each, SCRUBBED)
            else:
                # `{name: DB_PASSWORD, value: …}`: the value's own name is the other field.
                scrubbed[self.text(key)] = self.value(each, told if key in VALUES and promises(told) else key)
        return scrubbed

    def _list(self, value: list[Any], name: str) -> list[Any]:
        scrubbed = []
        before = ""
        for each in value:
            if before and isinstance(each, str) and (before.startswith("--") or looks_random(each)):
                scrubbed.append(SCRUBBED if is_secret(before, each) else self.text(each))
            else:
                scrubbed.append(self.value(each, name))
            # `["--password", "…"]` and `["Authorization", "…"]`: an option or a header, and its value.
            is_name = isinstance(each, str) and (each.startswith("--") or len(value) == 2) and bool(promises(each))
            before = each if is_name else ""
        return scrubbed


def _is_random(text: str) -> bool:
    """Whether 40 characters look drawn by chance, as the secret half of an AWS key does and no path or digest."""
    if not (re.search(r"[a-z]", text) and re.search(r"[A-Z]", text) and re.search(r"\d", text)):
        return False
    share = [count / len(text) for count in Counter(text).values()]
    return -sum(each * math.log2(each) for each in share) >= 4.4 and text.count("/") <= 4

"""Bodies as the log keeps them: canonical JSON that loses nothing of what the tool said."""

from __future__ import annotations

import json
import math
from typing import Any

import msgspec

_encode = msgspec.json.Encoder(order="sorted", enc_hook=str).encode
_decode = msgspec.json.Decoder().decode


def decode(text: bytes) -> Any:
    """A JSON value. What JSON has no number for (NaN, Infinity, 1e400) is kept as the text that was written.

    Raises ValueError where it is no JSON.
    """
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError):
        loose = text.decode("utf-8-sig")  # Python's reader takes more: NaN, half of a pair of surrogates, a BOM
        return json.loads(loose, parse_constant=str, parse_float=_float)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def encode(value: Any) -> bytes:
    """Canonical JSON of a value: sorted keys, no spaces, UTF-8. Raises ValueError where that can't be."""
    try:
        body = _encode(value)
        # As JSON has no NaN, msgspec writes null, which would be another statement.
        return _encode(_plain(value)) if b"null" in body and _has_no_number(value) else body
    except (TypeError, UnicodeEncodeError):
        pass
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    return _encode(_plain(value))


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _has_no_number(value: Any) -> bool:
    """Whether somewhere in it is a float that JSON can't say."""
    if isinstance(value, dict):
        return any(_has_no_number(each) for each in value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return any(_has_no_number(each) for each in value)
    return isinstance(value, float) and not math.isfinite(value)


def _plain(value: Any) -> Any:
    """The value in JSON's own types: keys and odd numbers as texts, half surrogates replaced."""
    if isinstance(value, dict):
        return {_key(key): _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(each) for each in value), key=_encode)
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def _key(key: Any) -> str:
    """A key as JSON writes it: `true`, `null`, `1.5`."""
    return str(_plain(key)) if isinstance(key, str) else json.dumps(key, default=str).strip('"')

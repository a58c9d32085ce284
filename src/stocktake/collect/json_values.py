"""The JSON values of a text: mostly one, and several where a tool wrote one after another."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from stocktake.errors import Problem

BETWEEN = re.compile(r"[\s,]*")
NEXT = re.compile(r"^\{", re.MULTILINE)
LONGEST_NUMBER = 300  # digits; a longer one is kept as the text that was written
MEND = "mend it, or fetch the file again"


def json_values(text: str, name: str) -> Iterator[tuple[int, Any] | Problem]:
    """Each value with its line. What can't be read is a Problem, and reading goes on where a line begins an object.

    What JSON has no number for (NaN, 1e400) is kept as it was written. A key that one object tells twice is a Problem,
    and its last value is taken, as every tool would.
    """
    repeated: list[str] = []
    decoder = _decoder(repeated)
    at, line, counted = _after(text, 0), 1, 0
    if at == len(text):
        yield Problem(f"{name}:1", "the file is empty", "fetch it again, or take it away")
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        try:
            value, end = decoder.raw_decode(text, at)
            yield line, value
        except (json.JSONDecodeError, RecursionError) as error:
            found = NEXT.search(text, at + 1) if text[at] == "{" else None
            end = found.start() if found else len(text)
            yield _problem(error, name, line, found is not None and getattr(error, "pos", at) >= end)
        for key in repeated:
            yield Problem(_line_of(key, text, name, line), f"one object tells {key!r} twice", "take one of them away")
        repeated.clear()
        at = _after(text, end)


def _after(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def _decoder(repeated: list[str]) -> json.JSONDecoder:
    """A decoder that notes the keys that an object repeats."""

    def told(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) < len(pairs):
            keys = [key for key, _ in pairs]
            repeated.extend(key for key in value if keys.count(key) > 1)
        return value

    return json.JSONDecoder(object_pairs_hook=told, parse_constant=str, parse_float=_float, parse_int=_int)


def _float(text: str) -> float | str:
    number = float(text)
    return number if math.isfinite(number) else text


def _int(text: str) -> int | str:
    return int(text) if len(text) <= LONGEST_NUMBER else text


def _problem(error: json.JSONDecodeError | RecursionError, name: str, line: int, is_noticed_later: bool) -> Problem:
    """What is wrong. is_noticed_later: the value was cut, which shows only where the next one begins."""
    if isinstance(error, RecursionError):
        return Problem(f"{name}:{line}", "nested too deeply", "fetch it again with fewer levels")
    return Problem(f"{name}:{line if is_noticed_later else error.lineno}", f"not JSON: {error.msg}", MEND)


def _line_of(key: str, text: str, name: str, line: int) -> str:
    """Where a key is told the second time, if only that object has it; else where the whole value begins."""
    places = [match.start() for match in re.finditer(rf"{re.escape(json.dumps(key))}\s*:", text)]
    return f"{name}:{text.count(chr(10), 0, places[1]) + 1}" if len(places) == 2 else f"{name}:{line}"

"""Canonical bodies lose nothing."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from stocktake.collect.bodies import decode, encode


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (b'{"b": 1, "a": [1.50, true, null]}', b'{"a":[1.5,true,null],"b":1}'),
        (b'{"loss": NaN, "max": -Infinity}', b'{"loss":"NaN","max":"-Infinity"}'),
        (b'{"x": 1e400}', b'{"x":"1e400"}'),
        (b'{"x": 123456789012345678901234567890}', b'{"x":123456789012345678901234567890}'),
        (b'\xef\xbb\xbf{"a": "\xc3\xa9"}', '{"a":"é"}'.encode()),
        (b'{"a": "\\ud83d"}', b'{"a":"?"}'),
    ],
)
def test_json_is_kept_with_all_that_it_says(text: bytes, body: bytes) -> None:
    assert encode(decode(text)) == body


@pytest.mark.parametrize("text", [b"{", b"", b"\xff\xfe", b"<html>", b"[" * 5_000 + b"]" * 5_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever its kind, readers take it as one
        decode(text)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": math.nan, "b": None}, b'{"a":"NaN","b":null}'),
        ({"a": [math.inf], "b": -math.inf}, b'{"a":["Infinity"],"b":"-Infinity"}'),
        ({1: "x", None: "z", 2.5: "w"}, b'{"1":"x","2.5":"w","null":"z"}'),
        ({True: "y"}, b'{"true":"y"}'),
        ({"at": datetime(2026, 1, 1, tzinfo=UTC)}, b'{"at":"2026-01-01T00:00:00Z"}'),
        ({"s": {3, 1, 2}}, b'{"s":[1,2,3]}'),
    ],
)
def test_values_of_python_are_said_in_json(value: object, body: bytes) -> None:
    """NaN is not null: what was told and is no number is another statement than what was not told."""
    assert encode(value) == body


def test_equal_things_have_equal_bodies_whatever_the_order_of_their_keys() -> None:
    assert encode({"a": {"y": 1, "x": 2}, "b": 3}) == encode({"b": 3, "a": {"x": 2, "y": 1}})

"""Secrets that somebody has written into a file of a project: it is kept with every run, and shared by git."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from stocktake.collect.secret_names import is_secret
from stocktake.environment import MARK
from stocktake.errors import Problem
from stocktake.schema.marked import Marked, Place

URL_PASSWORD = re.compile(r"://[^/\s:@]*:[^/\s]+@")
PATH = re.compile(r"\.{0,2}/|~")
FIX = "write ${NAME} and export NAME, or ${file:/path} of a file that holds it; change it, if a run was saved with it"


def written_secrets(file: Marked) -> Iterator[Problem]:
    """A problem for each secret that stands in a file itself; it is not told."""
    for place, text in _texts(file.data, ()):
        name = next((each for each in reversed(place) if isinstance(each, str)), "")
        if MARK.search(text) or not (URL_PASSWORD.search(text) or (is_secret(name, text) and not PATH.match(text))):
            continue
        problem = f"the secret of {name} stands here: this file is kept with every run"
        yield Problem(file.where(*place), problem, FIX)


def _texts(value: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """All plain values, as texts."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, (*place, str(name)))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _texts(each, (*place, number))
    elif isinstance(value, str | int) and not isinstance(value, bool):
        yield place, str(value)

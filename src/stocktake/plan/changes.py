"""What a changed project says otherwise than the published one, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stocktake.plan.meaning import Meanings

ADDED, REMOVED, CHANGED, REWORDED = "added", "removed", "changed", "reworded"
"""What happened to a thing; one that is reworded means what it meant."""


def changes(was: Meanings, now: Meanings) -> list[dict[str, Any]]:
    """Each thing that changed: sort, name, what (one of the words above), and parts: part, was, now.

    Of a thing that came or went no parts are listed.
    """
    found = []
    for sort, name in dict.fromkeys((*was, *now)):
        before, after = was.get((sort, name)), now.get((sort, name))
        parts: list[dict[str, Any]] = []
        if before and after:
            parts = list(differences(before.means, after.means))
            what = CHANGED if parts else REWORDED
            parts = parts or list(differences(before.says, after.says))
            if not parts:
                continue
        else:
            what = REMOVED if before else ADDED
        found.append({"sort": sort, "name": name, "what": what, "parts": parts})
    return found


def differences(was: Any, now: Any, at: str = "") -> Iterator[dict[str, Any]]:
    """The innermost parts that differ, each by its path, such as `buckets.fresh.when`; None where there is none."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys((*was, *now)):
            yield from differences(was.get(key), now.get(key), f"{at}.{key}" if at else str(key))
    elif was != now:
        yield {"part": at, "was": was, "now": now}

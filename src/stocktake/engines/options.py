"""The options of an engine, as a project's settings give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stocktake.errors import EngineError, Problem


def check_options(
    options: Mapping[str, Any], known: Sequence[str], where: str, needed: Sequence[str] = ()
) -> dict[str, Any]:
    """The options as they are. known: all that the engine takes. needed: those that it can't do without.

    Raises EngineError for those that it does not take, and those that are missing.
    """
    fix = f"use some of: {', '.join(known)}"
    problems = [Problem(where, f"this kind of engine takes no {name}", fix) for name in options if name not in known]
    problems += [
        Problem(where, f"the engine has no {name}", f"add `{name}: …`") for name in needed if not options.get(name)
    ]
    if problems:
        raise EngineError(problems=tuple(problems))
    return dict(options)

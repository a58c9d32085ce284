"""What a project's files leave to the machine: `${NAME}` is an environment variable, `${file:PATH}` a file's text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

MARK = re.compile(r"\$\{(?:file:([^}]+)|([A-Za-z_]\w*))\}")

Tell = Callable[[str, str, str], None]
"""Takes a mark that can't be filled in, what is wrong with it, and how to mend that."""


def fill(value: Any, environment: Mapping[str, str], tell: Tell) -> Any:
    """A setting with its marks filled in, also within mappings and lists; those that can't be become nothing."""
    if isinstance(value, Mapping):
        return {name: fill(each, environment, tell) for name, each in value.items()}
    if isinstance(value, list):
        return [fill(each, environment, tell) for each in value]
    if not isinstance(value, str):
        return value
    return MARK.sub(lambda match: _told(match, environment, tell), value)


def _told(match: re.Match[str], environment: Mapping[str, str], tell: Tell) -> str:
    """What one mark stands for."""
    path, name = match.groups()
    if path is None:
        if name not in environment:
            tell(match[0], f"the environment variable {name} is not set", f"set it first: export {name}=…")
        return environment.get(name, "")
    place = Path(path).expanduser()
    try:
        if not place.is_absolute():
            raise OSError("its path does not begin with /")
        return place.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or error
        tell(
            match[0], f"the file {path} can't be read: {told}", "write the whole path of a text file that you may read"
        )
        return ""

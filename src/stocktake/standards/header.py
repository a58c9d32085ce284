"""The header of a definition or table file: lines `-- key: value` that stand above its SELECT."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stocktake.errors import Problem

NEEDED = ("says", "grain", "version", "owner", "source")
ALLOWED = (*NEEDED, "key", "absence", "engine")
KINDS = ("definition", "table")
NAME = re.compile(r"[a-z][a-z0-9_]*")
LINE = re.compile(r"--\s*([a-z_]+):\s*(.*)")


@dataclass(frozen=True, slots=True)
class Header:
    """What the header of one file says.

    is_table: a `table`, else a `definition`. absence: the fields whose absence is read as a state, `owners` of any kind
    or `workflow_run_datasets.digest` of one table. key: the columns that no two rows have in common; none: not said.
    engine: the one that it asks to run on; empty: that of the project's rules.
    """

    name: str
    is_table: bool
    says: str
    grain: str
    version: int
    owner: str
    source: str
    absence: tuple[str, ...] = ()
    key: tuple[str, ...] = ()
    engine: str = ""


def read_header(path: Path, text: str, *, kind: str) -> tuple[Header | None, list[Problem]]:
    """The header of a file of `kind` (definition or table), and everything that is wrong with it."""
    told, lines, problems = _read_lines(path, text)
    first = f"{path}:1"
    name = told.pop(kind, None)
    if name is None:
        other = next((each for each in KINDS if each in told), None)
        fix = f"begin the file with `-- {kind}: {path.stem}`"
        fix += f"; a {other} belongs into the folder {other}s/" if other else ""
        return None, [*problems, Problem(first, f"the header names no {kind}", fix)]
    if name != path.stem or not NAME.fullmatch(name):
        where = f"{path}:{lines[kind]}"
        problems.append(
            Problem(where, f"the header names {name!r}", f"write `-- {kind}: {path.stem}`, as the file is named")
        )
    for key in told:
        if key not in ALLOWED:
            fix = f"use one of: {', '.join((kind, *ALLOWED))}"
            problems.append(Problem(f"{path}:{lines[key]}", f"the header has an unknown key {key!r}", fix))
    for key in NEEDED:
        if not told.get(key):
            problems.append(
                Problem(f"{path}:{lines.get(key, 1)}", f"the header does not say {key}", f"add `-- {key}: …`")
            )
    version = told.get("version", "")
    if version and not (version.isdigit() and int(version) > 0):
        problems.append(
            Problem(f"{path}:{lines['version']}", f"the version is {version!r}", "write a whole number from 1 on")
        )
    return (None if problems else _header(name, told, kind=kind)), problems


def body_lines(text: str) -> int:
    """The number of lines that the header takes."""
    count = 0
    for line in text.splitlines():
        if not (line.startswith("--") or not line.strip()):
            break
        count += 1
    return count


def _read_lines(path: Path, text: str) -> tuple[dict[str, str], dict[str, int], list[Problem]]:
    """The keys of a header with their values and lines; a line without key goes on with the value above it."""
    told: dict[str, str] = {}
    lines: dict[str, int] = {}
    problems: list[Problem] = []
    key = ""
    for number, line in enumerate(text.splitlines()[: body_lines(text)], 1):
        match = LINE.fullmatch(line.strip())
        if match:
            key = match[1]
            if key in told:
                problems.append(Problem(f"{path}:{number}", f"the header says {key} twice", "keep one"))
            told[key], lines[key] = match[2].strip(), number
        elif key and line.strip():
            told[key] += " " + line.strip().removeprefix("--").strip()
    return told, lines, problems


def _header(name: str, told: Mapping[str, str], *, kind: str) -> Header:
    return Header(
        name=name,
        is_table=kind == "table",
        says=told["says"],
        grain=told["grain"],
        version=int(told["version"]),
        owner=told["owner"],
        source=told["source"],
        absence=_listed(told.get("absence", "")),
        key=_listed(told.get("key", "")),
        engine=told.get("engine", ""),
    )


def _listed(text: str) -> tuple[str, ...]:
    """The words between commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())

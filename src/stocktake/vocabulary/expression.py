"""Expressions of vocabulary files: DuckDB SQL, with short names for paths of the record's body."""

from __future__ import annotations

import re

PATH = r"""(?:\.(?:[A-Za-z_]\w*|"[^"]*")|\[\d+\]|\[\*\])*"""
TOKEN = re.compile(rf"'(?:[^']|'')*'|(?P<root>[$@^])(?P<path>{PATH})|\b(?P<call>config|instance_of|time)\(")
# `time(` is a type in SQL, so the function is called `moment` there.
CALLS = {"config": "setting_of(settings, ", "instance_of": "instance_in(settings, ", "time": "moment("}


class Paths:
    """The distinct paths of the body that a label's expressions read, so that each body is parsed once."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}

    def place(self, path: str) -> int:
        """The 1-based place of a path in the list."""
        return self.places.setdefault(path, len(self.places) + 1)

    def sql(self) -> str:
        """SQL that reads all paths of `body` at once into a list."""
        if not self.places:
            return "CAST([] AS VARCHAR[])"
        return "json_extract_string(body, [" + ", ".join(_quoted("$" + path) for path in self.places) + "])"


def to_sql(expression: str, paths: Paths, *, item: str = "item", outer: str = "item") -> str:
    """SQL of an expression: `$.a` reads the body, `@.a` the current element, `^.a` the claim's element.

    item, outer: the SQL names of the columns that hold the elements (JSON text).
    """

    def replaced(match: re.Match[str]) -> str:
        if call := match["call"]:
            return CALLS[call]
        root, path = match["root"], match["path"]
        if root is None:
            return match[0]
        if root == "$":
            if not path:
                return "body"
            return f"json_extract_string(body, {_quoted('$' + path)})" if "[*]" in path else f"p[{paths.place(path)}]"
        name = item if root == "@" else outer
        return f"json_extract_string({name}, {_quoted('$' + path)})"

    return TOKEN.sub(replaced, expression)


def macro_sql(text: str) -> str:
    """SQL of a function's head or body, as vocabulary files write it."""
    return re.sub(r"\btime\(", "moment(", text)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

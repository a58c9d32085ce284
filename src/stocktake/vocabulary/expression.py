"""Expressions of vocabulary files: DuckDB SQL, with short names for paths of the record's body."""

from __future__ import annotations

import re
from collections.abc import Mapping

PATH = r"""(?:\.(?:[A-Za-z_]\w*|"[^"]*")|\[\d+\]|\[\*\])*"""
TOKEN = re.compile(rf"'(?:[^']|'')*'|(?P<root>[$@^])(?P<path>{PATH})|\b(?P<call>config|instance_of|time)\(")
# `time(` is a type in SQL, so the function is called `moment` there.
CALLS = {"config": "setting_of(settings, ", "instance_of": "instance_in(settings, ", "time": "moment("}


class Scope:
    """JSON that expressions read, and the distinct paths that they read of it, so that each text is parsed once.

    column: SQL of the text. listed: SQL of the list that `sql` gives, with the value of each path.
    """

    def __init__(self, column: str, listed: str) -> None:
        self.column = column
        self.listed = listed
        self.places: dict[str, int] = {}

    def read(self, path: str) -> str:
        """SQL of a path's value as text; without a path, of the whole."""
        if not path or "[*]" in path:
            return f"json_extract_string({self.column}, {_quoted('$' + path)})"
        return f"{self.listed}[{self.places.setdefault(path, len(self.places) + 1)}]"

    def sql(self) -> str:
        """SQL that reads all paths at once into a list."""
        if not self.places:
            return "CAST([] AS VARCHAR[])"
        return f"json_extract_string({self.column}, [" + ", ".join(_quoted("$" + path) for path in self.places) + "])"


Scopes = Mapping[str, Scope]
"""What `$` (the body), `@` (the current element) and `^` (the claim's element) stand for."""


def to_sql(expression: str, scopes: Scopes) -> str:
    """SQL of an expression: `$.a` reads the body, `@.a` the current element, `^.a` the claim's element."""

    def replaced(match: re.Match[str]) -> str:
        if call := match["call"]:
            return CALLS[call]
        root, path = match["root"], match["path"]
        if root is None:
            return match[0]
        return "body" if root == "$" and not path else scopes[root].read(path)

    return TOKEN.sub(replaced, expression)


def macro_sql(head: str, body: str) -> str:
    """SQL that defines a function of a vocabulary, each argument worked out once.

    DuckDB writes a macro's arguments into its body as often as they are named, and functions that call functions would
    multiply; as the element of a list that a lambda takes, an argument is bound once.
    """
    head, body = (re.sub(r"\btime\(", "moment(", text) for text in (head, body))
    name, _, listed = head.partition("(")
    parameters = [each.split(":=")[0].strip() for each in listed.rstrip(") ").split(",") if each.strip()]
    word = re.compile(
        rf"'(?:[^']|'')*'|(?<![\w.])({'|'.join(map(re.escape, parameters))})\b(?!\s*[(:])" if parameters else r"$^"
    )
    named = [match[1] for match in word.finditer(body) if match[1]]
    if all(named.count(each) < 2 for each in parameters):
        return f"CREATE OR REPLACE TEMP MACRO {head} AS {body}"
    given = f"given_{name}"
    one = len(parameters) == 1
    told = parameters[0] if one else "{" + ", ".join(f"'{each}': {each}" for each in parameters) + "}"
    bound = word.sub(lambda match: (given if one else f"{given}.{match[1]}") if match[1] else match[0], body)
    return f"CREATE OR REPLACE TEMP MACRO {head} AS list_transform([{told}], lambda {given}: {bound})[1]"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

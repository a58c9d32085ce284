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


def macro_sql(head: str, body: str) -> str:
    """SQL that defines a function of a vocabulary, each argument worked out once.

    DuckDB writes a macro's arguments into its body as often as they are named, and functions that call functions would
    multiply; as the element of a list that a lambda takes, an argument is bound once.
    """
    head, body = (re.sub(r"\btime\(", "moment(", text) for text in (head, body))
    name, _, listed = head.partition("(")
    parameters = [each.split(":=")[0].strip() for each in listed.rstrip(") ").split(",") if each.strip()]
    word = re.compile(rf"'(?:[^']|'')*'|(?<![\w.])({'|'.join(map(re.escape, parameters))})\b(?!\s*[(:])" if parameters else r"$^")
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

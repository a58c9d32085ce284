"""A YAML file that knows the line of each of its values."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from stocktake.errors import Problem

Place = tuple[str | int, ...]
LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Marked:
    """The data of a YAML file, the line of each value, and what is wrong with it as YAML.

    data: None when it can't be read. problems: bad YAML, text that is not UTF-8, a key that stands twice in a mapping.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.data: Any = None
        self.problems: list[Problem] = []
        self._lines: dict[Place, int] = {}
        try:
            text = path.read_text("utf-8")
            root = yaml.compose(text, Loader=LOADER)
            self.data = yaml.load(text, Loader=LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            problem = f"not YAML: {getattr(error, 'problem', None) or error}"
            self.problems.append(Problem(f"{path}:{line}", problem, "mend the YAML at that line"))
        except (OSError, UnicodeDecodeError) as error:
            self.problems.append(Problem(f"{path}:1", f"can't be read: {error}", "save it as UTF-8 text"))
        else:
            if root is not None:
                self._mark(root, ())

    def where(self, *place: str | int) -> str:
        """`file:line` of a value; of its nearest parent where it has none."""
        while place and place not in self._lines:
            place = place[:-1]
        return f"{self.path}:{self._lines.get(place, 1)}"

    def _mark(self, node: yaml.Node, place: Place) -> None:
        """Note the lines of a node and all below it."""
        self._lines.setdefault(place, node.start_mark.line + 1)
        if isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                self._mark(value, (*place, number))
        elif isinstance(node, yaml.MappingNode):
            told: set[str] = set()
            for key, value in node.value:
                name = str(key.value)
                self._lines[(*place, name)] = key.start_mark.line + 1
                if name in told:
                    self.problems.append(Problem(self.where(*place, name), f"{name} stands here twice", "keep one"))
                told.add(name)
                self._mark(value, (*place, name))

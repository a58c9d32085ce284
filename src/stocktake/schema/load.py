"""Reading kinds from folders: Python classes, and YAML files that extend them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from stocktake.errors import Problem, SchemaError
from stocktake.schema.check import check_kinds
from stocktake.schema.extension import extend
from stocktake.schema.python import read_class
from stocktake.schema.spec import KindSpec, Schema


def load_schema(folders: Iterable[Path]) -> Schema:
    """Read every kind of some `kinds/` folders, later ones extending or replacing earlier ones.

    A `.py` file holds one class of its own name; a `.yaml` file `extends:` a kind with fields.
    Raises SchemaError with every problem found, each with file, line and remedy.
    """
    kinds: dict[str, KindSpec] = {}
    unread: set[str] = set()
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            if path.stem == "__init__":
                continue
            kind = read_class(path, problems)
            if kind:
                kinds[kind.name] = kind
            else:
                unread.add(path.stem)
        for path in sorted(folder.glob("*.yaml")):
            if not path.name.endswith(".cases.yaml"):
                extend(path, kinds, problems)
    problems.extend(check_kinds(kinds, unread))
    if problems:
        raise SchemaError(problems=tuple(dict.fromkeys(problems)))
    return Schema(dict(sorted(kinds.items(), key=lambda item: (item[1].order, item[0]))))

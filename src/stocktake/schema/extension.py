"""Reading a YAML file that `extends:` a kind with fields.

```yaml
extends: model_binary
fields:
  risk_tier: {type: text, says: How much harm it could do., values: [high, medium, low]}
```
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from stocktake.errors import Problem
from stocktake.schema.marked import Marked
from stocktake.schema.spec import FieldSpec, FieldType, KindSpec

WORDS = {"extends", "fields", "says"}
SETTINGS: dict[str, type] = {
    "type": str,
    "says": str,
    "unit": str,
    "lasting": bool,
    "momentary": bool,
    "unique": bool,
    "merge": str,
    "values": list,
}


def extend(path: Path, kinds: dict[str, KindSpec], problems: list[Problem]) -> None:
    """Put the extended kind in place of the kind; what is wrong with the file is added to `problems`."""
    file = Marked(path)
    problems.extend(file.problems)
    if file.problems:
        return
    told = file.data if isinstance(file.data, dict) else {}
    problems.extend(
        Problem(file.where(word), f"unknown word {word!r}", f"use: {', '.join(sorted(WORDS))}")
        for word in map(str, told)
        if word not in WORDS
    )
    kind = kinds.get(str(told.get("extends")))
    if kind is None:
        fix = f"write `extends:` with one of: {', '.join(sorted(kinds))}"
        problems.append(Problem(file.where("extends"), "extends no known kind", fix))
        return
    added = told.get("fields")
    if not isinstance(added, dict) or not added:
        problems.append(
            Problem(file.where("fields"), "adds no fields", "write `fields:` with a name and settings each")
        )
        return
    fields = dict(kind.fields)
    for name, settings in added.items():
        spec = _field(file, str(name), settings, kind, problems)
        if spec:
            fields[spec.name] = spec
    kinds[kind.name] = replace(kind, fields=fields)


def _field(file: Marked, name: str, settings: Any, kind: KindSpec, problems: list[Problem]) -> FieldSpec | None:
    """One added field, or nothing when its settings can't be read."""
    where = file.where("fields", name)
    found = _check_settings(file, name, settings)
    if name in kind.fields:
        problem = f"{kind.name} has a field {name} already"
        found.append(Problem(where, problem, f"give it another name: the first is at {kind.fields[name].where}"))
    problems.extend(found)
    if found:
        return None
    told = dict(settings)
    values = tuple(str(value) for value in told.pop("values", ()))
    return FieldSpec(name=name, where=where, values=values, **{"says": "", **told})


def _check_settings(file: Marked, name: str, settings: Any) -> list[Problem]:
    """What is wrong with the settings of an added field, as far as it is not wrong with any field."""
    types = ", ".join(get_args(FieldType))
    if not isinstance(settings, dict):
        fix = f"write {{type: text, says: …}}, with a type of: {types}"
        return [Problem(file.where("fields", name), f"field {name} has no settings", fix)]
    found = []
    for word, value in settings.items():
        where = file.where("fields", name, str(word))
        if word not in SETTINGS:
            fix = f"use: {', '.join(sorted(SETTINGS))}"
            found.append(Problem(where, f"field {name} has an unknown setting {word!r}", fix))
        elif not isinstance(value, SETTINGS[word]):
            shape = {str: "a text", bool: "true or false", list: "a list"}[SETTINGS[word]]
            found.append(Problem(where, f"field {name} has {word}: {value!r}", f"write {shape}"))
    if settings.get("type") not in get_args(FieldType):
        problem = f"field {name} has the type {settings.get('type')!r}"
        found.append(Problem(file.where("fields", name, "type"), problem, f"use one of: {types}"))
    return found

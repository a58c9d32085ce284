"""Reading kinds from folders: Python classes, and YAML files that extend them."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import yaml

from stocktake.errors import Problem, SchemaError
from stocktake.schema.declare import EdgeDeclaration, FieldDeclaration, Kind
from stocktake.schema.spec import EdgeSpec, FieldSpec, FieldType, KindSpec, Merge, Schema

TYPES: dict[str, FieldType] = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "flag",
    "datetime": "time",
    "list[str]": "texts",
}
SETTINGS = {"type", "says", "unit", "lasting", "momentary", "unique", "merge", "values"}
RESERVED = {"id", "kind", "flags", "from_id", "to_id", "seq", "source", "label", "part", "is_live"}
NAME = re.compile(r"[a-z][a-z0-9_]*")


def load_schema(folders: Iterable[Path]) -> Schema:
    """Read every kind of some `kinds/` folders, later ones extending or replacing earlier ones.

    A `.py` file holds one class of its own name; a `.yaml` file `extends:` a kind with fields.
    Raises SchemaError with every problem found, each with file, line and remedy.
    """
    kinds: dict[str, KindSpec] = {}
    problems: list[Problem] = []
    for folder in folders:
        for path in sorted(folder.glob("*.py")):
            if path.stem != "__init__":
                kind = _read_class(path, problems)
                if kind:
                    kinds[kind.name] = kind
        for path in sorted(folder.glob("*.yaml")):
            if not path.name.endswith(".cases.yaml"):
                _extend(path, kinds, problems)
    ordered = dict(sorted(kinds.items(), key=lambda item: (item[1].order, item[0])))
    _check_edges(ordered, problems)
    if problems:
        raise SchemaError(problems=tuple(problems))
    return Schema(ordered)


def _read_class(path: Path, problems: list[Problem]) -> KindSpec | None:
    """The kind that a module declares; its problems are added to `problems`."""
    class_name = "".join(word.title() for word in path.stem.split("_"))
    try:
        lines = _attribute_lines(path, class_name)
        module_spec = importlib.util.spec_from_file_location(f"stocktake_kinds_{path.stem}", path)
        assert module_spec and module_spec.loader
        module = importlib.util.module_from_spec(module_spec)
        module_spec.loader.exec_module(module)
    except (SyntaxError, ImportError, TypeError, NameError, AttributeError) as error:
        line = getattr(error, "lineno", None) or 1
        problems.append(Problem(f"{path}:{line}", f"the file can't be read: {error}", "mend the Python, or take the file away"))
        return None
    declared = getattr(module, class_name, None)
    if not (inspect.isclass(declared) and issubclass(declared, Kind)):
        problems.append(Problem(f"{path}:1", f"no class {class_name}(Kind)", f"name the class {class_name}, as the file is named"))
        return None
    if not (declared.__dict__.get("__doc__") or "").strip():
        line = lines.get("", 1)
        problems.append(Problem(f"{path}:{line}", f"{class_name} does not say what it is", "add a docstring of one sentence"))
    fields: dict[str, FieldSpec] = {}
    edges: dict[str, EdgeSpec] = {}
    for base in (Kind, declared):
        for name, value in vars(base).items():
            where = f"{path}:{lines.get(name, 1)}"
            if isinstance(value, FieldDeclaration):
                spec = _field_spec(name, value, base.__annotations__.get(name, ""), where, problems)
                if spec:
                    fields[name] = spec
            elif isinstance(value, EdgeDeclaration):
                edges[name] = EdgeSpec(name, value.to, value.says, value.many, value.attributes, where)
    says = inspect.cleandoc(declared.__doc__ or "").split("\n")[0]
    return KindSpec(path.stem, says, declared.order, fields, edges, f"{path}:{lines.get('', 1)}")


def _attribute_lines(path: Path, class_name: str) -> dict[str, int]:
    """The line of each attribute of a class; the class itself under ''."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == class_name:
            told = {n.target.id: n.lineno for n in node.body if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)}
            return {"": node.lineno, **told}
    return {}


def _field_spec(name: str, told: FieldDeclaration, annotation: Any, where: str, problems: list[Problem]) -> FieldSpec | None:
    """A field from its declaration and annotation."""
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    bare = text.replace(" | None", "").strip()
    if bare not in TYPES:
        problems.append(Problem(where, f"field {name} has the type {text!r}", f"use one of: {', '.join(TYPES)}"))
        return None
    spec = FieldSpec(
        name, TYPES[bare], told.says, told.unit, told.lasting, told.momentary, told.unique, told.merge, told.values, where
    )
    return spec if _check_field(spec, problems) else None


def _check_field(spec: FieldSpec, problems: list[Problem]) -> bool:
    """Whether a field is well declared."""
    before = len(problems)
    if spec.name in RESERVED or not NAME.fullmatch(spec.name):
        problems.append(
            Problem(spec.where, f"a field can't be named {spec.name!r}", "use lower case words, none of: " + ", ".join(sorted(RESERVED)))
        )
    if not spec.says.strip():
        problems.append(Problem(spec.where, f"field {spec.name} does not say what it is", "give it one sentence"))
    if spec.lasting and spec.momentary:
        problems.append(Problem(spec.where, f"field {spec.name} is both lasting and momentary", "keep one of the two"))
    if spec.merge not in get_args(Merge):
        problems.append(Problem(spec.where, f"field {spec.name} merges by {spec.merge!r}", "use one of: latest, min, max"))
    elif spec.merge != "latest" and spec.type not in ("time", "integer", "number"):
        problems.append(Problem(spec.where, f"field {spec.name} is {spec.type} and merges by {spec.merge}", "leave merge out"))
    return len(problems) == before


def _extend(path: Path, kinds: dict[str, KindSpec], problems: list[Problem]) -> None:
    """Add the fields of a YAML file to the kind that it extends."""
    try:
        told = yaml.safe_load(path.read_text("utf-8")) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problems.append(Problem(f"{path}:{mark.line + 1 if mark else 1}", f"not YAML: {error}", "mend the YAML"))
        return
    lines = {m.group(1): n for n, text in enumerate(path.read_text("utf-8").split("\n"), 1) if (m := re.match(r"\s*([a-z_0-9]+):", text))}
    kind = kinds.get(told.get("extends", "") if isinstance(told, dict) else "")
    if kind is None:
        known = ", ".join(kinds)
        problems.append(Problem(f"{path}:{lines.get('extends', 1)}", "extends no known kind", f"write `extends:` with one of: {known}"))
        return
    fields = dict(kind.fields)
    for name, settings in (told.get("fields") or {}).items():
        where = f"{path}:{lines.get(name, 1)}"
        settings = settings if isinstance(settings, dict) else {}
        unknown = set(settings) - SETTINGS
        if unknown:
            problems.append(Problem(where, f"field {name} has unknown settings {sorted(unknown)}", f"use: {', '.join(sorted(SETTINGS))}"))
            continue
        if settings.get("type") not in TYPES.values():
            problems.append(Problem(where, f"field {name} has the type {settings.get('type')!r}", f"use one of: {', '.join(TYPES.values())}"))
            continue
        values = tuple(str(value) for value in settings.pop("values", ()))
        spec = FieldSpec(name=name, where=where, values=values, **{"says": "", **settings})
        if _check_field(spec, problems):
            fields[name] = spec
    kinds[kind.name] = replace(kind, fields=fields)


def _check_edges(kinds: dict[str, KindSpec], problems: list[Problem]) -> None:
    """Every edge must reach kinds that exist, and share no name with a field."""
    for kind in kinds.values():
        for edge in kind.edges.values():
            missing = [name for name in edge.to if name != "*" and name not in kinds]
            if missing:
                fix = f"use kinds that exist: {', '.join(kinds)}"
                problems.append(Problem(edge.where, f"edge {edge.name} reaches unknown kinds {missing}", fix))
            if not edge.says.strip():
                problems.append(Problem(edge.where, f"edge {edge.name} does not say what it is", "give it one sentence"))

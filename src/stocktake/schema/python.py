"""Reading one kind from its Python file: a class of the file's own name."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import sys
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stocktake.errors import Problem
from stocktake.schema.declare import FieldDeclaration, Kind, class_name
from stocktake.schema.edge import Edge
from stocktake.schema.spec import EdgeSpec, FieldSpec, FieldType, KindSpec

TYPES: dict[str, FieldType] = {
    "str": "text",
    "int": "integer",
    "float": "number",
    "bool": "flag",
    "datetime": "time",
    "list[str]": "texts",
}
# What running a person's file can raise, short of stopping the program.
FAILURES = (ArithmeticError, AttributeError, ImportError, LookupError, NameError, OSError, RuntimeError, SyntaxError)


@dataclass(frozen=True, slots=True)
class Written:
    """How a class stands in its file: its line, and line and annotation of each name in it."""

    where: str
    names: dict[str, tuple[str, str]]
    problems: tuple[Problem, ...] = ()


def read_class(path: Path, problems: list[Problem]) -> KindSpec | None:
    """The kind that a Python file declares; what is wrong with the file is added to `problems`."""
    name = class_name(path.stem)
    try:
        declared = getattr(_run(path), name, None)
    except (*FAILURES, TypeError, ValueError) as error:
        fix = "mend the Python, or take the file away"
        problems.append(Problem(f"{path}:{_line_of(error, path)}", f"the file can't be read: {error}", fix))
        return None
    if not (inspect.isclass(declared) and issubclass(declared, Kind)):
        fix = f"name the class {name}, as the file is named, and derive it from Kind"
        problems.append(Problem(f"{path}:1", f"no class {name}(Kind)", fix))
        return None
    fields: dict[str, FieldSpec] = {}
    edges: dict[str, EdgeSpec] = {}
    written = Written(f"{path}:1", {})
    for base in reversed([each for each in inspect.getmro(declared) if issubclass(each, Kind)]):
        written = _written(path if base is declared else _file_of(base), base.__name__)
        problems.extend(written.problems if base is declared else ())
        _read_members(base, written, fields, edges, problems)
    order: Any = declared.order
    if not isinstance(order, int):
        at = written.names.get("order", (written.where, ""))[0]
        problems.append(Problem(at, f"kind {path.stem} has the order {order!r}", "use a whole number"))
        return None
    says = inspect.cleandoc(vars(declared).get("__doc__") or "").split("\n")[0]
    return KindSpec(path.stem, says, order, fields, edges, written.where)


def _run(path: Path) -> Any:
    """The module of a file, run outside of any package."""
    name = f"stocktake_kinds_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"no Python file {path}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # Dataclasses look their module up while it loads.
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[name]
    return module


def _line_of(error: BaseException, path: Path) -> int:
    """The line of a file at which it failed: of its text, else of the latest step in it."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    steps = [step.lineno for step in traceback.extract_tb(error.__traceback__) if step.filename == str(path)]
    return steps[-1] or 1 if steps else 1


def _file_of(base: type) -> Path:
    """The file that declares a class."""
    return Path(sys.modules[base.__module__].__file__ or "")


def _written(path: Path, declared: str) -> Written:
    """How a class stands in its file."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name == declared:
            return _written_members(path, node)
    return Written(f"{path}:1", {})


def _written_members(path: Path, class_node: ast.ClassDef) -> Written:
    """Line and annotation of each name of a class, and the names that stand in it twice."""
    names: dict[str, tuple[str, str]] = {}
    problems = []
    for node in class_node.body:
        for target in _targets(node):
            where = f"{path}:{node.lineno}"
            if target in names:
                fix = f"keep one; the first is at {names[target][0]}"
                problems.append(Problem(where, f"{target} is declared twice", fix))
            names[target] = (where, ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else "")
    return Written(f"{path}:{class_node.lineno}", names, tuple(problems))


def _targets(node: ast.stmt) -> list[str]:
    """The names that a statement of a class gives a value."""
    targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _read_members(
    base: type, written: Written, fields: dict[str, FieldSpec], edges: dict[str, EdgeSpec], problems: list[Problem]
) -> None:
    """Add the fields and edges that one class declares."""
    for name, value in vars(base).items():
        where, annotation = written.names.get(name, (written.where, ""))
        if isinstance(value, FieldDeclaration):
            spec = _field(name, value, annotation, where, problems)
            inherited = fields.get(name)
            if spec and inherited and inherited.type != spec.type:
                fix = f"make it {inherited.type}, as at {inherited.where}, or give it another name"
                problems.append(Problem(where, f"field {name} is {spec.type} here and {inherited.type} elsewhere", fix))
            elif spec:
                fields[name] = spec
        elif isinstance(value, Edge):
            edges[name] = EdgeSpec(name, value.to, value.says, value.many, value.attributes, where)


def _field(name: str, told: FieldDeclaration, annotation: str, where: str, problems: list[Problem]) -> FieldSpec | None:
    """A field from its declaration and annotation."""
    bare = annotation.replace(" | None", "").removeprefix("datetime.").strip()
    if bare not in TYPES:
        problem = f"field {name} has the type {annotation!r}" if annotation else f"field {name} has no type"
        problems.append(Problem(where, problem, f"annotate it with one of: {', '.join(TYPES)} (each may be | None)"))
        return None
    return FieldSpec(
        name=name,
        type=TYPES[bare],
        says=told.says,
        unit=told.unit,
        lasting=told.lasting,
        momentary=told.momentary,
        unique=told.unique,
        merge=told.merge,
        values=told.values,
        where=where,
    )

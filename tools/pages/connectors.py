"""The page of connectors: what each reads."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join

INTRO = """
A connector reads one tool and keeps what it says in the tool's own words; a [vocabulary](vocabularies.md) says what
those words mean. A file in a project's `sources/` names a connector and its settings. A project adds its own connectors
in its `connectors/` folder.
"""


def page(root: Path) -> str:
    """The whole page."""
    paths = [path for path in sorted((root / LIBRARY / "connectors").glob("*.py")) if path.stem != "__init__"]
    return join(NOTE, "# Connectors", INTRO, *(_connector(path) for path in paths))


def _connector(path: Path) -> str:
    """The section of one connector: its docstring, its vocabulary and the labels that its complete pulls cover."""
    tree = ast.parse(path.read_text("utf-8"), str(path))
    told = {name: value for node in tree.body for name, value in _constant(node).items()}
    labels = told.get("LABELS", ())
    facts = [f"Vocabulary: {code(told.get('VOCABULARY', path.stem))}."]
    if isinstance(labels, tuple) and labels:
        facts.append(f"Labels: {', '.join(map(code, labels))}.")
    return join(f"## {path.stem}", inspect.cleandoc(ast.get_docstring(tree) or ""), " ".join(facts))


def _constant(node: ast.stmt) -> dict[str, object]:
    """The name and value of a module's constant, where it is written out."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        target, value = node.targets[0].id, node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        target, value = node.target.id, node.value
    else:
        return {}
    return {target: ast.literal_eval(value)} if target in ("VOCABULARY", "LABELS") else {}

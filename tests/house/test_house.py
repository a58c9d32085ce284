"""What the linters do not hold: sizes, and that every module is seen by the contract of imports."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "stocktake"
MODULES = sorted([*SOURCE.rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "tools").rglob("*.py")])


def test_no_file_is_above_500_lines() -> None:
    long = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in MODULES}

    assert {name: lines for name, lines in long.items() if lines > 500} == {}


def test_no_function_is_above_60_lines() -> None:
    long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if (node.end_lineno or node.lineno) - node.lineno + 1 > 60
    ]

    assert long == []


def test_every_folder_of_modules_is_a_package() -> None:
    """A folder without `__init__.py` is not seen by the contract that holds the rings."""
    folders = {path.parent for path in SOURCE.rglob("*.py")}

    assert [str(each.relative_to(ROOT)) for each in sorted(folders) if not (each / "__init__.py").exists()] == []

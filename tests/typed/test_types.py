"""The typed face is typed: mypy agrees with `checked.py`, and its forms run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from tests.typed.checked import read

from stocktake.pipeline.typed import OpenGraph

ROOT = Path(__file__).parents[2]


def check(path: Path) -> subprocess.CompletedProcess[str]:
    """What mypy says of a file, by the house's settings; its cache is no other run's."""
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(ROOT / ".mypy_cache" / "typed"), str(path)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_mypy_knows_what_is_read_and_reached_and_finds_the_mistakes() -> None:
    checked = check(ROOT / "tests" / "typed" / "checked.py")

    assert checked.stdout == "Success: no issues found in 1 source file\n", checked.stdout + checked.stderr


def test_what_is_checked_also_finds_what_is_there(graph: OpenGraph) -> None:
    """Both versions of the recorded company, the three runs that trained them, and four links, one to a ghost."""
    assert read(graph) == {
        "binaries": 2, "approved": 2, "trained": 2, "both": 2, "runs": 3, "runs around them": 2, "either": 5,
        "datasets": 1, "all that was read": 5, "sources that were read": 4, "owners of the code": 2,
        "links": 4, "links to binaries": 3,
    }  # fmt: skip


@pytest.mark.parametrize("module", ["duckdb", "pyarrow", "stocktake.pipeline"])
def test_importing_the_package_imports_nothing_heavy(module: str) -> None:
    code = f"import stocktake, sys; sys.exit({module!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

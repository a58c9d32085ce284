"""A place to write definitions and tables, and the schema that ships."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from stocktake.errors import Problem, StandardsError
from stocktake.schema import Schema, load_schema
from stocktake.standards import Standards, load_files

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
HEADER = """-- {kind}: {name}
-- says: A thing.
-- grain: one row per thing
-- version: 1
-- owner: me
-- source: myself
"""

Write = Callable[..., Path]
Load = Callable[[], Standards]


@pytest.fixture(scope="session")
def schema() -> Schema:
    """The kinds that ship."""
    return load_schema([LIBRARY / "kinds"])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with a good header: `write("name", sql)`; a table with `kind="table"`."""

    def write_file(name: str, sql: str, *, kind: str = "definition", header: str = HEADER) -> Path:
        path = tmp_path / f"{kind}s" / f"{name}.sql"
        path.parent.mkdir(exist_ok=True)
        path.write_text(header.format(kind=kind, name=name) + sql, "utf-8")
        return path

    return write_file


@pytest.fixture
def load(tmp_path: Path, schema: Schema) -> Load:
    """Load what was written."""
    return lambda: load_files([tmp_path / "definitions"], [tmp_path / "tables"], schema)


@pytest.fixture
def problems(load: Load) -> Callable[[], tuple[Problem, ...]]:
    """What loading refuses."""

    def refused() -> tuple[Problem, ...]:
        with pytest.raises(StandardsError) as caught:
            load()
        return caught.value.problems

    return refused

"""Whether two engines gave the same table: names, types, and rows in any order."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa


def assert_alike(name: str, found: pa.Table, expected: pa.Table) -> None:
    """Fails with the first few rows that only one of the two has."""
    assert found.schema == expected.schema, name
    left, right = (Counter(map(_plain, table.to_pylist())) for table in (found, expected))
    assert not left - right, f"{name}: {_few(left - right)} instead of {_few(right - left)}"
    assert not right - left, f"{name}: {_few(right - left)} is missing"


def _plain(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple((name, tuple(value) if isinstance(value, list) else value) for name, value in row.items())


def _few(rows: Counter[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(rows, key=str)[:3]

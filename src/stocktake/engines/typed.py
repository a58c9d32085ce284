"""The types of steps that declare none: those that DuckDB gives them, so that every engine publishes the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from stocktake.engines.protocol import Step

if TYPE_CHECKING:
    import pyarrow as pa

WIDER = {"HUGEINT": "DECIMAL(38,0)", "UBIGINT": "BIGINT", "UINTEGER": "BIGINT"}
"""Types of DuckDB that no lake has, and what stands for them there."""


def typed(steps: Sequence[Step], schemas: Mapping[str, pa.Schema]) -> list[Step]:
    """The steps, each with the types of its columns. schemas: of the tables that they read, by full name.

    Raises EngineError where DuckDB can't read a statement.
    """
    if all(step.types for step in steps):
        return list(steps)
    from stocktake.engines.duckdb import DuckDb

    found = DuckDb(threads=1).describe(steps, schemas)
    told = {name: {column: WIDER.get(kind, kind) for column, kind in types.items()} for name, types in found.items()}
    return [step if step.types else replace(step, types=told[step.name]) for step in steps]

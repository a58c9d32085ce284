"""Random flat tables for the shipped metrics: nulls, ties, odd values, several parents, what nobody described."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
from tests.metrics.oracle_files import KEYS, KINDS, Files, Row

from stocktake import library, metrics, standards
from stocktake.engines.duckdb import DuckDb
from stocktake.schema import load_schema

SHIPPED = Path(library.__file__).parent
NOW = datetime(2026, 11, 23, 18)  # noqa: DTZ001 - UTC without zone, as in the lake
TABLES = (*KEYS, "model_parts")
FIXED = {"share", "slot", "is_live", "model_id", "deployment_id", "binary_id", "kind", "artifact_id", "model_by"}
"""Columns that say what there is, which are made by hand."""


def shipped() -> tuple[metrics.Catalogue, dict[str, pa.Schema]]:
    """The catalogue as it ships, and the schemas of the tables that it reads."""
    files = standards.load_files([SHIPPED / "definitions"], [SHIPPED / "tables"], load_schema([SHIPPED / "kinds"]))
    catalogue = metrics.load([SHIPPED / "metrics"], {each.name: list(each.columns) for each in files.steps})
    empty = standards.run(files, {}, as_of=NOW, known_at=1)
    return catalogue, {name: empty[name].schema for name in TABLES}


VALUES: list[tuple[Callable[[pa.DataType], bool], list[Any]]] = [
    (pa.types.is_boolean, [True, True, False]),
    (pa.types.is_integer, [0, 0, 1, 1, 2, 3, 4, 5, 40]),
    (pa.types.is_timestamp, [NOW - timedelta(days=days) for days in (-400, -1, 0, 1, 1, 364, 366)]),
    (pa.types.is_list, [["red"], ["blue", "red"], ["blue"]]),
]


class Pools:
    """Values that are worth trying in a column: those that the metric files compare it with, and others near them."""

    def __init__(self, files: Files) -> None:
        text = "\n".join(str(file) for file in files.values())
        numbers = {float(each) for each in re.findall(r"[<>]=? (\d+(?:\.\d+)?)", text)}
        self.numbers = sorted({0.0, 1e-10, *numbers, *(each + 0.25 for each in numbers)})
        self.by_column = {
            column: sorted({each for file in files.values() for each in _compared(column, file)})
            for column in re.findall(r"[a-z_]+", text)
        }

    def value(self, name: str, kind: pa.DataType, random: Random) -> Any:
        """A value of a column; one in six is not known."""
        if random.random() < 0.17:
            return None
        return random.choice(self._worth(name, kind))

    def _worth(self, name: str, kind: pa.DataType) -> list[Any]:
        if pa.types.is_floating(kind):
            return self.numbers
        if pa.types.is_string(kind):
            return [*self.by_column.get(name, []), "odd"]
        return next(values for holds, values in VALUES if holds(kind))


def _compared(column: str, file: dict[str, Any]) -> set[str]:
    """The texts that a file compares a column with; what its value is compared with, for a value that is a column."""
    told = [str(bucket.get("when", "")) for bucket in (file.get("buckets") or {}).values()]
    told += [str(file.get("where", ""))]
    names = {column, "value"} if file.get("value") == column else {column}
    found: set[str] = set()
    for text in told:
        for name, one, several in re.findall(r"([a-z_]+) (?:= '([a-z_0-9]+)'|IN \(([^)]*)\))", text):
            if name in names:
                found |= {one} if one else set(re.findall(r"'([a-z_0-9]+)'", several))
    return found


class World:
    """Tables of a random company, in the schemas of the shipped ones."""

    def __init__(self, schemas: dict[str, pa.Schema], pools: Pools, random: Random, models: int) -> None:
        self.schemas, self.pools, self.random = schemas, pools, random
        self.tables: dict[str, list[Row]] = {name: [] for name in TABLES}
        self.models = [f"m{number}" for number in range(models)]
        self.binaries = [f"b{number}" for number in range(models)]
        for number in range(models):
            self._add_deployment(f"d{number}")
        for name in self.models:
            self.tables["models"].append(self.row("models", model_id=name, model_by=random.choice(["code", "family"])))
        self._add_parts()

    def row(self, table: str, **own: Any) -> Row:
        """A row of a table, random but for some columns."""
        told = {field.name: self.pools.value(field.name, field.type, self.random) for field in self.schemas[table]}
        return {**told, **own}

    def arrow(self) -> dict[str, pa.Table]:
        return {name: pa.Table.from_pylist(rows, schema=self.schemas[name]) for name, rows in self.tables.items()}

    def _add_deployment(self, name: str) -> None:
        """A deployment with a few binaries, told or not; shares untold, in part, whole, or of nothing."""
        random, is_live = self.random, self.random.choice([True, True, True, False, None])
        if random.random() < 0.9:
            self.tables["deployments"].append(self.row("deployments", deployment_id=name, is_live=is_live))
        shares = random.choice([[0.5, 0.25, None], [0.6, 0.4, 0.0], [0.2, 0.3, 0.1], [None] * 3, [0.0] * 3])
        own_models = random.sample(self.models, 2)
        for slot in range(random.randint(1, 3)):
            binary = random.choice([None, *random.sample(self.binaries, 4)])
            own = self.row("servings", deployment_id=name, binary_id=binary, is_live=is_live)
            own |= {"slot": f"s{slot}", "share": shares[slot]}
            for model in random.sample(own_models, random.choice([1, 1, 2])):
                serving = {**own, "serving_id": f"{name}/{slot}/{model}", "model_id": model}
                self.tables["servings"].append(serving)

    def _add_parts(self) -> None:
        """Parts of every kind: deployments and binaries as the servings have them, the others at random."""
        found: dict[tuple[str, str, str], list[bool | None]] = {}
        for row in self.tables["servings"]:
            for table in ("deployments", "binaries"):
                if row[KEYS[table]]:
                    found.setdefault((row["model_id"], KINDS[table], row[KEYS[table]]), []).append(row["is_live"])
        for table, kind in KINDS.items():
            if table == "deployments":
                continue
            names = self.binaries if table == "binaries" else [f"{kind}{number}" for number in range(len(self.models))]
            for name in names:
                if self.random.random() < 0.85:
                    self.tables[table].append(self.row(table, **{KEYS[table]: name}))
            for model in self.models if table != "binaries" else []:
                for name in self.random.sample(names, self.random.randint(0, 3)):
                    found[model, kind, name] = [self.random.choice([True, True, True, False, None])]
        for (model, kind, artifact), lives in found.items():
            is_live = True if True in lives else None if None in lives else False
            told = {"model_id": model, "kind": kind, "artifact_id": artifact, "is_live": is_live}
            self.tables["model_parts"].append(told)


def measured(catalogue: metrics.Catalogue, tables: dict[str, pa.Table], as_of: datetime) -> metrics.Rollups:
    """The product's numbers of some tables."""
    engine = DuckDb()
    return metrics.roll_up(catalogue, metrics.score(catalogue, tables, as_of, engine), tables, engine)

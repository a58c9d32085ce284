"""What a reader makes of real files: how many things of which label came, and what they are in common words."""

from __future__ import annotations

import importlib
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import stocktake.library
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source, canonical
from stocktake.schema import Schema, load_schema
from stocktake.vocabulary.decode import LINES, Decoder, SourceSettings
from stocktake.vocabulary.load import load_vocabularies

LIBRARY = Path(stocktake.library.__file__).parent
DATA = Path(__file__).parents[3] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of some files. kinds, links: distinct claims of each kind, distinct links of each edge."""

    labels: dict[str, int]
    kinds: dict[str, int]
    links: dict[str, int]
    problems: tuple[Problem, ...]
    mapped: int
    claims: dict[str, list[dict[str, Any]]]


def real(path: str) -> Path:
    """A real file or folder; skips the test where it is not there."""
    found = DATA / path
    if not found.exists():
        pytest.skip(f"real part missing: {path}")
    return found


def collected(tool: str, path: Path, **settings: Any) -> tuple[list[Seen], list[Problem]]:
    """What a connector sees in some files, and its problems."""
    module = importlib.import_module(f"stocktake.library.connectors.{tool}")
    told = list(module.collect(Source("real", tool, {"path": str(path), **settings})))
    return [each for each in told if isinstance(each, Seen)], [each for each in told if isinstance(each, Problem)]


def take(tool: str, path: Path, **settings: Any) -> Taken:
    """Collect some files and decode them."""
    seen, problems = collected(tool, path, **settings)
    decoder = decoder_of(tool)
    decoder.decode(lines(seen), [SourceSettings("real", settings.get("instance"), settings)])
    tables = {name: table.to_pylist() for name, table in decoder.tables().items()}
    claims = {
        name.removeprefix("claims_"): rows for name, rows in tables.items() if name.startswith("claims_") and rows
    }
    kinds = {kind: len({row["part"] for row in rows}) for kind, rows in claims.items()}
    links = Counter(edge for edge, _, _ in {(row["edge"], row["claim_id"], row["value"]) for row in tables["links"]})
    mapped = len({row["seq"] for rows in claims.values() for row in rows})
    return Taken(dict(Counter(each.label for each in seen)), kinds, dict(links), tuple(problems), mapped, claims)


@cache
def _schema() -> Schema:
    return load_schema([LIBRARY / "kinds"])


@cache
def decoder_of(tool: str) -> Decoder:
    """The decoder of a tool's vocabulary, made once."""
    vocabularies = load_vocabularies([LIBRARY / "vocabulary"], _schema())
    return Decoder(vocabularies.by_name[tool], vocabularies, _schema())


def lines(seen: list[Seen]) -> pa.Table:
    """Things seen as lines of a log."""
    rows = [
        {
            "seq": number,
            "pull_id": None,
            "source": "real",
            "label": each.label,
            "key": each.key,
            "observed_at": (each.observed_at or datetime(2026, 1, 1, tzinfo=UTC)).astimezone(UTC).replace(tzinfo=None),
            "body_id": number,
            "op": 0,
            "body": canonical(each.body).decode(),
        }
        for number, each in enumerate(seen, 1)
    ]
    return pa.Table.from_pylist(rows, schema=LINES)

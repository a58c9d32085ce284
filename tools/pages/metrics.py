"""The page of metrics: what each asks, its buckets and its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from pages.markdown import LIBRARY, NOTE, code, join, table

INTRO = """
A metric gives each artifact of its grain one outcome: a level from 0 to 4, or `unknown`, `not_applicable`, `exempt`,
`error`. Groups roll metrics up; a metric or group may have several parents. A project replaces one by a file of the
same name in its `metrics/` folder, and adds its own there.
"""
FACTS = ("table", "where", "needs", "value", "unit", "absence", "method", "roll_up", "parents", "owner", "source")


def page(root: Path) -> str:
    """The whole page."""
    paths = [
        path for path in sorted((root / LIBRARY / "metrics").glob("*.yaml")) if not path.name.endswith(".cases.yaml")
    ]
    told = [(path.stem, yaml.safe_load(path.read_text("utf-8"))) for path in paths]
    return join(NOTE, "# Metrics and groups", INTRO, *(_metric(name, each) for name, each in told))


def _metric(name: str, told: dict[str, Any]) -> str:
    """The section of one metric or group."""
    buckets = told.get("buckets") or {}
    return join(
        f"## {name}",
        str(told.get("asks", told.get("says", ""))),
        table(("setting", "value"), ((word, _plain(told[word])) for word in FACTS if told.get(word) not in (None, []))),
        table(
            ("bucket", "level", "when"),
            (
                (code(bucket), str(each.get("level", "")), code(each.get("when")) or "else")
                for bucket, each in buckets.items()
            ),
        ),
    )


def _plain(value: Any) -> str:
    """A setting as one line."""
    if isinstance(value, dict):
        return ", ".join(f"{name}: {code(each)}" for name, each in value.items())
    return ", ".join(map(code, value)) if isinstance(value, list) else code(value)

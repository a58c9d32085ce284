"""Metric files that use every method on both axes, over the shipped tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

BUCKETS = """\
buckets:
  b4: {level: 4, when: value <= 7}
  b3: {level: 3, when: value <= 30}
  b2: {level: 2, when: value <= 90}
  b1: {level: 1, when: value <= 180}
  b0: {level: 0, when: value * 1 <= 200}  # above it, an error
"""
COUNT_LEVELS = "{many: {level: 4, when: value >= 3}, some: {level: 2, when: value >= 1}, none: {level: 0}}"
LEVELS = "{most: {level: 4, when: value >= 0.6}, some: {level: 1, when: value > 0.2}, few: {level: 0}}"
SERVINGS = "table: servings\nwhere: is_production\n"
BINARIES = "table: binaries\nwhere: has_run = 1\n"
METHODS = {
    "worst": "worst",
    "best": "best",
    "mean": "mean",
    "weighted": "weighted",
    "traffic": "traffic_weighted",
    "median": "median",
    "latest": "latest",
    "share": "share(3)",
    "own_share": "share(2)",
    "any": "any(3)",
    "all": "all(2)",
    "gate": "gate",
    "high_gate": "gate(1, 2)",
    "count": "count(3)",
}
ACROSS = [name for name in METHODS if name not in ("traffic", "latest")]


def write_every_method(folder: Path) -> Path:
    """Per method a metric of servings, one of binaries, and a group above some of them; all below one top."""
    folder.mkdir()
    first: dict[str, str] = {}  # of the children of each group, one that weighs more
    names = list(METHODS)
    for number, (name, method) in enumerate(METHODS.items()):
        other = names[(number + 5) % len(names)]
        parents = [f"g_{ACROSS[(number + step) % len(ACROSS)]}" for step in (0, 3, 7)]
        head = f"asks: How old?\nparents: {parents}\nvalue: days_since_trained\nunit: day\n{BUCKETS}"
        first |= dict.fromkeys(parents, f"s_{name}")
        steps = f'deployment: "{method}", model: "{METHODS[other]}"{_further(name, other)}'
        (folder / f"s_{name}.yaml").write_text(f"metric: s_{name}\n{SERVINGS}{head}roll_up: {{{steps}}}\n")
        steps = f'model: "{method}"{_further(name)}'
        (folder / f"b_{name}.yaml").write_text(f"metric: b_{name}\n{BINARIES}{head}roll_up: {{{steps}}}\n")
    for name in ACROSS:
        levels = {"own_share": f"levels: {LEVELS}\n", "count": f"levels: {COUNT_LEVELS}\n"}.get(name, "")
        weights = f"weights: {{{first[f'g_{name}']}: 2.5}}\n" if name in ("mean", "gate") else ""
        text = f'group: g_{name}\nasks: How old is all?\nparents: [top]\nmethod: "{METHODS[name]}"\n{levels}{weights}'
        (folder / f"g_{name}.yaml").write_text(text)
    (folder / "top.yaml").write_text("group: top\nasks: How old?\nmethod: mean\n")
    return folder


def _further(*names: str) -> str:
    """What a roll-up says besides its methods: levels of a count or share, the time that says which is the latest."""
    levels = COUNT_LEVELS if "count" in names else LEVELS if "own_share" in names else ""
    return (f", levels: {levels}" if levels else "") + (", latest_by: trained_at" if "latest" in names else "")


def counts(files: dict[str, dict[str, Any]], name: str) -> bool:
    """Whether a node, or any below it, counts: what counts has no best level of its own."""
    own = [files[name].get("method", ""), *(files[name].get("roll_up") or {}).values()]
    below = [child for child, file in files.items() if name in (file.get("parents") or [])]
    return any(str(method).startswith("count") for method in own) or any(counts(files, child) for child in below)

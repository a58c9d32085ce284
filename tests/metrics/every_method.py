"""Metric files that use every method on both axes, over the shipped tables."""

from __future__ import annotations

from pathlib import Path

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
    for number, (name, method) in enumerate(METHODS.items()):
        levels = {"own_share": f", levels: {LEVELS}", "count": f", levels: {COUNT_LEVELS}"}.get(name, "")
        further = levels + (", latest_by: trained_at" if name == "latest" else "")
        parents = [f"g_{ACROSS[(number + step) % len(ACROSS)]}" for step in (0, 3, 7)]
        asked = "where: is_live\nvalue: days_since_trained\nunit: day\n"
        head = f"asks: How old?\nparents: {parents}\n{asked}{BUCKETS}"
        first |= dict.fromkeys(parents, f"s_{name}")
        steps = f'deployment: "{method}", model: "{method}"{further}'
        (folder / f"s_{name}.yaml").write_text(f"metric: s_{name}\ntable: servings\n{head}roll_up: {{{steps}}}\n")
        steps = f'model: "{method}"{further}'
        (folder / f"b_{name}.yaml").write_text(f"metric: b_{name}\ntable: binaries\n{head}roll_up: {{{steps}}}\n")
    for name in ACROSS:
        levels = {"own_share": f"levels: {LEVELS}\n", "count": f"levels: {COUNT_LEVELS}\n"}.get(name, "")
        weights = f"weights: {{{first[f'g_{name}']}: 2.5}}\n" if name in ("mean", "gate") else ""
        text = f'group: g_{name}\nasks: How old is all?\nparents: [top]\nmethod: "{METHODS[name]}"\n{levels}{weights}'
        (folder / f"g_{name}.yaml").write_text(text)
    (folder / "top.yaml").write_text("group: top\nasks: How old?\nmethod: mean\n")
    return folder

"""Small random companies, as the tables that metrics read, and a project folder of metrics over them."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa

Row = dict[str, Any]
World = dict[str, list[Row]]

TYPES = {
    "servings": {
        "serving_id": pa.string(),
        "deployment_id": pa.string(),
        "binary_id": pa.string(),
        "model_id": pa.string(),
        "is_live": pa.bool_(),
        "share": pa.float64(),
        "slot": pa.string(),
        "applies": pa.bool_(),
        "quality": pa.float64(),
        "trained_at": pa.timestamp("s"),
    },
    "binaries": {"binary_id": pa.string(), "applies": pa.bool_(), "quality": pa.float64()},
    "deployments": {"deployment_id": pa.string(), "applies": pa.bool_(), "quality": pa.float64()},
    "models": {
        "model_id": pa.string(),
        "model_by": pa.string(),
        "is_live": pa.bool_(),
        "owners": pa.list_(pa.string()),
        "applies": pa.bool_(),
        "quality": pa.float64(),
    },
    "model_parts": {"model_id": pa.string(), "kind": pa.string(), "artifact_id": pa.string(), "is_live": pa.bool_()},
}
COLUMNS = {table: list(types) for table, types in TYPES.items()}

BUCKETS = """
buckets:
  b4: {level: 4, when: value = 4}
  b3: {level: 3, when: value = 3}
  b2: {level: 2, when: value = 2}
  b1: {level: 1, when: value = 1}
  b0: {level: 0, when: value * 1 = 0}  # not a plain comparison, so that the gap at 9 is found by its row alone
"""
STEPS: dict[str, tuple[str, dict[str, str]]] = {
    "by_traffic": ("servings", {"deployment": "traffic_weighted", "model": "worst"}),
    "by_share": ("servings", {"deployment": "mean", "model": "share(3)"}),
    "by_time": ("servings", {"deployment": "latest", "model": "latest", "latest_by": "trained_at"}),
    "by_gate": ("servings", {"deployment": "gate(0, 1)", "model": "median"}),
    "of_deployments": ("deployments", {"model": "traffic_weighted"}),
    "of_binaries": ("binaries", {"model": "mean"}),
    "of_models": ("models", {}),
}
PARENTS = {
    "by_traffic": ["left", "right"],
    "by_share": ["left"],
    "by_time": ["right"],
    "by_gate": ["right"],
    "of_deployments": ["left"],
    "of_binaries": ["right", "left"],
    "of_models": ["top"],
}
GROUPS: dict[str, tuple[list[str], str, dict[str, float]]] = {
    "left": (["top"], "weighted", {"by_traffic": 3}),
    "right": (["top"], "share(2)", {}),
    "top": ([], "median", {}),
    "empty": (["top"], "worst", {}),
}


def write_metrics(folder: Path) -> Path:
    """The metric and group files of these tests."""
    folder.mkdir(exist_ok=True)
    for name, (table, steps) in STEPS.items():
        told = ", ".join(f'{step}: "{method}"' for step, method in steps.items())
        roll_up = f"roll_up: {{{told}}}\n" if steps else ""
        text = f"metric: {name}\nasks: How good is it?\nparents: {PARENTS[name]}\ntable: {table}\nwhere: applies\n"
        exposure = "exposure: true\n" if name == "by_traffic" else ""
        (folder / f"{name}.yaml").write_text(f"{text}value: quality\nunit: point{BUCKETS}{roll_up}{exposure}")
    for name, (parents, method, weights) in GROUPS.items():
        text = f"group: {name}\nasks: How good is all?\nparents: {parents}\nmethod: {method}\nweights: {weights}\n"
        (folder / f"{name}.yaml").write_text(text)
    return folder


def random_world(random: Random, models: int = 6) -> World:
    """A company of a few models; some servings, shares, owners and values are not known."""
    names = [f"m{number}" for number in range(models)]
    world: World = {table: [] for table in TYPES}
    for deployment in range(random.randint(1, 2 * models)):
        _add_deployment(world, random, f"d{deployment}", names)
    for name in names:
        owners = random.sample(["red", "blue", "green"], random.randint(0, 2)) or None
        live = [row["is_live"] for row in world["servings"] if row["model_id"] == name]
        by = random.choice(["code", "family", "deployment"])
        row = {"model_id": name, "model_by": by, "is_live": any_of(live), "owners": owners, **_values(random)}
        world["models"].append(row)
    world["model_parts"] = _model_parts(world)
    return world


def any_of(truths: list[bool | None]) -> bool | None:
    """Whether any is true, in three values."""
    return True if True in truths else None if None in truths else False


def to_tables(world: World) -> dict[str, pa.Table]:
    schemas = {table: pa.schema(list(types.items())) for table, types in TYPES.items()}
    return {table: pa.Table.from_pylist(rows, schema=schemas[table]) for table, rows in world.items()}


def _values(random: Random) -> Row:
    """Whether it is asked of, and a value: a level, one for which there is no bucket, or none."""
    applies = random.choice([True, True, True, True, False, None])
    return {"applies": applies, "quality": random.choice([0.0, 1.0, 2.0, 3.0, 4.0, 4.0, 4.0, 9.0, None])}


def _add_deployment(world: World, random: Random, name: str, models: list[str]) -> None:
    is_live = random.choice([True, True, True, False, None])
    some, full, little = [0.5, 0.25, None, None], [0.6, 0.4, 0.0, 0.0], [0.2, 0.3, 0.1, 0.1]
    shares = random.choice([some, full, little, [None] * 4, [0.0] * 4])
    if random.random() < 0.9:
        world["deployments"].append({"deployment_id": name, **_values(random)})
    for slot in range(random.randint(1, 4)):
        binary = random.choice([None, *(f"b{number}" for number in range(5))])
        described = {row["binary_id"] for row in world["binaries"]}
        if binary and binary not in described and random.random() < 0.8:
            world["binaries"].append({"binary_id": binary, **_values(random)})
        values = _values(random)
        trained_at = random.choice([None, 1, 2, 3])
        for model in random.sample(models, random.choice([1, 1, 1, 2])):
            row = {"serving_id": f"{name}/{slot}/{model}", "deployment_id": name, "binary_id": binary}
            row |= {
                "model_id": model,
                "is_live": is_live,
                "share": shares[slot],
                "slot": f"s{slot}",
                **values,
                "trained_at": trained_at,
            }
            world["servings"].append(row)


def _model_parts(world: World) -> list[Row]:
    """Each deployment and binary of each model, with whether any serving that leads to it is live."""
    found: dict[tuple[str, str, str], list[bool | None]] = {}
    for row in world["servings"]:
        for kind, key in (("model_deployment", "deployment_id"), ("model_binary", "binary_id")):
            if row[key]:
                found.setdefault((row["model_id"], kind, row[key]), []).append(row["is_live"])
    return [{"model_id": m, "kind": k, "artifact_id": a, "is_live": any_of(live)} for (m, k, a), live in found.items()]

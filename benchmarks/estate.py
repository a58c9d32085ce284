"""A made-up estate for benchmarks: records as three tools would tell them, as JSON lines of about 0.5 KB."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

FAMILIES = 20_000
BUCKETS = ("s3://acme-models", "s3://growth-models", "s3://risk-models")
NOTE = "Trained on what the lake held that night; see the run for its parameters and the dataset's digest."
SERVINGS, PER_ENDPOINT = 3, 30
LABELS = ("ModelVersion", "Run", "Endpoint")
PROJECT = Path(__file__).parent / "estate"


def write_estate(root: Path, records: int, files: int = 20) -> int:
    """Make a project whose one source holds so many records, a third of each label; gives their bytes."""
    shutil.copytree(PROJECT, root, dirs_exist_ok=True)
    (root / "export").mkdir()
    size = 0
    for part in range(files):
        path = root / "export" / f"{part:02}.jsonl"
        with path.open("w") as file:
            for number in range(part * records // files, (part + 1) * records // files):
                file.write(json.dumps(thing(number)) + "\n")
        size += path.stat().st_size
    return size


def write_served(root: Path, binaries: int, files: int = 20) -> int:
    """The same with so many binaries, a run and three servings of each, thirty to an endpoint; gives the records."""
    shutil.copytree(PROJECT, root, dirs_exist_ok=True)
    (root / "export").mkdir()
    endpoints = max(1, SERVINGS * binaries // PER_ENDPOINT)
    _write(root, "ModelVersion", version, binaries, files)
    _write(root, "Run", run, binaries, files)
    _write(root, "Endpoint", partial(busy_endpoint, binaries), endpoints, files)
    return 2 * binaries + endpoints


def _write(
    root: Path, label: str, make: Callable[[int, random.Random], dict[str, Any]], count: int, files: int
) -> None:
    """So many records of a label, as lines of several files."""
    for part in range(files):
        with (root / "export" / f"{label}-{part:02}.jsonl").open("w") as file:
            for number in range(part * count // files, (part + 1) * count // files):
                told = {"label": label, "id": str(number), **make(number, random.Random(number))}
                file.write(json.dumps(told) + "\n")


def thing(number: int) -> dict[str, Any]:
    """One record: versions, runs and endpoints in turn, of which each three belong together."""
    make = (version, run, endpoint)[number % 3]
    told = make(number // 3, random.Random(number))
    return {"label": LABELS[number % 3], "id": str(number // 3), **told}


def version(number: int, chance: random.Random) -> dict[str, Any]:
    """A trained set of weights, as a registry tells it."""
    return {
        "name": f"model_{number % FAMILIES}",
        "version": str(number // FAMILIES + 1),
        "creation_timestamp": 1_700_000_000_000 + number,
        "run_id": run_id(number),
        "source": artifact(number),
        "status": "READY",
        "user_id": f"user{number % 400}",
        "tags": [
            {"key": "team", "value": f"team{number % 60}"},
            {"key": "git.commit", "value": f"{chance.getrandbits(160):040x}"},
            {"key": "digest", "value": digest(number)},
        ],
        "description": NOTE,
    }


def run(number: int, chance: random.Random) -> dict[str, Any]:
    """A run that trained it."""
    dataset = number % 5_000
    commit = f"{chance.getrandbits(160):040x}"
    return {
        "run_id": run_id(number),
        "experiment_id": str(number % 900),
        "status": "FINISHED",
        "start_time": 1_700_000_000_000 + number - 600_000,
        "end_time": 1_700_000_000_000 + number,
        "user_id": f"user{number % 400}",
        "inputs": [{"name": f"train_{dataset}", "digest": commit[:8], "source": f"s3://lake/train/{dataset}"}],
        "metrics": {"auc": chance.random(), "loss": chance.random()},
        "tags": {"source": f"jobs/train_{number % FAMILIES}.py", "git.commit": commit, "note": NOTE},
    }


def endpoint(number: int, chance: random.Random) -> dict[str, Any]:
    """A place that serves it, with what it served before."""
    return {
        "endpoint": f"endpoint-{number}",
        "cluster": f"cluster-{number % 12}",
        "state": "InService",
        "created_at": "2026-03-01T00:00:00Z",
        "variants": [
            {"slot": "live", "artifact": artifact(number), "weight": round(chance.random(), 3)},
            {"slot": "canary", "artifact": artifact(max(number - FAMILIES, 0)), "weight": 0.1},
        ],
        "image": f"registry.acme.example/serve@sha256:{digest(number)}",
        "labels": {"team": f"team{number % 60}", "tier": str(number % 3), "note": NOTE},
    }


def busy_endpoint(binaries: int, number: int, chance: random.Random) -> dict[str, Any]:
    """A place that serves thirty binaries, of which the neighbours serve two thirds too."""
    first = number * PER_ENDPOINT // SERVINGS
    variants = [
        {"slot": f"slot-{place}", "artifact": artifact((first + place) % binaries), "weight": round(chance.random(), 3)}
        for place in range(PER_ENDPOINT)
    ]
    return {**endpoint(number, chance), "variants": variants}


def run_id(number: int) -> str:
    """A run's id, 32 hex digits."""
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128:032x}"


def digest(number: int) -> str:
    """The sha256 of a binary's bytes."""
    return run_id(number) + run_id(number + 1)


def artifact(number: int) -> str:
    """Where a binary lies."""
    return f"{BUCKETS[number % 3]}/model_{number % FAMILIES}/{number // FAMILIES + 1}/artifacts/model"

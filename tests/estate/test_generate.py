"""The made-up company: the same seed gives the same bytes, its mess is there as stated, and any size is written."""

from __future__ import annotations

import hashlib
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from stocktake.estate import Size, generate
from stocktake.estate.mess import PLANTED


def hashes(folder: Path) -> dict[str, str]:
    """Each file with the hash of its bytes."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the default company says of itself."""
    folder = tmp_path_factory.mktemp("default")
    generate(folder, Size())
    told: dict[str, Any] = json.loads((folder / "truth" / "summary.json").read_bytes())
    lines = sum(path.read_bytes().count(b"\n") for path in (folder / "recorded").rglob("*.*json*"))
    return told | {"lines": lines}


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        generate(tmp_path / name, Size(models=24, days=200, seed=seed))

    assert hashes(tmp_path / "one") == hashes(tmp_path / "again")
    assert hashes(tmp_path / "one") != hashes(tmp_path / "other")


def test_a_larger_company_has_the_same_first_teams(tmp_path: Path) -> None:
    """What is written of a team does not depend on how many others there are."""
    generate(tmp_path / "small", Size(models=12, days=200))
    generate(tmp_path / "large", Size(models=24, days=200))
    small = (tmp_path / "small" / "recorded" / "mlflow" / "runs.jsonl").read_bytes()

    assert (tmp_path / "large" / "recorded" / "mlflow" / "runs.jsonl").read_bytes().startswith(small)


def test_scale_multiplies_the_models_and_not_the_memory(tmp_path: Path) -> None:
    """One team is held at a time: eight times the company needs little more than its largest team does."""
    peaks, models = [], []
    for scale in (1, 8):
        tracemalloc.start()
        told = generate(tmp_path / str(scale), Size(models=36, days=120, scale=scale))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        models.append(told["things"]["model"])

    assert models == [36, 288]
    assert peaks[1] < 2.5 * peaks[0]


def test_the_default_company_has_300_models_and_no_more_records_than_a_demonstration_bears(
    summary: dict[str, Any],
) -> None:
    assert summary["things"]["model"] == 300
    assert summary["lines"] < 100_000


@pytest.mark.parametrize("name", [each.name for each in PLANTED])
def test_mess_is_planted_at_its_stated_rate(summary: dict[str, Any], name: str) -> None:
    """Within four standard deviations of what chance allows, and seldom asked ones at least on a larger company."""
    told = next(each for each in summary["mess"] if each["name"] == name)
    expected = told["rate"] * told["asked"]

    assert abs(told["planted"] - expected) <= 4 * (expected * (1 - told["rate"])) ** 0.5 + 1


def test_the_truth_names_every_mess_that_was_planted_on_a_thing(tmp_path: Path) -> None:
    told = generate(tmp_path, Size(models=300, days=400, seed=3))
    lines = (tmp_path / "truth" / "things.jsonl").read_bytes().splitlines()
    models = (tmp_path / "truth" / "models.jsonl").read_bytes().splitlines()
    named = {mess for line in [*lines, *models] for mess in json.loads(line)["mess"]}

    assert {each["name"] for each in told["mess"] if each["planted"]} <= named | {"lost_repository"}

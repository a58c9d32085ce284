"""How many models? Every way to count is told, and each difference from what is really there has its reason."""

from __future__ import annotations

import pytest
from tests.estate.differences import GRAINS, differences, told
from tests.estate.holding import Holding

from stocktake.pipeline.counting import count

EVERY = (*GRAINS, "model")


@pytest.mark.parametrize("grain", EVERY)
def test_every_difference_from_the_truth_is_explained_by_planted_mess(holding: Holding, grain: str) -> None:
    real, found, counted = differences(holding, grain)

    assert [str(each) for each in found if not each.mess] == []
    assert real + sum(each.difference for each in found) == counted


def test_the_differences_are_listed_by_id(holding: Holding) -> None:
    """Seen with `pytest -s`: what is there, what is counted, and why."""
    lines = list(told(holding))
    print("\n".join(lines))

    assert len(lines) > len(EVERY)


def test_counts_tells_what_is_counted_by_each_way(holding: Holding) -> None:
    answer = count(holding.measured)

    assert answer["models"] == {grain: differences(holding, grain)[2] for grain in EVERY}


def test_each_way_to_count_bridges_to_the_models(holding: Holding) -> None:
    answer = count(holding.measured)

    for way, steps in answer["bridge"].items():
        assert steps[0]["difference"] == answer["models"][way]
        assert sum(step["difference"] for step in steps) == answer["models"]["model"]

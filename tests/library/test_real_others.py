"""Real Hugging Face cards and compiled Kubeflow pipelines: per file, how many claims, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import DATA, real, take

PIPELINE_FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.glob("kfp/compiled/essential/*.yaml"))
# The second card's index has two results.
CARDS: dict[str, dict[str, int]] = {
    "huggingface/cards/sample_simple.md": {"model_binary": 1},
    "huggingface/cards/sample_simple_model_index.md": {"model_binary": 1, "assessment": 2},
}


@pytest.mark.parametrize("path", CARDS)
def test_a_card_gives_what_was_counted_by_hand(path: str) -> None:
    taken = take("huggingface", real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds) == ({"ModelCard": 1}, CARDS[path])


def test_a_readme_without_data_is_no_card() -> None:
    taken = take("huggingface", real("huggingface"))

    assert taken.labels == {"ModelCard": 2}


@pytest.mark.parametrize("path", PIPELINE_FILES)
def test_each_compiled_pipeline_is_one_plan(path: str) -> None:
    """A plan is kept, and is no artifact."""
    taken = take("kfp", real(path))

    assert (taken.labels, taken.kinds, taken.problems) == ({"Pipeline": 1}, {"none": 1}, ())


def test_there_are_seventeen_pipelines() -> None:
    assert take("kfp", real("kfp")).labels == {"Pipeline": 17}

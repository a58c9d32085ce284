"""Real Hugging Face cards and compiled Kubeflow pipelines: per file, how many claims, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import real, take

PIPELINES = "kfp/compiled/essential"
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


def test_each_compiled_pipeline_is_one_plan() -> None:
    """17 files; a plan is kept, and is no artifact."""
    folder = real(PIPELINES)

    for path in sorted(folder.glob("*.yaml")):
        taken = take("kfp", path)
        assert (taken.labels, taken.kinds, taken.problems) == ({"Pipeline": 1}, {"none": 1}, ()), path.name
    assert take("kfp", real("kfp")).labels == {"Pipeline": 17}

"""Of what the files themselves join by strong identifiers, nearly all is found, and nearly nothing else is."""

from __future__ import annotations

import pytest
from tests.estate.holding import SEEDS, Holding
from tests.estate.matching import Stitched, stitch


@pytest.fixture(scope="module")
def stitched(holding: Holding) -> dict[int, Stitched]:
    """The comparison with the truth, by company."""
    return stitch(holding.truth, holding.made, holding.folder, holding.company)


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_every_company_is_stitched(stitched: dict[int, Stitched], seed: int) -> None:
    """Pairs are two records of one thing, and two things that are linked."""
    told = stitched[seed]
    missed = [pair for pair, is_found in told.decidable.items() if not is_found]
    print(
        f"seed {seed}: {len(told)} pairs, precision {told.precision:.4f}, recall {told.recall:.4f} over the decidable, "
        f"{told.recall_of_all:.4f} over all, {len(told.undecidable) / len(told):.1%} undecidable"
    )

    assert told.precision >= 0.99, told.wrong
    assert told.recall >= 0.95, missed
    assert len(told.undecidable) <= 0.1 * len(told)


def test_every_company_has_pairs_of_every_sort(stitched: dict[int, Stitched]) -> None:
    """A comparison of nothing would pass too."""
    assert min(len(told) for told in stitched.values()) > 300
    sorts = {pair[0] for told in stitched.values() for pair in told.decidable}
    assert {"is", "serves", "family", "workflow_run", "model_code", "datasets", "part_of", "reads"} <= sorts


def test_what_is_joined_wrongly_was_planted(stitched: dict[int, Stitched], holding: Holding) -> None:
    """A wrong tag, and a cluster that was not read of late, deceive everybody; nothing else does."""
    misleading = {"wrong_tag", "missed_days"}
    unexplained = [
        pair for told in stitched.values() for pair in told.wrong if not misleading & holding.truth.mess(pair[1:])
    ]

    assert unexplained == []


def test_what_can_not_be_decided_was_planted(stitched: dict[int, Stitched], holding: Holding) -> None:
    """Whatever the files do not join is touched by mess that takes identifiers away."""
    taken = {
        *("orphan_endpoint", "ghost_binary", "alias_moved", "wrong_tag"),
        *("lost_id", "lost_events", "bare_script", "lost_repository", "missed_days"),
    }
    unexplained = [
        pair
        for told in stitched.values()
        for pair in told.undecidable
        if not taken & {*holding.truth.mess(each for each in pair[1:3] if each in holding.truth.things)}
    ]

    assert unexplained == []

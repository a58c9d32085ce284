"""What a pull is compared with: what the log already holds of its source, in columns.

A thing is known by 64 bits of a hash of its label and key (an event also by its time and body), so that a million
comparisons are a few passes over sorted numbers, and no look-up per line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from stocktake.store.chain import Chain

Numbers = npt.NDArray[np.int64]
NONE = np.array([], dtype=np.int64)


def thing_ids(
    labels: Iterable[str], keys: Iterable[str], observed_at: Iterable[int | None], hashes: Iterable[int]
) -> Numbers:
    """64 bits for each state of a thing (observed_at None), or for each event. Hold within one process only."""
    told = zip(labels, keys, observed_at, hashes, strict=True)
    ids = (hash((label, key) if at is None else (label, key, at, body)) for label, key, at, body in told)
    return np.fromiter(ids, np.int64)


class View:
    """The base of a pull, and what the pull added to it so far.

    After `note`, `seen` tells which of the base's things came again, `same` which of those as they were, `changed`
    which with another body. A tool may say both in one pull.
    """

    def __init__(self, chain: Chain | None) -> None:
        self.base_id = chain.pull_id if chain else None
        self.lines: pa.Table | None = chain.lines if chain else None
        self.ids, self.hashes, self.rows, self.is_state = (
            _standing(chain.lines) if chain else (NONE, NONE, NONE, NONE > 0)
        )
        self.seen = np.zeros(len(self.ids), dtype=bool)
        self.same = np.zeros(len(self.ids), dtype=bool)
        self.changed = np.zeros(len(self.ids), dtype=bool)
        self.new = 0
        self._added_ids = NONE
        self._added_hashes = NONE

    def note(self, ids: Numbers, hashes: Numbers) -> list[int]:
        """Take note of a batch of things with their bodies; gives the places of those that the log must hold."""
        place, is_known = _find(self.ids, ids)
        known = place[is_known]
        self.seen[known] = True
        is_same = np.zeros(len(ids), dtype=bool)
        is_same[is_known] = self.hashes[known] == hashes[is_known]
        self.same[place[is_same]] = True
        added, is_added = _find(self._added_ids, ids)
        is_same[is_added] |= self._added_hashes[added[is_added]] == hashes[is_added]
        places = _first_of_equal(ids, hashes, np.flatnonzero(~is_same))
        is_change = is_known[places]
        self.changed[place[places][is_change]] = True
        self.new += len(np.unique(ids[places][~is_change & ~is_added[places]]))
        self._add(ids[places], hashes[places])
        listed: list[int] = places.tolist()
        return listed

    def vanished(self, labels: Sequence[str]) -> list[dict[str, Any]]:
        """The base's things of these labels that did not come again: label and key. Events never vanish."""
        gone = self.is_state & ~self.seen
        return [row for row in self._base(gone, ("label", "key")) if row["label"] in labels]

    def unchanged(self) -> list[dict[str, Any]]:
        """The base's things that came again as they were: label, key, body_id."""
        return self._base(self.is_state & self.same, ("label", "key", "body_id"))

    def contradicted(self) -> list[dict[str, Any]]:
        """Those of them that the same pull also told otherwise: label, key, body_id."""
        return self._base(self.is_state & self.same & self.changed, ("label", "key", "body_id"))

    def _base(self, which: npt.NDArray[np.bool_], columns: Sequence[str]) -> list[dict[str, Any]]:
        if self.lines is None or not which.any():
            return []
        return self.lines.select(list(columns)).take(np.sort(self.rows[which])).to_pylist()

    def _add(self, ids: Numbers, hashes: Numbers) -> None:
        ids, places = np.unique(ids[::-1], return_index=True)  # the last of one thing counts
        hashes = hashes[::-1][places]
        place, is_held = _find(self._added_ids, ids)
        self._added_hashes[place[is_held]] = hashes[is_held]
        fresh = np.searchsorted(self._added_ids, ids[~is_held])
        self._added_ids = np.insert(self._added_ids, fresh, ids[~is_held])
        self._added_hashes = np.insert(self._added_hashes, fresh, hashes[~is_held])


def _standing(lines: pa.Table) -> tuple[Numbers, Numbers, Numbers, npt.NDArray[np.bool_]]:
    """What of a chain's lines stands at its end: ids in order, body hashes, rows in the lines, whether a state."""
    if lines.num_rows == 0:
        return NONE, NONE, NONE, NONE > 0
    told = lines.select(["label", "key", "observed_at", "hash", "is_state", "op"]).to_pydict()
    labels, keys, times, bodies, states, ops = told.values()
    at = [None if state or op else time for state, op, time in zip(states, ops, times, strict=True)]
    body_hashes = [each or 0 for each in bodies]
    all_ids = thing_ids(labels, keys, at, body_hashes)
    ids, from_end = np.unique(all_ids[::-1], return_index=True)
    rows = len(all_ids) - 1 - from_end
    stands = np.array(ops, dtype=np.int64)[rows] == 0
    hashes = np.array(body_hashes, dtype=np.int64)[rows]
    is_state = np.array(states, dtype=bool)[rows]
    return ids[stands], hashes[stands], rows[stands], is_state[stands]


def _find(ordered: Numbers, wanted: Numbers) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """The place of each number in an ordered array, and whether it is there."""
    if len(ordered) == 0:
        return np.zeros(len(wanted), dtype=np.int64), np.zeros(len(wanted), dtype=bool)
    place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    return place, ordered[place] == wanted


def _first_of_equal(ids: Numbers, hashes: Numbers, places: Numbers) -> Numbers:
    """Of some places, the first of each that have the same thing and body, in their order."""
    order = places[np.lexsort((places, hashes[places], ids[places]))]
    is_first = np.ones(len(order), dtype=bool)
    is_first[1:] = (ids[order][1:] != ids[order][:-1]) | (hashes[order][1:] != hashes[order][:-1])
    return np.sort(order[is_first])

"""Records as the leaves of an explanation: who said it, of what, when; of an edit also who decided, and why."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

from stocktake.explain.tree import Step
from stocktake.graph.edits import Edit, iid_of, parse_identifier, read_all

if TYPE_CHECKING:
    from stocktake.nouns import Record
    from stocktake.store import Store

PERSON = "person/"


class Records:
    """Reads records from the log, each once."""

    def __init__(self, store: Store, edits: Iterable[Record]) -> None:
        self.store = store
        self.edits: dict[int, Edit] = {each.record.seq: each.edit for each in read_all(edits)}
        self._known: dict[int, dict[str, Any]] = {}

    def read(self, seqs: Iterable[int]) -> None:
        """Read some records at once, ahead of `step`."""
        for record in self.store.records_at(sorted(set(seqs) - self._known.keys())):
            told = {
                "seq": record.seq, "source": record.source, "label": record.label, "key": record.key,
                "observed_at": record.observed_at, **({"body": "purged"} if record.body is None else {}),
            }  # fmt: skip
            self._known[record.seq] = {**told, **self._decided(record.seq, record.source)}

    def step(self, seq: int, **told: Any) -> Step:
        """One record as a leaf, with what it says here."""
        if seq not in self._known:
            self.read([seq])
        base = self._known.get(seq, {"seq": seq})
        name = " ".join(str(base[each]) for each in ("source", "label", "key") if each in base)
        return Step("record", name, {**base, **{key: value for key, value in told.items() if value is not None}})

    def _decided(self, seq: int, source: str) -> dict[str, Any]:
        """Of an edit: who, what, why, when, until when."""
        edit = self.edits.get(seq)
        if edit is None:
            return {}
        told = {"who": source.removeprefix(PERSON), "action": edit.action, "why": edit.why}
        times = {"decided_at": edit.decided_at, **({"until": edit.until} if edit.until else {})}
        return {**told, **times}

    @cached_property
    def confirmed(self) -> list[tuple[int, Edit, frozenset[UUID]]]:
        """The joins that persons confirmed: entry, edit, and the ids of both identifiers."""
        return [
            (seq, edit, frozenset(iid_of(*parse_identifier(str(side))) for side in (edit.left, edit.right)))
            for seq, edit in self.edits.items()
            if edit.action == "confirm"
        ]

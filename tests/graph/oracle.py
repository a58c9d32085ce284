"""An independent reading of what the graph is at one moment, row by row, in plain Python.

It shares no code with `stocktake.graph`: slow, simple, and meant to be checked by reading.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from tests.graph.oracle_edges import Edges
from tests.graph.oracle_identity import Node, Part, collect_claims, decide, identify
from tests.graph.oracle_links import Links
from tests.graph.oracle_presence import Presence
from tests.graph.oracle_tellings import Row, Telling, gone, in_force, is_stale, least, tell, time_of
from tests.graph.oracle_values import Moment, value_row
from tests.graph.toy import SOURCES


class Oracle:
    """The log at known_at, read once; `at` gives the tables of a moment."""

    def __init__(self, lines: list[Any], pulls: list[Any], known_at: int) -> None:
        self.lines = [line for line in lines if line.seq <= known_at]
        self.pulls = [pull for pull in pulls if pull.id <= known_at]
        self.edits = [line.body for line in self.lines if line.source.startswith("person/")]
        self.identity = identify(collect_claims(self.lines), decide(self.edits))
        self.tellings = tell(self.lines, self.pulls)

    def at(self, as_of: datetime) -> dict[str, list[Row]]:
        """The tables that the snapshot of as_of should have."""
        told_of = {each.source for each in [*self.lines, *self.pulls]}
        stale = {source: is_stale(source, self.lines, self.pulls, as_of) for source in told_of | set(SOURCES)}
        moment, loose = self._moment(stale, as_of)
        links = Links(moment, self.tellings, self.edits, loose)
        ends = links.ended()
        presence = Presence(moment, ends, self.begun(as_of))
        claims = self.identity.claims.items()
        started = {self.identity.artifact[key] for key, claim in claims if not claim.is_edit}
        Edges(moment, presence, started).make(links, ends)
        presence.add_rest()
        for (kind, _), row in moment.values.items():
            row |= {name: value.replace(tzinfo=None) for name, value in row.items() if isinstance(value, datetime)}
            row["kind"] = kind
        moment.tables["source"] = [
            {"source": source, "is_stale": is_old}
            for source, is_old in stale.items()
            if not source.startswith("person/")
        ]
        crowded = self.identity.crowded.items()
        moment.tables["crowded_identifier"] = [{"namespace": n, "value": v, "claims": c} for (n, v), c in crowded]
        return moment.tables

    def _moment(self, stale: dict[str, bool], as_of: datetime) -> tuple[Moment, list[Telling]]:
        """What is told then of each artifact, with the values that count; and what is told of nothing."""
        now: dict[Part, list[Telling]] = defaultdict(list)
        loose: list[Telling] = []
        for told in in_force(self.tellings, self.identity, stale, as_of):
            part = self.identity.artifact[told.claim]
            (now[part] if part else loose).append(told)
        moment = Moment(as_of, self.identity, dict(now))
        moment.values = {part: value_row(part, told_of, moment) for part, told_of in now.items()}
        return moment, loose

    def begun(self, as_of: datetime) -> dict[Part, list[Telling]]:
        """What was last told of each artifact until as_of, by claims that have begun to exist; edits left out.

        Of each claim: what is told of it at as_of, else what was when it was last told of.
        """
        claims: dict[Node, list[Telling]] = defaultdict(list)
        for told in self.tellings:
            stands_in = told.is_first and told.created_at is not None and told.created_at <= as_of
            if not told.is_edit and (told.from_at <= as_of or stands_in):
                claims[told.claim].append(told)
        found = defaultdict(list)
        for claim, all_told in claims.items():
            part = self.identity.artifact[claim]
            told_of = [told for told in all_told if gone(told, as_of) == max(gone(each, as_of) for each in all_told)]
            created = least(time_of(told.item.get("created_at")) for told in told_of)
            if part and (created is None or created <= as_of):
                found[part] += told_of
        return found

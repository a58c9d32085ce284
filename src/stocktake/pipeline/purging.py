"""Purging: bodies of records erased by age, or because they speak of one subject; the records stay, and say so."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from stocktake.errors import ProjectError
from stocktake.graph.edits import PERSON, iid_of, parse_identifier
from stocktake.graph.ended import bodies_of, old_bodies
from stocktake.nouns import canonical
from stocktake.pipeline.editing import moment, person
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.segment_manifest import drop_foreign
from stocktake.pipeline.session import identifier, log
from stocktake.store.purges import Asked

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.store import Store
    from stocktake.store.purges import Purge

SOME = 5_000
FIX = "say one of --before DATE, --subject ARTIFACT, --text TEXT"


@dataclass(frozen=True, slots=True)
class Rule:
    """What to erase: one of before, subject and text.

    before: what had been replaced by then; with_standing: all that was told before then, also what still holds.
    sources: of these alone. subject: an artifact, by identifier, id or name: all records that describe it. text: all
    records in which it stands.
    """

    before: str | None = None
    with_standing: bool = False
    sources: tuple[str, ...] = ()
    subject: str | None = None
    text: str | None = None

    def says(self) -> str:
        """The rule in words; of a subject no more than the hash, as it shall be forgotten."""
        if self.before:
            what = "told before" if self.with_standing else "replaced before"
            of = f", of {', '.join(self.sources)}" if self.sources else ""
            return f"{what} {moment(self.before):%Y-%m-%d %H:%M:%S}{of}"
        name, words = ("subject", self.subject) if self.subject else ("text", self.text)
        return f"{name} with sha256 {hashlib.sha256(str(words).encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge did. bodies, records: how many it erased, and how many records had them; 0: there was nothing.

    named: keys and sources that bear the text. These are part of the sealed log, and stay.
    """

    purge: Purge | None
    bodies: int
    records: int
    named: tuple[str, ...] = ()


def purge(project: Project, rule: Rule, *, who: str | None, why: str, is_trial: bool = False) -> Purged:
    """Erase what a rule says, and record who did, when and why. is_trial: only count it.

    What was decoded from it is decoded again without it. Saved runs stay as they are: `runs` names those that rest on
    what was erased. Raises ProjectError for a rule that says nothing, or too much.
    """
    _check(project, rule)
    with log(project) as store:
        bodies = _found(project, store, rule)
        held = store.held_bodies(bodies)
        records = store.count_records(held)
        named = tuple(_named(store, rule.text)) if rule.text else ()
        if is_trial or not held:
            return Purged(None, len(held), records, named)
        asked = Asked(person(who).removeprefix(PERSON), why, rule.says(), datetime.now(UTC))
        made = store.purge(held, asked)
        for folder in (project.derived / store.log_id / "segments").glob("*"):
            drop_foreign(folder, store)
        return Purged(made, len(held), records, named)


def _check(project: Project, rule: Rule) -> None:
    told = [name for name in ("before", "subject", "text") if getattr(rule, name)]
    if len(told) != 1:
        raise ProjectError("store purge", f"it is told {' and '.join(told) or 'nothing'} to erase by", FIX)
    if (rule.sources or rule.with_standing) and not rule.before:
        raise ProjectError("store purge", "--source and --standing go with --before", FIX)
    for name in rule.sources:
        project.source(name)


def _found(project: Project, store: Store, rule: Rule) -> Sequence[int]:
    """The bodies that a rule says."""
    if rule.text:
        return list(_with_text(store, rule.text))
    given = graph_input(project, store)
    if rule.subject:
        return bodies_of(given, iid_of(*parse_identifier(identifier(project, store, rule.subject))))
    told = old_bodies(given, moment(str(rule.before)), sources=rule.sources, with_standing=rule.with_standing)
    persons = [name for name in store.sources() if name.startswith(PERSON)]
    kept = set(store.records(sources=persons)["body_id"].to_pylist())  # decisions hold until they are taken back
    return [each for each in told if each not in kept]


def _with_text(store: Store, text: str) -> Iterator[int]:
    """The bodies in which a text stands, as JSON writes it."""
    wanted = canonical(text)[1:-1]
    for rows in store.database.fetch("SELECT id, body FROM body WHERE body IS NOT NULL", SOME):
        yield from (int(number) for number, body in rows if wanted in body)


def _named(store: Store, text: str) -> Iterator[str]:
    """The keys and sources in which a text stands."""
    yield from (f"source {name}" for name in store.sources() if text in name)
    keys = "SELECT DISTINCT source.name, record.key FROM record JOIN source ON source.id = record.source_id"
    for rows in store.database.fetch(f"{keys} ORDER BY 1, 2", SOME):
        yield from (f"key {key} of {source}" for source, key in rows if text in key)

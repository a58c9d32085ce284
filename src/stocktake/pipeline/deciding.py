"""From what a person writes to edits in the log: who they speak of, and whether they can be made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from stocktake.errors import GraphError
from stocktake.graph.edits import Edit
from stocktake.pipeline.editing import (
    append_edits,
    attributes_of,
    check_edge,
    check_kind,
    check_split,
    moment,
    pairs_of,
    person,
    value_of,
)  # fmt: skip
from stocktake.pipeline.inputs import graph_input
from stocktake.pipeline.recalling import recall
from stocktake.pipeline.session import identifier, identifiers_of, kind_of, log
from stocktake.pipeline.suggesting import suggestions
from stocktake.project import Project
from stocktake.store import Store


@dataclass(frozen=True, slots=True)
class Reason:
    """Who decides and why. at, until: since and until when it holds, as written; kind: of the artifact, where told."""

    why: str
    who: str | None = None
    at: str | None = None
    until: str | None = None
    kind: str | None = None

    def times(self) -> dict[str, Any]:
        """The times that were told. Raises GraphError."""
        told = {"at": self.at, "until": self.until}
        return {name: moment(words) for name, words in told.items() if words}


@dataclass(frozen=True, slots=True)
class Decided:
    """What was appended to the log."""

    source: str
    edits: tuple[Edit, ...]
    seqs: tuple[int, ...]
    note: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON takes it."""
        return {
            "source": self.source,
            "edits": [{"seq": s, **_told(e)} for s, e in zip(self.seqs, self.edits, strict=True)],
        }


def confirm(project: Project, same: Sequence[str], reason: Reason) -> Decided:
    """Two are one: a suggestion by its number, or two artifacts or identifiers. Raises GraphError."""
    with log(project) as store:
        if len(same) == 1:
            left, right = _suggested(project, store, same[0])
        else:
            ((left, right),) = pairs_of([identifier(project, store, each) for each in _two(same)])
        return append(project, store, reason, [Edit("confirm", reason.why, _now(), left=left, right=right)])


def split(project: Project, parts: Sequence[str], reason: Reason) -> Decided:
    """Two are not one; several pairs are cut at once. Raises GraphError where the parts stay connected."""
    with log(project) as store:
        pairs = pairs_of(parts)
        now = _now()
        edits = [Edit("split", reason.why, now, left=left, right=right) for left, right in pairs]
        check_split(graph_input(project, store), edits)
        return append(project, store, reason, edits)


def set_field(project: Project, on: str, field: str, value: str, reason: Reason) -> Decided:
    """A field has another value than the tools say. Raises GraphError."""
    with log(project) as store:
        on = identifier(project, store, on)
        kind = _kind(project, store, on, reason)
        told = value_of(project.schema, kind, field, value)
        edit = Edit("set", reason.why, _now(), on=on, kind=kind, field=field, value=told, **reason.times())
        return append(project, store, reason, [edit])


def link(project: Project, ends: tuple[str, str, str], attributes: Sequence[str], reason: Reason) -> Decided:
    """A link that no tool tells. ends: from, edge, to. Raises GraphError."""
    on, edge, to = ends
    with log(project) as store:
        on, to = identifier(project, store, on), identifier(project, store, to)
        kind = _kind(project, store, on, reason)
        check_edge(project.schema, kind, edge)
        told: dict[str, Any] = {"attributes": attributes_of(project.schema, attributes), **reason.times()}
        return append(
            project, store, reason, [Edit("link", reason.why, _now(), on=on, kind=kind, edge=edge, to=to, **told)]
        )


def close(project: Project, ends: tuple[str, str, str], reason: Reason) -> Decided:
    """A link that tools tell does not hold. ends: from, edge, to. Raises GraphError."""
    on, edge, to = ends
    with log(project) as store:
        on, to = identifier(project, store, on), identifier(project, store, to)
        kind = _kind(project, store, on, reason)
        check_edge(project.schema, kind, edge)
        edit = Edit("close", reason.why, _now(), on=on, kind=kind, edge=edge, to=to, **reason.times())
        return append(project, store, reason, [edit])


def append(project: Project, store: Store, reason: Reason, edits: list[Edit]) -> Decided:
    """Append edits; a note says where they do not hold yet at the moment that the project looks at."""
    seqs = append_edits(store, reason.who, edits)
    return Decided(person(reason.who), tuple(edits), tuple(seqs), _note(project, edits))


def _note(project: Project, edits: list[Edit]) -> str | None:
    late = [each for each in edits if each.action not in ("confirm", "split")]
    if project.as_of and any((each.at or each.decided_at) > project.as_of for each in late):
        return (
            f"The project looks at {project.as_of:%Y-%m-%d %H:%M} UTC, before this holds: "
            f"say --at {project.as_of:%Y-%m-%dT%H:%M:%SZ} for it to count there, or look later with --as-of."
        )
    return None


def _suggested(project: Project, store: Store, number: str) -> tuple[str, str]:
    """The identifiers of the suggestion of a number. Raises GraphError."""
    listed = suggestions(recall(project, store))
    found = next((each for each in listed if str(each.number) == number), None)
    if found is None:
        fix = (
            f"use 1 to {len(listed)}, as `stocktake coverage` lists them, or two artifacts"
            if listed
            else "name two artifacts"
        )
        raise GraphError(number, "there is no suggestion of this number", fix)
    left, right = identifiers_of(project, store, (found.left, found.right))
    return left, right


def _kind(project: Project, store: Store, on: str, reason: Reason) -> str:
    """The kind that an edit speaks of."""
    return check_kind(project.schema, reason.kind).name if reason.kind else kind_of(project, store, on)


def _two(words: Sequence[str]) -> Sequence[str]:
    if len(words) != 2:
        raise GraphError(" ".join(words), "a confirmation joins two", "write a suggestion's number, or LEFT RIGHT")
    return words


def _now() -> datetime:
    return datetime.now(UTC)


def _told(edit: Edit) -> dict[str, Any]:
    """What an edit says, absent parts left out."""
    told = {name: getattr(edit, name) for name in edit.__struct_fields__}
    return {name: value for name, value in told.items() if value is not None}

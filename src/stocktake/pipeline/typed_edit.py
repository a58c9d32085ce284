"""Corrections by a person from Python: checked against the schema, then appended as the command line appends them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from stocktake.errors import GraphError
from stocktake.graph.edits import Edit
from stocktake.graph.typed_view import View
from stocktake.pipeline.deciding import Decided, Reason
from stocktake.pipeline.editing import pairs_of, value_of
from stocktake.schema import EdgeOf, EdgeSpec, Kind

S = TypeVar("S", bound=Kind)
T = TypeVar("T", bound=Kind)
K = TypeVar("K", bound=Kind)
Types = type | tuple[type, ...]
TYPES: dict[str, Types] = {"text": str, "integer": int, "number": (int, float), "texts": (list, tuple)}


@dataclass(frozen=True, slots=True)
class Edits:
    """What one person corrects, and why. Each method appends to the log, and gives what was appended.

    Artifacts are those of the graph; `to` may also be an identifier (`namespace:value`) of what nobody describes yet.
    """

    view: View
    identifier_of: Callable[[Kind | str], str]
    append: Callable[[Reason, list[Edit]], Decided]
    reason: Reason
    times: dict[str, Any]

    def set(self, on: Kind, **values: object) -> Decided:
        """Fields have other values than the tools say. Raises GraphError with the fields, or values, that there are."""
        kind = self.view.kind_name(type(on))
        told = {name: self._value(kind, name, value) for name, value in values.items()}
        if not told:
            known = ", ".join(self.view.graph.schema.kinds[kind].fields)
            raise GraphError(f"set {kind}", "no field is named", f"name some as field=value: {known}")
        now, identifier = datetime.now(UTC), self.identifier_of(on)
        return self.append(
            self.reason,
            [
                Edit("set", self.reason.why, now, on=identifier, kind=kind, field=name, value=value, **self.times)
                for name, value in told.items()
            ],
        )

    def link(self, on: S, edge: EdgeOf[S, T], to: T | str, **attributes: object) -> Decided:
        """A link that no tool tells. Raises GraphError with the attributes that the edge has."""
        return self._along("link", (on, edge, to), attributes)

    def close(self, on: S, edge: EdgeOf[S, T], to: T | str) -> Decided:
        """A link that the tools tell does not hold (since `at`)."""
        return self._along("close", (on, edge, to), {})

    def confirm(self, left: K | str, right: K | str) -> Decided:
        """Two artifacts, or an artifact and an identifier, are one."""
        return self._pair("confirm", left, right)

    def split(self, left: K | str, right: K | str) -> Decided:
        """A claim and an identifier that it bears, or a pair that was confirmed, are not one.

        Raises GraphError with the path that remains where something else still connects them.
        """
        return self._pair("split", left, right)

    def _pair(self, action: str, left: Kind | str, right: Kind | str) -> Decided:
        ((one, other),) = pairs_of([self.identifier_of(left), self.identifier_of(right)])
        return self.append(self.reason, [Edit(action, self.reason.why, datetime.now(UTC), left=one, right=other)])

    def _along(self, action: str, ends: tuple[Kind, EdgeOf[Any, Any], Kind | str], told: dict[str, object]) -> Decided:
        """A link or its end."""
        on, edge, to = ends
        kind, spec = self.view.edge(edge)
        if self.view.kind_name(type(on)) != kind:
            raise GraphError(f"{kind}.{spec.name}", f"it does not start from a {type(on).__name__}", f"give a {kind}")
        to_kind = None if isinstance(to, str) else self.view.kind_name(type(to))
        targets = self.view.graph.schema.targets(spec)
        if to_kind not in (None, *targets):
            problem = f"it does not reach a {to_kind}"
            raise GraphError(f"{kind}.{spec.name}", problem, f"give one of: {', '.join(targets)}")
        edit = Edit(
            action, self.reason.why, datetime.now(UTC), on=self.identifier_of(on), kind=kind, edge=spec.name,
            to=self.identifier_of(to), to_kind=to_kind, attributes=_attributes(kind, spec, told), **self.times,
        )  # fmt: skip
        return self.append(self.reason, [edit])

    def _value(self, kind: str, field: str, value: object) -> object:
        """A value as an edit holds it, checked as what a person writes is. Raises GraphError."""
        schema = self.view.graph.schema
        spec = schema.kinds[kind].fields.get(field)
        if spec is None or isinstance(value, str):
            return value_of(schema, kind, field, str(value))
        if isinstance(value, datetime):
            return value_of(schema, kind, field, value.isoformat())
        wanted = TYPES.get(spec.type)
        if value is None or (wanted and (not isinstance(value, wanted) or isinstance(value, bool))):
            raise GraphError(f"{kind}.{field}", f"{value!r} is no {spec.type}", f"give a value of type {spec.type}")
        if isinstance(value, list | tuple):
            return [str(each) for each in value]
        return value_of(schema, kind, field, msgspec.json.encode(value).decode())


def _attributes(kind: str, spec: EdgeSpec, told: dict[str, object]) -> dict[str, object] | None:
    """Attributes of a link, each of which its edge must declare. Raises GraphError."""
    known = [each.name for each in spec.attributes]
    for name in told:
        if name not in known:
            fix = f"use one of: {', '.join(known) or 'none'}"
            raise GraphError(f"{kind}.{spec.name} {name}", "the edge has no such attribute", fix)
    return told or None

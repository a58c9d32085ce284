"""Edges as attributes of classes: `ModelBinary.workflow_run` is an edge from model binaries to workflow runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stocktake.schema.spec import AttributeSpec

if TYPE_CHECKING:
    from stocktake.schema.declare import Kind

S = TypeVar("S", bound="Kind")
T = TypeVar("T", bound="Kind")


@dataclass(frozen=True)
class EdgeOf(Generic[S, T]):
    """An edge with both its ends, for traversal: it leads from artifacts of S to artifacts of T."""

    kind: type[S]
    name: str


@dataclass(frozen=True)
class Edge(Generic[T]):
    """What `edge(…)` was told; its name comes from the class. As an annotation: `Edge[WorkflowRun]` reaches runs."""

    says: str
    to: tuple[str, ...]
    many: bool
    attributes: tuple[AttributeSpec, ...]
    name: str = field(default="", init=False)

    def __set_name__(self, owner: type[Any], name: str) -> None:
        object.__setattr__(self, "name", name)

    def __get__(self, instance: S | None, owner: type[S]) -> EdgeOf[S, T]:
        """The edge, with the class that it starts from."""
        return EdgeOf(owner, self.name)

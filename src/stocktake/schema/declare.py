"""The words for declaring kinds as code: one class per kind, each field and edge declared once.

```python
class ModelBinary(Kind):
    \"\"\"One trained set of weights.\"\"\"

    order = 70
    digest: str | None = field("Hash of its bytes.", lasting=True, unique=True)
    workflow_run: Edge[WorkflowRun] = edge("The run that trained it.", to="workflow_run", many=False)
```
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from stocktake.schema.spec import AttributeSpec, FieldType, Merge

T = TypeVar("T", bound="Kind")


@dataclass(frozen=True, slots=True)
class FieldDeclaration:
    """What `field(…)` was told; its name and type come from the class."""

    says: str
    unit: str | None
    lasting: bool
    momentary: bool
    unique: bool
    merge: Merge
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EdgeDeclaration:
    """What `edge(…)` was told; its name comes from the class."""

    says: str
    to: tuple[str, ...]
    many: bool
    attributes: tuple[AttributeSpec, ...]


class Edge(Generic[T]):
    """The type of an edge attribute: `Edge[WorkflowRun]` reaches workflow runs."""


def field(  # noqa: PLR0913 - one name for each rule that a field may follow
    says: str,
    *,
    unit: str | None = None,
    lasting: bool = False,
    momentary: bool = False,
    unique: bool = False,
    merge: Merge = "latest",
    values: Iterable[str] = (),
) -> Any:
    """Declare a field; its annotation gives the type (`str`, `int`, `float`, `bool`, `datetime`, `list[str]`)."""
    return FieldDeclaration(
        says, unit, lasting, momentary, unique, merge, (values,) if isinstance(values, str) else tuple(values)
    )


def edge(says: str, *, to: str | tuple[str, ...], many: bool = True, attributes: tuple[AttributeSpec, ...] = ()) -> Any:
    """Declare an edge that points upstream, to one or more kinds (`"*"` is any)."""
    return EdgeDeclaration(says, (to,) if isinstance(to, str) else tuple(to), many, tuple(attributes))


def attribute(name: str, type: FieldType, says: str, *, momentary: bool = False) -> AttributeSpec:
    """Declare an attribute of a link."""
    return AttributeSpec(name, type, says, momentary)


class Kind:
    """The base of every kind: the fields that all artifacts have."""

    order: ClassVar[int] = 1000

    name: str | None = field("Display name, as its tool shows it; never used to join.")
    owners: list[str] | None = field("People and teams that answer for it, as named by its tool.")
    purpose: str | None = field("What it is for, in the organisation's words.")
    origin: str | None = field(
        "Where it comes from: made here, or bought or downloaded.", values=("internal", "external")
    )
    description: str | None = field("Free text that its tool shows.")
    created_at: datetime | None = field("When it came to be, UTC.", lasting=True, merge="min")
    retired_at: datetime | None = field("When it was taken out of use, UTC.", lasting=True, merge="min")

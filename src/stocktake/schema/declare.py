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
from typing import Any, ClassVar, NoReturn

from stocktake.schema.edge import Edge
from stocktake.schema.spec import AttributeSpec, FieldType, Merge

__all__ = ["Edge", "FieldDeclaration", "Kind", "attribute", "class_name", "edge", "field"]


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

    def __get__(self, instance: object, owner: type) -> Any:
        """Of an artifact that nobody told this field of: unknown. Of a class: the declaration."""
        return self if instance is None else None


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
    return Edge(says, (to,) if isinstance(to, str) else tuple(to), many, tuple(attributes))


def attribute(name: str, type: FieldType, says: str, *, momentary: bool = False) -> AttributeSpec:
    """Declare an attribute of a link."""
    return AttributeSpec(name, type, says, momentary)


def class_name(kind: str) -> str:
    """The name of the class that declares a kind: `model_binary` → `ModelBinary`."""
    return "".join(word.title() for word in kind.split("_"))


class Kind:
    """The base of every kind: the fields that all artifacts have.

    An instance is one artifact as it stood at a moment; it can't be changed. id: 12 letters. flags: what is odd
    about it. told_by: the sources that describe it. Times have the zone UTC; what is unknown is None.
    """

    order: ClassVar[int] = 1000
    id: str
    flags: tuple[str, ...]
    told_by: tuple[str, ...]

    name: str | None = field("Display name, as its tool shows it; never used to join.")
    owners: list[str] | None = field("People and teams that answer for it, as named by its tool.")
    purpose: str | None = field("What it is for, in the organisation's words.")
    origin: str | None = field(
        "Where it comes from: made here, or bought or downloaded.", values=("internal", "external")
    )
    description: str | None = field("Free text that its tool shows.")
    created_at: datetime | None = field("When it came to be, UTC.", lasting=True, merge="min")
    retired_at: datetime | None = field("When it was taken out of use, UTC.", lasting=True, merge="min")

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} can't be set: an artifact is as it stood; a person's edit corrects it")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} can't be deleted: an artifact is as it stood")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        told = {name: value for name, value in vars(self).items() if value is not None}
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in told.items())})"

"""What the artifacts and ghosts of a run are called."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Named:
    """An artifact, or a ghost, which is called by an identifier that something names it by."""

    id: str
    kind: str
    name: str
    is_ghost: bool


def names_of(
    snapshot: Mapping[str, pa.Table], kinds: Iterable[str], ids: Collection[str] | None = None
) -> dict[str, Named]:
    """What some artifacts and ghosts are called, by id; None: all of them."""
    found: dict[str, Named] = {}
    for row in _of(snapshot["ghost"], ids).to_pylist():
        found[row["id"]] = Named(row["id"], row["kind"], f"{row['namespace']}:{row['value']}", is_ghost=True)
    for kind in kinds:
        for row in _of(snapshot[kind].select(["id", "name"]), ids).to_pylist():
            found[row["id"]] = Named(row["id"], kind, row["name"] or row["id"][:12], is_ghost=False)
    return found


def _of(table: pa.Table, ids: Collection[str] | None) -> pa.Table:
    """The rows that are of some ids."""
    import pyarrow as pa
    import pyarrow.compute as pc

    return table if ids is None else table.filter(pc.is_in(table["id"], value_set=pa.array(ids, pa.string())))

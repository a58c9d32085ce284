"""What the artifacts and ghosts of a run are called."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Named:
    """An artifact, or a ghost, which is called by an identifier that something names it by."""

    id: str
    kind: str
    name: str
    is_ghost: bool


def names_of(snapshot: Mapping[str, pa.Table], kinds: Iterable[str], ids: Collection[str]) -> dict[str, Named]:
    """What some artifacts and ghosts are called, by id."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = pa.array(ids, pa.string())
    return {each.id: each for each in _those(snapshot, kinds, lambda table: pc.is_in(table["id"], value_set=wanted))}


def called(snapshot: Mapping[str, pa.Table], kinds: Iterable[str], words: str) -> list[Named]:
    """The artifacts that are called so, and the ghosts that something names so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    namespace, _, value = words.partition(":")

    def is_called(table: pa.Table) -> Any:
        if "name" in table.column_names:
            return pc.equal(table["name"], pa.scalar(words))
        return pc.and_(pc.equal(table["namespace"], pa.scalar(namespace)), pc.equal(table["value"], pa.scalar(value)))

    return _those(snapshot, kinds, is_called)


def begun(snapshot: Mapping[str, pa.Table], kinds: Iterable[str], words: str) -> list[Named]:
    """The artifacts and ghosts whose id begins so."""
    import pyarrow.compute as pc

    return _those(snapshot, kinds, lambda table: pc.starts_with(table["id"], words))


def _those(
    snapshot: Mapping[str, pa.Table],
    kinds: Iterable[str],
    chosen: Callable[[pa.Table], Any],
) -> list[Named]:
    """The ghosts and artifacts that are chosen. chosen: gives, of a table, whether each row is."""
    ghosts = snapshot["ghost"]
    found = [
        Named(row["id"], row["kind"], f"{row['namespace']}:{row['value']}", is_ghost=True)
        for row in ghosts.filter(chosen(ghosts)).to_pylist()
    ]
    for kind in kinds:
        table = snapshot[kind].select(["id", "name"])
        found += [
            Named(row["id"], kind, row["name"] or row["id"][:12], is_ghost=False)
            for row in table.filter(chosen(table)).to_pylist()
        ]
    return found

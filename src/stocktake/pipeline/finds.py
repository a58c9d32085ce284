"""What a run found in the graph that its tables don't tell: suggestions, and where the unconnected lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from stocktake.pipeline.names import names_of

if TYPE_CHECKING:
    import pyarrow as pa

SIDES = ("left", "right")
NEEDED = frozenset(
    ("id", "kind", "name", "uri", "namespace", "value", "rule", "evidence", *(f"{side}_id" for side in SIDES))
)
"""The columns of the graph's tables that finds look at."""


@dataclass(frozen=True)
class Finds:
    """Finds in a snapshot, each made when it is first asked for. kinds: in schema order."""

    snapshot: Mapping[str, pa.Table]
    tables: Mapping[str, pa.Table]
    kinds: Sequence[str]

    @cached_property
    def suggestions(self) -> pa.Table:
        """Weak evidence that two are one: kind, rule, evidence and, of each side, id, name and whether it is a ghost.

        Those of kinds that stand later in the schema (deployments, binaries) come first.
        """
        import pyarrow as pa

        told = self.snapshot["suggestion"]
        parts = ("rule", "evidence", "left_id", "right_id")
        rows = sorted(
            told.to_pylist(), key=lambda row: (-self.kinds.index(row["kind"]), *(row[part] for part in parts))
        )
        ids = {row[f"{side}_id"] for row in rows for side in SIDES}
        named = names_of(self.snapshot, self.kinds, ids) if ids else {}
        for row in rows:
            for side in SIDES:
                one = named[row[f"{side}_id"]]
                row |= {f"{side}_name": one.name, f"{side}_is_ghost": one.is_ghost}
        columns: dict[str, pa.DataType] = dict.fromkeys(("kind", "rule", "evidence"), pa.string())
        for side in SIDES:
            columns |= {f"{side}_id": pa.string(), f"{side}_name": pa.string(), f"{side}_is_ghost": pa.bool_()}
        return pa.Table.from_pylist(rows, pa.schema(list(columns.items())))

    @cached_property
    def places(self) -> pa.Table:
        """Where each artifact is that lacks an edge, as two of one name may differ by their place alone: id, uri."""
        import pyarrow as pa
        import pyarrow.compute as pc

        found = self.tables["coverage"]
        orphans = found.filter(pc.equal(found["topic"], pa.scalar("orphan")))
        schema = pa.schema([("id", pa.string()), ("uri", pa.string())])
        parts = [schema.empty_table()]
        for kind in orphans["kind"].unique().to_pylist():
            table = self.snapshot[str(kind)]
            if "uri" in table.column_names:
                own = table.select(["id", "uri"])
                parts.append(own.filter(pc.is_in(own["id"], orphans["artifact_id"])).cast(schema))
        return pa.concat_tables(parts)

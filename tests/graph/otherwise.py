"""The same history told otherwise, and what the line makes of a log, as rows that can be compared."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tests.graph.log import Entry, Log, Push, Reading

from stocktake.graph.edits import iid_of, parse_identifier
from stocktake.graph.point import neighbourhood
from stocktake.graph.snapshot import Graph

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.graph.frame import GraphInput
    from stocktake.pipeline.line import Measured

Rows = dict[str, list[str]]


def tell_otherwise(log: Log, entries: list[Entry], chance: random.Random) -> None:
    """Tell a history in another order, some of it twice, pulls in other parts and on other bases, records in batches."""
    mixed = [_cut(entry, chance) for entry in [*entries, *chance.sample(entries, len(entries) // 5)]]
    chance.shuffle(mixed)
    while mixed:
        entry = mixed.pop()
        if isinstance(entry, Push) and chance.random() < 0.3:
            batch = [other for other in mixed if isinstance(other, Push) and other.source == entry.source]
            mixed = [other for other in mixed if not isinstance(other, Push) or other.source != entry.source]
            log.add_batch([entry, *batch])
        else:
            log.add(entry)


def _cut(entry: Entry, chance: random.Random) -> Entry:
    """A pull in other parts, as a delta to another one. What a killed one told stays as it was."""
    if not isinstance(entry, Reading) or entry.killed:
        return entry
    return replace(entry, batches=chance.choice([1, 2, 3]), base=chance.choice(["latest", "any", "none"]))


def rows_of(tables: dict[str, pa.Table]) -> Rows:
    """Every row of every table, in an order of its own."""
    return {name: sorted(map(repr, table.to_pylist())) for name, table in tables.items()}


def numbers_of(measured: Measured) -> Rows:
    """All that a measuring gave: graph, tables, scores and roll-ups."""
    rolled = measured.rollups
    tables = {f"graph.{name}": table for name, table in measured.snapshot.items()}
    tables |= {f"table.{name}": table for name, table in measured.tables.items()}
    tables |= {f"score.{name}": table for name, table in measured.scores.tables.items()}
    tables |= {f"pair.{name}": table for name, table in rolled.pairs.items()}
    tables |= {"models": rolled.models, "populations": rolled.populations, "slices": rolled.slices}
    tables |= {"members": rolled.members} | ({"exposure": rolled.exposure} if rolled.exposure else {})
    return rows_of(tables)


def unlike(one: Rows, other: Rows) -> list[str]:
    """The rows that only one of two has, in words."""
    found = []
    for name in sorted({*one, *other}):
        left, right = one.get(name, []), other.get(name, [])
        if left != right:
            found += [f"{name}: only the first has {row}" for row in left if row not in right]
            found += [f"{name}: only the second has {row}" for row in right if row not in left]
            found += [f"{name}: {len(left)} and {len(right)} rows"] if len(left) != len(right) else []
    return found


def unlike_points(given: GraphInput, identifiers: Iterable[str], whole: Graph, as_of: datetime) -> list[str]:
    """Where a point read of identifiers differs from the graph of everything, frozen at as_of.

    Identifiers of worlds that share nothing may be read at once: each finds what it would find alone.
    """
    iids = {text: iid_of(*parse_identifier(text)) for text in identifiers}
    near = Graph(neighbourhood(given, iids.values()))
    near.freeze(as_of)
    seen, expected = _Around(near), _Around(whole)
    found = [
        f"{text}: {line}" for text, iid in iids.items() for line in unlike(seen.of(str(iid)), expected.of(str(iid)))
    ]
    near.close()
    return found


class _Around:
    """The rows about single artifacts in a frozen graph."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        # How far a chain of links leads is known to the graph of everything alone.
        names = [name for name in graph.tables() if not name.endswith("_closure")]
        self.tables = {name: graph.frame.arrow(graph.tables()[name]).to_pylist() for name in names}

    def of(self, iid: str) -> Rows:
        """The artifacts and ghosts that an identifier leads to, and all that is told of these, by table."""
        ids = {str(row[1]) for row in self.graph.frame.rows(
            f"""SELECT kind, artifact_id FROM address WHERE iid = '{iid}'
            UNION SELECT kind, id FROM all_ghost WHERE iid = '{iid}'"""
        )}  # fmt: skip
        return {"ids": sorted(ids)} | {
            name: sorted(repr(row) for row in rows if _about(row) in ids) for name, rows in self.tables.items()
        }


def _about(row: dict[str, Any]) -> Any:
    return row.get("id") or row.get("from_id")

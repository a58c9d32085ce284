"""What the graph is made from: segments, pulls and settings of a project, as one value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stocktake.graph.frame import GraphInput
from stocktake.pipeline.lookups import lookups
from stocktake.pipeline.routed import duckdb_of
from stocktake.pipeline.segments import PERSON, cover
from stocktake.project import Project
from stocktake.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

MEMORY = "3GB"
"""What the graph takes unless a project says otherwise: of a million binaries it spills half, in a tenth more time."""


def graph_input(project: Project, store: Store, known_at: int | None = None) -> GraphInput:
    """Decode what is new in the log, and gather all that the graph of `known_at` (default: the newest) rests on."""
    known = store.newest_seq() if known_at is None else known_at
    segments = cover(project, store)
    duckdb = duckdb_of(project)
    return GraphInput(
        schema=project.schema,
        segments=segments,
        pulls=store.pulls(known),
        sources=_sources(project),
        namespaces=_namespaces(project),
        ranks=_ranks(project),
        known_at=known,
        max_join=project.max_join,
        edits=tuple(store.records_of(PERSON, known)),
        bodies=store.bodies_by_id,
        memory_limit=duckdb.memory_limit or MEMORY,
        temp_directory=duckdb.temp_directory or project.derived / "spill",
        lookups=lookups(project, store, segments, known),
        erased=tuple(span for purge in store.purges() for span in purge.spans),
    )


def _sources(project: Project) -> pa.Table:
    import pyarrow as pa

    rows = [
        {
            "source": source.name,
            "connector": source.connector,
            "vocabulary": project.vocabulary_of(source),
            "stale_after_seconds": int(project.stale_after_of(source).total_seconds()),
            "expect_every_seconds": int(every.total_seconds()) if (every := project.expect_every_of(source)) else None,
        }
        for source in project.sources
    ]
    columns: list[tuple[str, pa.DataType]] = [
        ("source", pa.string()),
        ("connector", pa.string()),
        ("vocabulary", pa.string()),
        ("stale_after_seconds", pa.int64()),
        ("expect_every_seconds", pa.int64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def _namespaces(project: Project) -> pa.Table:
    import pyarrow as pa

    rows = [
        {"namespace": each.name, "rank": each.rank, "max_join": each.max_join}
        for each in project.vocabularies.namespaces.values()
    ]
    columns: list[tuple[str, pa.DataType]] = [
        ("namespace", pa.string()),
        ("rank", pa.int32()),
        ("max_join", pa.int64()),
    ]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))


def _ranks(project: Project) -> pa.Table:
    import pyarrow as pa

    rows = [
        {"vocabulary": vocabulary.name, "field": field, "rank": rank}
        for vocabulary in project.vocabularies.by_name.values()
        for field, rank in vocabulary.ranks.items()
    ]
    columns: list[tuple[str, pa.DataType]] = [("vocabulary", pa.string()), ("field", pa.string()), ("rank", pa.int32())]
    return pa.Table.from_pylist(rows, schema=pa.schema(columns))

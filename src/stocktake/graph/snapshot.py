"""The snapshot: the graph frozen at one moment, one table per kind and per edge."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from stocktake.engines.duckdb import as_file
from stocktake.graph.edits import make_edits
from stocktake.graph.flags import make_flags
from stocktake.graph.frame import Frame, GraphInput
from stocktake.graph.history import make_history
from stocktake.graph.identity import make_identity
from stocktake.graph.leads import make_leads
from stocktake.graph.links import make_edges, make_links
from stocktake.graph.moment import make_conflicts, make_moment, make_status_told, make_values
from stocktake.graph.presence import make_owned_by, make_presence
from stocktake.graph.readings import make_readings
from stocktake.graph.suggestions import make_suggestions
from stocktake.schema.columns import field_columns

SELDOM = frozenset({"conflict", "stale_value", "suggestion"})
"""Tables that take long to make, and that few read."""


class Graph:
    """The metadata graph of one log position; `snapshot` freezes it at a moment.

    Built once (readings, identity, history), then filtered for each as_of.
    """

    def __init__(self, given: GraphInput) -> None:
        self.frame = Frame(given)
        self.schema = given.schema
        make_edits(self.frame)
        make_readings(self.frame)
        make_identity(self.frame)
        make_history(self.frame)
        make_leads(self.frame)
        _make_label_counts(self.frame)

    def freeze(self, as_of: datetime) -> None:
        """Make the snapshot's tables in the frame, named as in `tables()`."""
        self._freeze(self.frame.look_at([as_of], is_lifting=False))

    def _freeze(self, as_of: str, wanted: Mapping[str, Collection[str]] | None = None) -> None:
        """The same. as_of: SQL of the moment that the frame looks at. wanted: tables and their columns; all unless said."""
        frame = self.frame
        seldom = SELDOM if wanted is None else SELDOM & wanted.keys()
        # What is told against a value is found by looking at all values.
        frame.wanted = None if seldom else wanted
        make_moment(frame, as_of)
        make_links(frame, as_of)
        for kind in self.schema.kinds.values():
            make_values(frame, kind, as_of)
        make_status_told(frame)
        make_presence(frame, as_of)
        make_edges(frame)
        if seldom & {"conflict", "stale_value"}:
            make_conflicts(frame)
        make_owned_by(frame)
        make_flags(frame)
        if "suggestion" in seldom:
            make_suggestions(frame)
        _make_kinds(frame)
        _make_rest(frame)

    def tables(self) -> dict[str, str]:
        """Name of each snapshot table (`model_binary`, `model_deployment_serves`) → SQL that reads it from the frame."""
        listed = {kind: f"SELECT * FROM snapshot_{kind}" for kind in self.schema.kinds}
        for kind in self.schema.kinds.values():
            for edge in kind.edges.values():
                listed[f"{kind.name}_{edge.name}"] = f"SELECT * FROM edge_{kind.name}_{edge.name}"
            listed[f"{kind.name}_owned_by"] = f"SELECT * FROM owned_by_{kind.name}"
        listed["ghost"] = "SELECT * EXCLUDE (iid) FROM all_ghost"
        for name in (
            "retired", "suggestion", "conflict", "stale_value", "artifact_source", "unmapped", "label_count", "source",
            "base_closure", "member_closure", "crowded_identifier",
        ):  # fmt: skip
            listed[name] = (
                f"SELECT * FROM rest_{name}"
                if name not in ("suggestion", "conflict", "stale_value")
                else f"SELECT * FROM {name}"
            )
        return listed

    def snapshot(self, as_of: datetime) -> dict[str, pa.Table]:
        """Freeze the graph as it stood at one moment.

        as_of: UTC; what was observed later is left out. Returns one Arrow table per kind (unique by `id`) and one per
        edge, and the tables about the graph itself (ghost, retired, suggestion, conflict, …).
        Source: Meta 2023, "Data interoperability standards".
        """
        self.freeze(as_of)
        return {name: self.frame.arrow(sql) for name, sql in self.tables().items()}

    def snapshots(
        self, moments: Sequence[datetime], wanted: Mapping[str, Collection[str]] | None = None
    ) -> dict[str, pa.Table]:
        """Freeze the graph at several moments in one pass; the tables that are wanted, each with its moment in `lift.AT`.

        wanted: table -> the columns that are asked for; others may be missing. All unless said.
        What is the same at all of them (labels, crowded identifiers) has no such column.
        """
        self._freeze(self.frame.look_at(moments, is_lifting=True), wanted)
        found = {name: self.frame.arrow(sql) for name, sql in self.tables().items() if wanted is None or name in wanted}
        self.frame.let_go()
        return found

    def write(self, as_of: datetime, folder: Path, columns: Mapping[str, Mapping[str, str]]) -> None:
        """Freeze the graph and write its tables into a folder, each as `<table>/part.parquet`.

        columns: table -> column -> SQL type: exactly what each is written with. What the graph does not know is
        written as unknown, a table that it does not have without rows.
        """
        self.freeze(as_of)
        made = self.tables()
        for name, types in columns.items():
            (folder / name).mkdir(parents=True)
            known = self._columns(made[name]) if name in made else set()
            values = {column: f'"{column}"' if column in known else "NULL" for column in types}
            told = ", ".join(f'CAST({values[column]} AS {kind}) AS "{column}"' for column, kind in types.items())
            rows = f"({made[name]}) AS made" if name in made else "(SELECT 1 WHERE FALSE) AS nothing"
            self.frame.run(f"COPY (SELECT {told} FROM {rows}) TO {as_file(folder / name / 'part.parquet')}")

    def _columns(self, sql: str) -> set[str]:
        """The names of the columns that a SELECT gives."""
        return {str(row[0]) for row in self.frame.rows(f"DESCRIBE {sql}")}

    @property
    def claims(self) -> int:
        """How many claims it is made from."""
        return self.frame.count("SELECT 1 FROM claim")

    def close(self) -> None:
        """Give the memory back."""
        self.frame.close()


def _make_label_counts(frame: Frame) -> None:
    """`rest_label_count` and `rest_unmapped`: how many records of each label were seen, gave a claim, were erased."""
    firsts, lasts = list(zip(*frame.given.erased, strict=True)) or ((), ())
    frame.run(
        "CREATE OR REPLACE TABLE erased AS SELECT UNNEST(RANGE(first, last + 1)) AS body_id FROM (SELECT "
        "UNNEST(CAST(? AS BIGINT[])) AS first, UNNEST(CAST(? AS BIGINT[])) AS last)",
        [list(firsts), list(lasts)],
    )
    # A record counts once, however often it was sent, and however pulls told that it had not changed.
    frame.make(
        "rest_label_count",
        """SELECT source, label, COUNT(*) AS records, COUNT(seq) AS mapped, BOOL_AND(is_unknown) AS is_unknown,
            COUNT(erased_id) AS erased
        FROM (
            SELECT lines.source, lines.label, ANY_VALUE(mapped.seq) AS seq, BOOL_AND(lines.says = 'unmapped') AS is_unknown,
                ANY_VALUE(erased.body_id) AS erased_id
            FROM lines LEFT JOIN erased ON erased.body_id = lines.body_id LEFT JOIN (SELECT DISTINCT seq FROM claim_row) AS mapped ON mapped.seq = lines.seq
            WHERE lines.op = 0
            GROUP BY lines.source, lines.label, lines.key_id, lines.body_id,
                CASE WHEN lines.says = 'event' THEN lines.observed_at END
        ) GROUP BY source, label""",
    )
    frame.make("rest_unmapped", "SELECT source, label, records FROM rest_label_count WHERE is_unknown")


def _make_kinds(frame: Frame) -> None:
    """`snapshot_<kind>`: the values of what exists, with all flags; of a deployment, whether it is live."""
    for name, spec in frame.schema.kinds.items():
        if name not in frame.told_kinds:
            live = {"is_live": "BOOLEAN"} if name == "model_deployment" else {}
            lists = {"flags": "VARCHAR[]", "sources": "VARCHAR[]"}
            frame.make_empty(f"snapshot_{name}", {"id": "VARCHAR", **field_columns(spec), **lists, **live})
        else:
            _make_kind(frame, name)


def _make_kind(frame: Frame, kind: str) -> None:
    live = ""
    if kind == "model_deployment":
        live = """, CASE WHEN status_told.is_edited THEN value.status <> 'down'
            WHEN status_told.is_down THEN FALSE
            WHEN value.status IS NULL AND status_told.id IS NOT NULL THEN NULL
            WHEN value.all_stale THEN NULL ELSE TRUE END AS is_live"""
    joined = "LEFT JOIN status_told ON status_told.id = value.id" if live else ""
    frame.make(
        f"snapshot_{kind}",
        f"""SELECT value.* EXCLUDE (flags, sources, all_stale, all_passive, only_edits),
            LIST_SORT(LIST_DISTINCT(value.flags || COALESCE(extra.flags, []))) AS flags,
            LIST_SORT(value.sources) AS sources {live}
        FROM value_{kind} AS value
        JOIN present ON present.id = value.id AND present.kind = '{kind}'
        LEFT JOIN (SELECT id, LIST(flag) AS flags FROM extra_flag GROUP BY id) AS extra ON extra.id = value.id
        {joined}""",
    )


def _make_rest(frame: Frame) -> None:
    """The tables about the graph itself."""
    frame.make(
        "rest_retired",
        """SELECT begun.id, begun.kind, begun.name, DATE_TRUNC('second', begun.ended_at) AS retired_at
        FROM begun WHERE begun.is_retired""",
    )
    frame.view(
        "told_source",
        " UNION ALL ".join(
            f"SELECT id, '{kind}' AS kind, UNNEST(sources) AS source FROM snapshot_{kind}"
            for kind in frame.schema.kinds
        ),
    )
    frame.view(
        "rest_artifact_source",
        """SELECT told.id, told.kind, told.source, NOT source_state.is_stale AS is_fresh
        FROM told_source AS told JOIN source_state USING (source)""",
    )
    frame.make(
        "rest_source",
        """SELECT source_state.source, source_state.connector, source_state.is_stale,
            DATE_TRUNC('second', source_state.last_complete_at) AS last_complete_at, COALESCE(counted.records, 0) AS records
        FROM source_state
        LEFT JOIN (
            SELECT source, CAST(SUM(records) AS BIGINT) AS records FROM rest_label_count GROUP BY source
        ) AS counted USING (source)
        WHERE source_state.source NOT LIKE 'person/%'""",
    )
    frame.make("rest_crowded_identifier", "SELECT namespace, value, claims FROM crowded")

"""The working frame of the graph: segments, pulls and settings as tables of one in-process DuckDB."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from stocktake.engines.duckdb import OF_THE_MACHINE, machine_error
from stocktake.engines.lift import AT, NOW, at_moment, lift, narrowed
from stocktake.nouns import Record
from stocktake.schema import Schema
from stocktake.schema.columns import table_columns

PULL_COLUMNS = {
    "id": "BIGINT",
    "source": "VARCHAR",
    "scope": "VARCHAR",
    "labels": "VARCHAR[]",
    "from_at": "TIMESTAMP",
    "to_at": "TIMESTAMP",
    "complete": "BOOLEAN",
    "base_id": "BIGINT",
    "part_of": "BIGINT",
}
SOURCE_COLUMNS = {
    "source": "VARCHAR",
    "connector": "VARCHAR",
    "vocabulary": "VARCHAR",
    "stale_after_seconds": "BIGINT",
    "expect_every_seconds": "BIGINT",
}
NAMESPACE_COLUMNS = {"namespace": "VARCHAR", "rank": "INTEGER", "max_join": "BIGINT"}
LOOKUP_COLUMNS = {"value": "VARCHAR", "namespace": "VARCHAR", "target": "VARCHAR", "iid": "UUID"}
LOOKED_UP = "git_name_at"
CLAIM_RANK = 1_000_000
ROW_GROUP = 40_960  # rows of a table that a thread takes at once; DuckDB's own three times as many leave threads idle


@dataclass(frozen=True, slots=True)
class Focus:
    """What a point read looks at: ids of claims (`claim_id`), and of identifiers known to be crowded (`iid`)."""

    claims: pa.Table
    crowded: pa.Table


@dataclass(frozen=True, slots=True)
class GraphInput:
    """All that the graph is a function of.

    segments: folders of decoded claims. pulls: rows of PULL_COLUMNS with id ≤ known_at. known_at: log sequence.
    sources, namespaces: rows of the columns above. ranks: vocabulary, field, rank. edits: records of persons. bodies: canonical bodies by id,
    read only where two readings of one key have the same time. lookups: references by a name at a commit, with what
    they were found to be: rows of LOOKUP_COLUMNS. erased: spans of ids of bodies that were purged, both ends in it.
    """

    schema: Schema
    segments: tuple[Path, ...]
    pulls: pa.Table
    sources: pa.Table
    namespaces: pa.Table
    ranks: pa.Table
    known_at: int
    max_join: int = 50
    edits: tuple[Record, ...] = ()
    bodies: Callable[[list[int]], Mapping[int, bytes]] = field(default=lambda _: {})
    memory_limit: str | None = None
    temp_directory: Path | None = None
    focus: Focus | None = None
    lookups: pa.Table | None = None
    erased: tuple[tuple[int, int], ...] = ()


class Frame:
    """One in-process DuckDB that holds the graph's working tables.

    After construction it has the tables of `stocktake.schema.columns.table_columns`, and `pulls`, `sources`,
    `namespaces` (with the claim key as the weakest). `ranks` maps a field to (vocabulary, rank).
    """

    def __init__(self, given: GraphInput) -> None:
        self.given = given
        self.schema = given.schema
        settings: dict[str, str | bool | int | float | list[str]] = {"preserve_insertion_order": False}
        if given.memory_limit:
            settings["memory_limit"] = given.memory_limit
        if given.temp_directory:
            settings["temp_directory"] = str(given.temp_directory)
        self.connection = duckdb.connect(config=settings)
        self.told_kinds: dict[str, bool] = {}
        """The kinds that a claim speaks of at the moment that is frozen, and whether several speak of one artifact."""
        self.wanted: Mapping[str, Collection[str]] | None = None
        """The tables of the snapshot that are asked for, and their columns; None: all."""
        self.contested: dict[str, set[str]] = {}
        """Of each kind of which an artifact has several tellings: the fields of which any two ever differ."""
        self.told_edges: set[tuple[str, str]] = set()
        """The edges, with the kind that they start from, that have links then."""
        self.is_lifting = False
        self.lifted: dict[str, str] = {}
        self._views: set[str] = set()
        self.run("SET TimeZone = 'UTC'")
        self.run(f"ATTACH ':memory:' AS frame (ROW_GROUP_SIZE {ROW_GROUP})")
        self.run("USE frame")
        focus = given.focus
        if focus:
            self._load("focus_claim", focus.claims, {"claim_id": "UUID"})
        crowded = focus.crowded if focus else pa.table({"iid": pa.array([], pa.string())})
        self._load("known_crowded", crowded, {"iid": "UUID"})
        for name, columns in table_columns(given.schema).items():
            self._load_segments(name, columns)
        if given.lookups is not None:
            self._load("lookup", given.lookups, LOOKUP_COLUMNS)
            self.run(
                f"""UPDATE links SET namespace = lookup.namespace, value = lookup.target, to_iid = lookup.iid
                FROM lookup WHERE links.namespace = '{LOOKED_UP}' AND links.value = lookup.value"""
            )
        # Without a repository and without its commit a bare name says nothing of which file it is.
        self.run(f"DELETE FROM links WHERE namespace = '{LOOKED_UP}' AND value LIKE '@%'")
        self._load("pulls", given.pulls, PULL_COLUMNS, f"WHERE id <= {given.known_at}")
        self._load("sources", given.sources, SOURCE_COLUMNS)
        self._load_pushed()
        self._load("namespaces", given.namespaces, NAMESPACE_COLUMNS)
        self.ranks: dict[str, list[tuple[str, int]]] = {}
        for row in given.ranks.to_pylist():
            self.ranks.setdefault(row["field"], []).append((row["vocabulary"], row["rank"]))
        self.run(f"INSERT INTO namespaces VALUES ('claim', {CLAIM_RANK}, NULL)")
        self.run(f"UPDATE namespaces SET max_join = {given.max_join} WHERE max_join IS NULL")

    def run(self, sql: str, values: Iterable[object] = ()) -> duckdb.DuckDBPyConnection:
        """Execute one statement. Raises EngineError where disk or memory fail."""
        try:
            return self.connection.execute(sql, list(values))
        except OF_THE_MACHINE as error:
            raise machine_error(error) from error

    def look_at(self, moments: Sequence[datetime], *, is_lifting: bool) -> str:
        """Take up one moment, or lift to several at once; gives the SQL that stands for the moment from now on.

        moments: UTC. Where it is lifting, what depends on the moment has the column `lift.AT` beside its own.
        """
        at = [moment.astimezone(UTC) if moment.tzinfo else moment for moment in moments]
        listed = [f"TIMESTAMP '{moment:%Y-%m-%d %H:%M:%S.%f}'" for moment in at]
        self.lifted = {}
        self.is_lifting = is_lifting
        if not self.is_lifting:
            return listed[0]
        self.run(f"CREATE OR REPLACE TABLE moment AS SELECT UNNEST([{', '.join(listed)}]) AS {AT}")
        return NOW

    def is_wanted(self, table: str, column: str) -> bool:
        """Whether anybody asks for a column of a table of the snapshot."""
        return self.wanted is None or column in self.wanted.get(table, ())

    def make(self, name: str, sql: str) -> None:
        """Make a working table from a SELECT."""
        told = self._at_moment(sql)
        self.run(f"CREATE OR REPLACE TABLE {name} AS {lift(told, 'moment') if told else sql}")
        self._remember(name, narrowed(name) if told else None)

    def drop(self, *names: str) -> None:
        """Give back the memory of working tables that nothing reads any more, and their names."""
        for name in names:
            self.run(f"DROP {'VIEW' if name in self._views else 'TABLE'} {name}")
            self._views.discard(name)

    def let_go(self) -> None:
        """Give back the memory of all working tables that depend on the moments that it was lifted to."""
        made = {str(name) for (name,) in self.rows("SELECT table_name FROM duckdb_tables()")}
        self.drop(*(name for name in self.lifted if name in made))
        self.lifted = {}

    def make_empty(self, name: str, columns: Mapping[str, str]) -> None:
        """Make a working table without rows: much quicker than to find that a SELECT gives none."""
        columns = {**columns, AT: "TIMESTAMP"} if self.is_lifting else columns
        self.run(
            f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{chr(34)}{k}{chr(34)} {v}' for k, v in columns.items())})"
        )
        self._remember(name, narrowed(name) if self.is_lifting else None)

    def view(self, name: str, sql: str) -> None:
        """Name a SELECT, to be worked out where it is read."""
        told = self._at_moment(sql)
        self.run(f"CREATE OR REPLACE VIEW {name} AS {lift(told, 'moment') if told else sql}")
        self._views.add(name)
        self._remember(name, told)

    def add(self, name: str, sql: str, columns: str = "") -> None:
        """Add the rows of a SELECT to a working table; columns: those that it gives, all unless said."""
        told = self._at_moment(sql) or (sql if name in self.lifted else None)  # it may hold at every moment alike
        listed = f"({columns}{f', {AT}' if told else ''})" if columns else ""
        self.run(f"INSERT INTO {name} {listed} {lift(told, 'moment') if told else sql}")

    def count(self, sql: str) -> int:
        """How many rows a SELECT gives, over all moments."""
        told = self._at_moment(sql)
        return int(str(self.rows(f"SELECT COUNT(*) FROM ({lift(told, 'moment') if told else sql}) AS told")[0][0]))

    def _at_moment(self, sql: str) -> str | None:
        """A SELECT as it is at one of several moments; None at a single one, and where it depends on none."""
        return at_moment(sql, self.lifted) if self.is_lifting else None

    def _remember(self, name: str, told: str | None) -> None:
        """How others read it at their moment."""
        self.lifted.pop(name, None)
        if told:
            self.lifted[name] = told

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        """All rows of a SELECT, for small answers."""
        return [tuple(row) for row in self.run(sql).fetchall()]

    def arrow(self, sql: str) -> pa.Table:
        """The rows of a SELECT in columns."""
        table: pa.Table = self.connection.sql(sql).to_arrow_table()
        return table

    def insert(self, name: str, rows: list[dict[str, object]], columns: Mapping[str, str]) -> None:
        """Add a few plain rows to a working table; missing columns are NULL."""
        if not rows:
            return
        marks = ", ".join(f"CAST(? AS {kind})" for kind in columns.values())
        listed = ", ".join(f'"{column}"' for column in columns)
        self.connection.executemany(
            f"INSERT INTO {name} ({listed}) VALUES ({marks})", [[row.get(column) for column in columns] for row in rows]
        )

    def _load_segments(self, name: str, columns: Mapping[str, str]) -> None:
        listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self.run(f"CREATE OR REPLACE TABLE {name} ({listed})")
        if segments := self._segments(name):
            self.run(f"INSERT INTO {name} BY NAME SELECT * FROM {segments} {self._focused(name)}")

    def _segments(self, name: str) -> str | None:
        """SQL of a table of the segments until known_at, from its FROM on; None where none holds it."""
        paths = [str(path) for folder in self.given.segments if (path := folder / f"{name}.parquet").exists()]
        quoted = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        known = f"WHERE seq <= {self.given.known_at}"
        return f"read_parquet([{quoted}], union_by_name = true) {known}" if paths else None

    def _load_pushed(self) -> None:
        """`pushed`: when sources that promise to say something said it, also what a point read does not look at."""
        self.run("CREATE OR REPLACE TABLE pushed (source VARCHAR, observed_at TIMESTAMP)")
        promised = "source IN (SELECT source FROM sources WHERE expect_every_seconds IS NOT NULL)"
        segments = self._segments("lines")
        if segments and self.rows(f"SELECT 1 FROM sources WHERE {promised} LIMIT 1"):
            self.run(f"INSERT INTO pushed SELECT DISTINCT source, observed_at FROM {segments} AND {promised}")

    def _focused(self, name: str) -> str:
        """SQL that narrows a table of segments to what a point read looks at; lines come last, by the claims' keys."""
        if not self.given.focus:
            return ""
        if name != "lines":
            return "AND claim_id IN (SELECT claim_id FROM focus_claim)"
        kinds = [*self.schema.kinds, "open", "none"]
        keys = " UNION ".join(f"SELECT key_id FROM claims_{kind}" for kind in kinds)
        return f"AND key_id IN ({keys})"

    def _load(self, name: str, given: pa.Table, columns: Mapping[str, str], condition: str = "") -> None:
        listed = ", ".join(f'CAST("{column}" AS {kind}) AS "{column}"' for column, kind in columns.items())
        self.connection.register("given_rows", given)
        self.make(name, f"SELECT {listed} FROM given_rows {condition}")
        self.connection.unregister("given_rows")

    def close(self) -> None:
        """Give the memory back."""
        self.connection.close()

"""Decoding: records in, claims in common words out, in columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from stocktake.engines.duckdb import OF_THE_MACHINE, machine_error
from stocktake.errors import VocabularyError
from stocktake.schema import Schema
from stocktake.schema.columns import table_columns
from stocktake.vocabulary.compile import (
    CompiledClaim,
    CompiledLabel,
    claim_id,
    claim_rows,
    compile_label,
    hint_rows,
    identifier_rows,
)
from stocktake.vocabulary.expression import macro_sql
from stocktake.vocabulary.spec import Vocabularies, Vocabulary

BUILT_IN = {
    "setting_of(told, name)": "json_extract_string(told, '$.\"' || name || '\"')",
    "instance_in(told, platform)": "json_extract_string(told, '$.instances.\"' || platform || '\"')",
    "elements(list)": "from_json(list, '[\"JSON\"]')",
}
_LINE_FIELDS: list[tuple[str, pa.DataType]] = [
    ("seq", pa.int64()),
    ("pull_id", pa.int64()),
    ("source", pa.string()),
    ("label", pa.string()),
    ("key", pa.string()),
    ("observed_at", pa.timestamp("us")),
    ("body_id", pa.int64()),
    ("op", pa.int32()),
    ("body", pa.string()),
]
LINES = pa.schema(_LINE_FIELDS)
# Errors of one record's value, not of the expression itself: other records may well be read.
OF_A_VALUE = (duckdb.ConversionException, duckdb.InvalidInputException, duckdb.OutOfRangeException)
MOST_UNREADABLE = 100  # of a batch; with more of them the expression is at fault


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What expressions may know of a source: its instance, and settings with the project's as defaults."""

    source: str
    instance: str | None
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Rows:
    """SQL of rows of one result table, and the rule that they come from."""

    sql: str
    where: str
    what: str


class _ValueError(VocabularyError):
    """An expression failed on a value."""


class Decoder:
    """One vocabulary, compiled; decodes a batch of log lines into the tables of `table_columns`.

    Each claim rule's rows are worked out once, into a table of their own; what else follows from these stays SQL until
    it is read, so that rows go straight to where they are wanted.

    A record on whose values an expression fails gives no claim, and its error is kept in `unreadable`; the others are
    read. Raises VocabularyError when an expression of the vocabulary does not hold as SQL, or fails on too many records.
    """

    def __init__(self, vocabulary: Vocabulary | None, vocabularies: Vocabularies, schema: Schema) -> None:
        self.vocabulary = vocabulary
        self.schema = schema
        self.columns = table_columns(schema)
        self.labels: list[CompiledLabel] = (
            [compile_label(rule, schema, f"claim_{number}") for number, rule in enumerate(vocabulary.labels.values())]
            if vocabulary
            else []
        )
        self.connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
        self.connection.execute("SET TimeZone = 'UTC'")
        self.rows: dict[str, list[_Rows]] = {}
        self.unreadable: list[VocabularyError] = []
        self._define(vocabularies)

    def _define(self, vocabularies: Vocabularies) -> None:
        """Create the macros."""
        functions = dict(BUILT_IN)
        for each in (vocabularies.shared, self.vocabulary):
            functions.update(each.functions if each else {})
        for head, body in functions.items():
            where = self.vocabulary.path if self.vocabulary else "common.yaml"
            self._run(macro_sql(head, body), where, f"function {head}")
        for namespace in vocabularies.namespaces.values():
            self._run(
                f"CREATE OR REPLACE TEMP MACRO normal_{namespace.name}(value) AS {namespace.normalise or 'trim(value)'}",
                self.vocabulary.path if self.vocabulary else "common.yaml",
                f"namespace {namespace.name}",
            )

    def decode(self, lines: pa.Table, known: list[SourceSettings]) -> None:
        """Decode log lines (columns of LINES), in place of those before."""
        settings = pa.table(
            {
                "source": [each.source for each in known],
                "instance": pa.array([each.instance for each in known], pa.string()),
                "settings": [msgspec.json.encode(each.settings, enc_hook=str).decode() for each in known],
            }
        )
        self.connection.register("given_lines", lines)
        self.connection.register("given_known", settings)
        key_id = claim_id("key")
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE line AS SELECT *, {key_id} AS key_id FROM given_lines")
        self.connection.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT * FROM given_known")
        self.connection.unregister("given_lines")
        self.unreadable.clear()
        self._readable(self._plan)

    def _plan(self) -> None:
        """Work out the claims of the batch, and note what follows from them."""
        present = {row[0] for row in self.connection.execute("SELECT DISTINCT label FROM line").fetchall()}
        says = " ".join(f"WHEN '{label.rule.name}' THEN '{label.rule.says}'" for label in self.labels)
        said = f"CASE label {says} ELSE 'unmapped' END" if says else "'unmapped'"
        self.rows = {name: [] for name in self.columns}
        columns = "seq, pull_id, source, label, key, key_id, observed_at, body_id, op"
        self._add("lines", f"SELECT {columns}, {said} AS says FROM line", "", "lines")
        for label in self.labels:
            if label.rule.name in present:
                self._run(
                    f"CREATE OR REPLACE TEMP TABLE told AS {label.told}", label.rule.where, "let", [label.rule.name]
                )
                for claim in label.claims:
                    self._decode_claim(label, claim)

    def _decode_claim(self, label: CompiledLabel, claim: CompiledClaim) -> None:
        """Work a claim's rows out; note what follows from them, where there are any."""
        where, table = claim.rule.where, claim.table
        self._run(f"CREATE OR REPLACE TEMP TABLE {table} AS {claim.sql}", where, "claim")
        if not self.connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchall():
            return
        types = {row[0]: row[1] for row in self.connection.execute(f"DESCRIBE {table}").fetchall()}
        self._add(f"claims_{claim.rule.kind}", claim_rows(claim, label.rule, types, self.schema), where, "fields")
        for sql in identifier_rows(claim, types):
            self._add("identifiers", sql, where, "same_as")
        for sql in hint_rows(claim):
            self._add("hints", sql, where, "looks_like")
        for link in claim.links:
            self._add("links", link.sql, link.rule.where, f"link {link.rule.edge}")

    def _add(self, table: str, sql: str, where: str, what: str) -> None:
        self.rows[table].append(_Rows(sql, where, what))

    def tables(self) -> dict[str, pa.Table]:
        """What the batch gave."""
        self._readable(self._make_tables)
        return {name: self.connection.table(name).to_arrow_table() for name in self.columns}

    def _make_tables(self) -> None:
        for name in self.columns:
            self._together(f"CREATE OR REPLACE TEMP TABLE {name} AS {self._sql(name)}", name)

    def write(self, folder: Path) -> None:
        """Write what the batch gave as Parquet, one file per table that has rows."""
        self._readable(lambda: self._write(folder))

    def _write(self, folder: Path) -> None:
        for name, rows in self.rows.items():
            if rows:
                target = folder / f"{name}.parquet"
                quoted = str(target).replace("'", "''")
                self._together(
                    f"COPY ({self._sql(name)}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)",
                    name,
                )

    def _sql(self, name: str) -> str:
        """SQL of all rows of a result table, every column in its type."""
        typed = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in self.columns[name].items())
        parts = [f"SELECT {typed} WHERE FALSE", *(f"SELECT * FROM ({each.sql})" for each in self.rows.get(name, []))]
        return " UNION ALL BY NAME ".join(parts)

    def _together(self, sql: str, name: str) -> None:
        """Run a statement over all rows of a result table; where it fails, say which rule is at fault."""
        try:
            self.connection.execute(sql)
        except OF_THE_MACHINE as error:
            raise machine_error(error, name) from error
        except duckdb.Error:
            for each in self.rows[name]:
                self._run(f"CREATE OR REPLACE TEMP TABLE tried AS {each.sql}", each.where, each.what)
            raise

    def _readable(self, read: Callable[[], None]) -> None:
        """Do it; where a value can't be read, leave its record out, and do it again."""
        steps = [read]
        while True:
            try:
                for step in steps:
                    step()
                return
            except _ValueError as error:
                if len(self.unreadable) == MOST_UNREADABLE:
                    raise
                self._leave_out(error)
                steps = [self._plan, read]

    def _leave_out(self, error: _ValueError) -> None:
        """Find, by halving, a record on which a rule fails, and leave its body out of the batch."""
        labels = [label.rule.name for label in self.labels if error.problems[0].where in _rules(label)]
        self.connection.execute("CREATE OR REPLACE TEMP TABLE whole AS SELECT * FROM line")
        wanted = "SELECT seq FROM whole WHERE list_contains(?, label) AND op = 0 AND body IS NOT NULL ORDER BY seq"
        seqs = [row[0] for row in self.connection.execute(wanted, [labels]).fetchall()]
        while len(seqs) > 1:
            first = seqs[: len(seqs) // 2]
            some = f"SELECT * FROM whole WHERE list_contains({first}, seq)"
            self.connection.execute(f"CREATE OR REPLACE TEMP TABLE line AS {some}")
            seqs = first if self._fails() else seqs[len(first) :]
        self.unreadable.append(error)
        self.connection.execute("CREATE OR REPLACE TEMP TABLE line AS SELECT * FROM whole")
        self.connection.execute("UPDATE line SET body = NULL WHERE list_contains(?, seq)", [seqs])

    def _fails(self) -> bool:
        """Whether some value of the batch can't be read."""
        try:
            self._plan()
            self._make_tables()
        except _ValueError:
            return True
        return False

    def _run(self, sql: str, where: str, what: str, values: list[Any] | None = None) -> None:
        try:
            self.connection.execute(sql, values or [])
        except OF_THE_MACHINE as error:
            raise machine_error(error, where) from error
        except duckdb.Error as error:
            told = re.sub(r"\s*LINE \d+:.*", "", str(error), flags=re.DOTALL).strip()
            fix = "mend the expression; it is DuckDB SQL over $.path, @.path, key, instance, the let names and the functions"
            kind = _ValueError if isinstance(error, OF_A_VALUE) else VocabularyError
            raise kind(where, f"{what}: {told}", fix) from error


def _rules(label: CompiledLabel) -> set[str]:
    """Where the rules of a label stand."""
    links = (link.rule.where for claim in label.claims for link in claim.links)
    return {label.rule.where, *(claim.rule.where for claim in label.claims), *links}

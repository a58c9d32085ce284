"""Decoding: records in, claims in common words out, in columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import msgspec
import pyarrow as pa

from stocktake.errors import VocabularyError
from stocktake.schema import Schema
from stocktake.schema.columns import link_columns, table_columns
from stocktake.vocabulary.compile import (
    CompiledClaim,
    CompiledLabel,
    claim_insert,
    compile_label,
    hint_insert,
    identifier_insert,
    iid,
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


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What expressions may know of a source: its instance, and settings with the project's as defaults."""

    source: str
    instance: str | None
    settings: Mapping[str, Any]


class Decoder:
    """One vocabulary, compiled; decodes batches of log lines into the tables of `table_columns`.

    Raises VocabularyError when an expression of the vocabulary does not hold as SQL.
    """

    def __init__(self, vocabulary: Vocabulary | None, vocabularies: Vocabularies, schema: Schema) -> None:
        self.vocabulary = vocabulary
        self.schema = schema
        self.labels: list[CompiledLabel] = (
            [compile_label(rule, schema) for rule in vocabulary.labels.values()] if vocabulary else []
        )
        self.connection = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
        self.connection.execute("SET TimeZone = 'UTC'")
        self._define(vocabularies)

    def _define(self, vocabularies: Vocabularies) -> None:
        """Create the macros and the empty result tables."""
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
        for name, columns in table_columns(self.schema).items():
            listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
            self.connection.execute(f"CREATE OR REPLACE TABLE {name} ({listed})")

    def decode(self, lines: pa.Table, known: list[SourceSettings]) -> None:
        """Decode log lines (columns of LINES) into the result tables."""
        settings = pa.table(
            {
                "source": [each.source for each in known],
                "instance": pa.array([each.instance for each in known], pa.string()),
                "settings": [msgspec.json.encode(each.settings, enc_hook=str).decode() for each in known],
            }
        )
        self.connection.register("given_lines", lines)
        self.connection.register("given_known", settings)
        key_id = iid("'key'", "source || chr(31) || label || chr(31) || key")
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE line AS SELECT *, {key_id} AS key_id FROM given_lines")
        self.connection.execute("CREATE OR REPLACE TEMP TABLE known AS SELECT * FROM given_known")
        present = {row[0] for row in self.connection.execute("SELECT DISTINCT label FROM line").fetchall()}
        says = " ".join(f"WHEN '{label.rule.name}' THEN '{label.rule.says}'" for label in self.labels)
        said = f"CASE label {says} ELSE 'unmapped' END" if says else "'unmapped'"
        self.connection.execute(
            f"INSERT INTO lines SELECT seq, pull_id, source, label, key, key_id, observed_at, body_id, op, {said} FROM line"
        )
        for label in self.labels:
            if label.rule.name in present:
                self._decode_label(label)

    def _decode_label(self, label: CompiledLabel) -> None:
        self._run(f"CREATE OR REPLACE TEMP TABLE told AS {label.told}", label.rule.where, "let", [label.rule.name])
        for claim in label.claims:
            self._decode_claim(label, claim)

    def _decode_claim(self, label: CompiledLabel, claim: CompiledClaim) -> None:
        where = claim.rule.where
        self._run(f"CREATE OR REPLACE TEMP TABLE claim AS {claim.sql}", where, "claim")
        types = {row[0]: row[1] for row in self.connection.execute("DESCRIBE claim").fetchall()}
        columns, select = claim_insert(claim, label.rule, types, self.schema)
        self._run(f"INSERT INTO claims_{claim.rule.kind} ({', '.join(columns)}) {select}", where, "fields")
        for sql in identifier_insert(claim, types):
            self._run(f"INSERT INTO identifiers {sql}", where, "same_as")
        for sql in hint_insert(claim):
            self._run(f"INSERT INTO hints {sql}", where, "looks_like")
        names = ", ".join(f'"{name}"' for name in link_columns(self.schema))
        for link in claim.links:
            self._run(
                f"INSERT INTO links SELECT {names} FROM ({link.sql}) AS link", link.rule.where, f"link {link.rule.edge}"
            )

    def clear(self) -> None:
        """Forget what was decoded so far."""
        for name in table_columns(self.schema):
            self.connection.execute(f"DELETE FROM {name}")

    def tables(self) -> dict[str, pa.Table]:
        """What was decoded so far."""
        return {name: self.connection.table(name).to_arrow_table() for name in table_columns(self.schema)}

    def write(self, folder: Path) -> None:
        """Write what was decoded so far as Parquet, one file per table that has rows."""
        for name in table_columns(self.schema):
            if self.connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall():
                target = str(folder / f"{name}.parquet").replace("'", "''")
                self.connection.execute(f"COPY {name} TO '{target}' (FORMAT parquet, COMPRESSION zstd)")

    def _run(self, sql: str, where: str, what: str, values: list[Any] | None = None) -> None:
        try:
            self.connection.execute(sql, values or [])
        except duckdb.Error as error:
            told = re.sub(r"\s*LINE \d+:.*", "", str(error), flags=re.DOTALL).strip()
            fix = "mend the expression; it is DuckDB SQL over $.path, @.path, key, instance, the let names and the functions"
            raise VocabularyError(where, f"{what}: {told}", fix) from error

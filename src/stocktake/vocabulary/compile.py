"""A vocabulary compiled to SQL: one pass over the bodies of each label, one table per claim rule, one SELECT per link."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from stocktake.schema import Schema
from stocktake.schema.spec import SQL_TYPES
from stocktake.vocabulary.expression import Scope, Scopes, to_sql
from stocktake.vocabulary.spec import ClaimRule, LabelRule, LinkRule

SEPARATOR = "chr(31)"
TOLD = ("seq", "source", "label", "key_id", "observed_at")
CARRIED = ("key", "body", "instance", "settings", "p")


@dataclass(frozen=True, slots=True)
class CompiledLink:
    """One link rule: SQL over its claim's table, giving rows with the columns of `links`."""

    sql: str
    rule: LinkRule


@dataclass(frozen=True, slots=True)
class CompiledClaim:
    """One claim rule: SQL over `told` that makes its table, a column for each expression prefixed f_, i_, h_ or g_."""

    table: str
    sql: str
    rule: ClaimRule
    links: tuple[CompiledLink, ...]


@dataclass(frozen=True, slots=True)
class CompiledLabel:
    """One label: SQL that reads its records into `told`, and its claims."""

    rule: LabelRule
    told: str
    claims: tuple[CompiledClaim, ...]


def iid(namespace: str, value: str) -> str:
    """SQL of an identifier's 128-bit id from SQL of its namespace and value."""
    # By way of bytes: a text is read as a UUID at half the speed.
    return f"CAST(unhex(substr(sha256({namespace} || {SEPARATOR} || {value}), 1, 32)) AS UUID)"


def claim_id(part: str) -> str:
    """SQL of a claim's id from SQL of its part. The id of a key is that of the claim that speaks of the key itself."""
    return iid("'claim'", f"source || {SEPARATOR} || label || {SEPARATOR} || {part}")


def compile_label(rule: LabelRule, schema: Schema, name: str = "claim") -> CompiledLabel:
    """Compile one label; paths of the body that its expressions read are collected on the way.

    name: what the names of its claims' tables begin with.
    """
    body = Scope("body", "p")
    scopes = {"$": body, "@": body, "^": body}
    lets = {let: to_sql(text, scopes) for let, text in rule.let.items()}
    known = [*CARRIED, *lets]
    claims = tuple(
        _compile_claim(claim, body, schema, f"{name}_{number}", known) for number, claim in enumerate(rule.claims)
    )
    read = _named(CARRIED, *lets.values(), *(claim.sql for claim in claims))
    let_columns = "".join(f',\n    ({sql}) AS "{let}"' for let, sql in lets.items())
    told = f"""SELECT {", ".join([*TOLD, *read])} {let_columns}
FROM (
    SELECT line.seq, line.source, line.label, line.key, line.key_id, line.observed_at, line.body,
        known.instance, known.settings, {body.sql()} AS p
    FROM line JOIN known ON known.source = line.source
    WHERE line.label = ? AND line.op = 0 AND line.body IS NOT NULL
) AS read"""
    return CompiledLabel(rule, told, claims)


def _named(columns: Iterable[str], *texts: str) -> list[str]:
    """Those columns that some SQL names; the others are not carried along."""
    words = {word.lower() for text in texts for word in re.findall(r"\w+", text)}
    return [column for column in columns if column.lower() in words]


def _compile_claim(rule: ClaimRule, body: Scope, schema: Schema, table: str, known: list[str]) -> CompiledClaim:
    """SQL of a claim's rows. They keep what their links read, so that no part of it is worked out twice.

    known: the columns of `told`.
    """
    item = Scope("item", "item_p")
    scopes = {"$": body, "@": item, "^": item}
    columns = [
        *_prefixed("f", rule.fields, scopes),
        *_prefixed("i", rule.same_as, scopes),
        *_prefixed("h", rule.looks_like, scopes),
        *_prefixed("g", rule.flags, scopes),
    ]
    part = f"COALESCE(CAST(({to_sql(rule.part, scopes)}) AS VARCHAR), key) AS part" if rule.part else "key AS part"
    own = claim_id("part") if rule.part else "key_id"
    item_columns = ["item", "item_p"] if rule.for_each else []
    links = tuple(
        _compile_link(rule, link, scopes, schema, (table, [*TOLD, "part", *known, *item_columns]))
        for link in rule.links
    )
    kept = [*TOLD, *_named([*known, *item_columns], *(link.sql for link in links))]
    when = f"\nWHERE ({to_sql(rule.when, scopes)}) IS TRUE" if rule.when else ""
    source = "told"
    if rule.for_each:
        listed = _named(known, part, when, *columns, *kept)
        source = _unnested("told", to_sql(rule.for_each, scopes), item, [*TOLD, *listed])
    sql = f"SELECT {', '.join(kept)}, {part}, {own} AS claim_id"
    sql += "".join(f",\n    {column}" for column in columns) + f"\nFROM {source} AS row{when}"
    return CompiledClaim(table, sql, rule, links)


def _prefixed(prefix: str, told: dict[str, str], scopes: Scopes) -> Iterable[str]:
    return (f'({to_sql(text, scopes)}) AS "{prefix}_{name}"' for name, text in told.items())


def _unnested(table: str, array: str, element: Scope, kept: Sequence[str]) -> str:
    """SQL of a table with one row per element of a JSON array: some columns, the element and the paths read of it.

    Every column that is carried along is copied for each element.
    """
    columns = ", ".join(dict.fromkeys(kept))
    rows = f"SELECT {columns}, UNNEST(elements({array})) AS {element.column} FROM {table}"
    return f"(SELECT *, {element.sql()} AS {element.listed} FROM ({rows}))"


def _compile_link(
    rule: ClaimRule, link: LinkRule, scopes: Scopes, schema: Schema, claim: tuple[str, list[str]]
) -> CompiledLink:
    """SQL of a link's rows; within its own for_each, `@` is the link's element and `^` the claim's.

    claim: the claim's table and the columns that it may have.
    """
    element = Scope("element", "element_p")
    own = {**scopes, "@": element} if link.for_each else scopes

    def sql_of(text: str) -> str:
        return f"({to_sql(text, own)})"

    targets = {
        namespace: f"NULLIF(normal_{namespace}(CAST({sql_of(text)} AS VARCHAR)), '')"
        for namespace, text in link.to.items()
    }
    attributes = {
        name: f"TRY_CAST({sql_of(link.attributes[name])} AS {SQL_TYPES[spec.type]})"
        if name in link.attributes
        else "NULL"
        for name, spec in sorted(schema.attributes().items())
    }
    columns = [
        "seq", "claim_id", "key_id",
        *(f'{sql} AS "t_{namespace}"' for namespace, sql in targets.items()),
        f"{_time(link.from_at, sql_of)} AS from_at",
        f"{_time(link.until_at, sql_of)} AS until_at",
        *(f'{sql} AS "{name}"' for name, sql in attributes.items()),
    ]  # fmt: skip
    when = f" WHERE {sql_of(link.when)} IS TRUE" if link.when else ""
    table, known = claim
    source = table
    if link.for_each:
        array = to_sql(link.for_each, scopes)
        kept = ["claim_id", *_named(known, when, *columns)]
        source = _unnested(table, array, element, kept)
    targets_sql = f"SELECT {', '.join(columns)} FROM {source}{when}"
    return CompiledLink(_reached_sql(rule, link, targets_sql, list(attributes)), link)


def _reached_sql(rule: ClaimRule, link: LinkRule, targets: str, attributes: list[str]) -> str:
    """SQL of the rows of `links` from rows with one column per namespace: the first that is told is the target."""
    told = [f'"t_{namespace}"' for namespace in link.to]
    if len(told) == 1:
        namespace, value = f"'{next(iter(link.to))}'", told[0]
    else:
        chosen = " ".join(f"WHEN \"t_{namespace}\" IS NOT NULL THEN '{namespace}'" for namespace in link.to)
        namespace, value = f"CASE {chosen} END" if told else "NULL", f"COALESCE({', '.join([*told, 'NULL'])})"
    kind = "NULL" if link.kind is None else f"'{link.kind}'"
    columns = [
        "seq", "claim_id", "key_id", f"'{rule.kind}' AS kind", f"'{link.edge}' AS edge",
        f"{namespace} AS namespace", f"{value} AS value", f"{iid(namespace, value)} AS to_iid",
        f"{kind} AS to_kind", "from_at", "until_at",
        f"{str(rule.passive).lower()} AS passive", f"'{_rule_name(link.where)}' AS rule",
        *(f'"{name}"' for name in attributes),
    ]  # fmt: skip
    # Materialised, so that the filter does not read the targets a second time.
    return f"WITH target AS MATERIALIZED ({targets}) SELECT {', '.join(columns)} FROM target WHERE {value} IS NOT NULL"


def _time(text: str | None, sql_of: object) -> str:
    assert callable(sql_of)
    return f"TRY_CAST({sql_of(text)} AS TIMESTAMP)" if text else "CAST(NULL AS TIMESTAMP)"


def _rule_name(where: str) -> str:
    """`file:line` of a rule without its folders: what a person looks up."""
    return where.rsplit("/", 1)[-1].replace("'", "")


def claim_rows(claim: CompiledClaim, label: LabelRule, types: dict[str, str], schema: Schema) -> str:
    """SELECT over a claim's table that gives rows for the claims of its kind.

    types: SQL type of each column of the table, as the expressions came out.
    """
    rule = claim.rule
    fields = schema.kinds[rule.kind].fields if rule.kind in schema.kinds else next(iter(schema.kinds.values())).fields
    values, flags = {}, []
    for name in rule.fields:
        column, target = f'"f_{name}"', SQL_TYPES[fields[name].type]
        values[name] = cast(column, types[f"f_{name}"], target)
        if target not in ("VARCHAR", "VARCHAR[]"):
            flags.append(f"CASE WHEN {column} IS NOT NULL AND {values[name]} IS NULL THEN 'unreadable_{name}' END")
    flags += [f"CASE WHEN \"g_{name}\" THEN '{name}' END" for name in rule.flags]
    listed = f"list_filter([{', '.join(flags)}], lambda flag: flag IS NOT NULL)" if flags else "CAST([] AS VARCHAR[])"
    default = f"'{rule.default}'" if rule.kind == "open" else "NULL"
    columns = {
        "seq": "seq", "claim_id": "claim_id", "key_id": "key_id", "source": "source", "label": "label", "part": "part",
        "kind": f"'{rule.kind}'", "default_kind": default, "passive": str(rule.passive).lower(), "says": f"'{label.says}'",
        "observed_at": "observed_at", "rule": f"'{_rule_name(rule.where)}'", "flags": listed,
        **{f'"{name}"': sql for name, sql in values.items()},
    }  # fmt: skip
    return "SELECT " + ", ".join(f"{sql} AS {name}" for name, sql in columns.items()) + f" FROM {claim.table}"


def cast(column: str, given: str, wanted: str) -> str:
    """SQL that turns a value into a field's type; what does not read is NULL, and so is an empty text."""
    if wanted == "VARCHAR[]":
        return (
            f"NULLIF({column}, [])"
            if given.endswith("[]")
            else f"CASE WHEN {column} <> '' THEN [CAST({column} AS VARCHAR)] END"
        )
    if wanted == "VARCHAR":
        return f"NULLIF(CAST({column} AS VARCHAR), '')"
    if wanted == "BIGINT" and given == "VARCHAR":
        return f"COALESCE(TRY_CAST({column} AS BIGINT), CAST(TRY_CAST({column} AS DOUBLE) AS BIGINT))"
    if wanted == "DOUBLE":
        return f"CASE WHEN isfinite(TRY_CAST({column} AS DOUBLE)) THEN TRY_CAST({column} AS DOUBLE) END"
    return f"TRY_CAST({column} AS {wanted})"


def identifier_rows(claim: CompiledClaim, types: dict[str, str]) -> list[str]:
    """SELECTs over a claim's table that give the rows of `identifiers`."""
    selects = []
    for namespace in claim.rule.same_as:
        column, told = f'"i_{namespace}"', types[f"i_{namespace}"]
        value = f"UNNEST({column})" if told.endswith("[]") else f"CAST({column} AS VARCHAR)"
        declared = str(namespace in claim.rule.declared).lower()
        selects.append(
            f"WITH own AS MATERIALIZED (SELECT seq, claim_id, {value} AS raw FROM {claim.table}), "
            f"plain AS MATERIALIZED (SELECT seq, claim_id, NULLIF(normal_{namespace}(raw), '') AS value FROM own) "
            f"SELECT seq, claim_id, '{claim.rule.kind}' AS kind, '{namespace}' AS namespace, value, "
            f"{iid(chr(39) + namespace + chr(39), 'value')} AS iid, {declared} AS declared FROM plain WHERE value IS NOT NULL"
        )
    return selects


def hint_rows(claim: CompiledClaim) -> list[str]:
    """SELECTs over a claim's table that give the rows of `hints`."""
    return [
        f"SELECT DISTINCT seq, claim_id, '{claim.rule.kind}' AS kind, '{hint}' AS hint, "
        f'CAST("h_{hint}" AS VARCHAR) AS value FROM {claim.table} WHERE "h_{hint}" <> \'\''
        for hint in claim.rule.looks_like
    ]

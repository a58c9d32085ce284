"""A statement about one moment, made into the same statement about each of many moments.

A lateral join does it: the statement runs for each row of a table of moments, and every relation that it reads is
narrowed to that moment. DuckDB turns that into joins, groups and windows that carry the moment, so many moments cost
one pass, and the statements that people read and write speak of one moment only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from stocktake.engines.protocol import Step

AT = "moment_at"
"""The column that a relation of many moments has beside its own, last."""

NOW = f"each_moment.{AT}"
"""SQL of the moment that a lifted statement speaks of."""


def narrowed(relation: str) -> str:
    """SQL of a relation of many moments as it is at the moment of the statement that reads it."""
    return f'SELECT * EXCLUDE ("{AT}") FROM {relation} AS narrowed WHERE narrowed."{AT}" = {NOW}'


def at_moment(sql: str, relations: Mapping[str, str]) -> str | None:
    """A statement whose relations of many moments are narrowed to NOW; None where it depends on no moment.

    relations: their names, and SQL of each as it is at NOW.
    """
    pieces, done = [], 0
    for name, start, end, is_named in _read(sql):
        if name in relations:
            pieces += [sql[done:start], f"({relations[name]})", "" if is_named else f" AS {name.rpartition('.')[2]}"]
            done = end
    return "".join([*pieces, sql[done:]]) if pieces or NOW in sql else None


def lift(told: str, moments: str) -> str:
    """A statement narrowed to NOW as one over all moments: its own columns, and AT last. moments: a table of AT."""
    return f"SELECT told.*, {NOW} FROM {moments} AS each_moment CROSS JOIN LATERAL ({told}) AS told"


def lift_steps(steps: Iterable[Step], relations: Iterable[str], moments: str) -> list[Step]:
    """Steps over one moment as steps over many. relations: those that have AT already. moments: a table of AT."""
    known = {name: narrowed(name) for name in relations}
    lifted = []
    for step in steps:
        told = at_moment(step.sql, known)
        if told is not None:
            known[step.name] = narrowed(step.name)
            types = {**step.types, AT: "TIMESTAMP"} if step.types else {}
            step = Step(step.name, step.many or lift(told, moments), types)
        lifted.append(step)
    return lifted


def relations_of(sql: str) -> set[str]:
    """The names of the relations that a statement reads."""
    return {name for name, *_ in _read(sql)}


@lru_cache(maxsize=4096)
def _read(sql: str) -> tuple[tuple[str, int, int, bool], ...]:
    """The relations that a statement reads: name, where it begins and ends in the text, whether it has another name."""
    from sqlglot.dialects.duckdb import DuckDB
    from sqlglot.tokenizer_core import TokenType

    tokens = DuckDB().tokenize(sql)
    sorts = [*(token.token_type for token in tokens), None, None]
    common = {
        token.text for at, token in enumerate(tokens) if sorts[at + 1 : at + 3] == [TokenType.ALIAS, TokenType.L_PAREN]
    }
    found = []
    for at, token in enumerate(tokens[:-1]):
        is_list = token.token_type is TokenType.COMMA
        is_distinct = at > 0 and sorts[at - 1] is TokenType.DISTINCT
        if is_distinct or not (is_list or token.token_type in (TokenType.FROM, TokenType.JOIN)):
            continue
        last = at + 1
        while sorts[last + 1] is TokenType.DOT:
            last += 2
        name = ".".join(each.text for each in tokens[at + 1 : last + 1 : 2])
        # After a comma stands a relation or a value; the full name of a relation is never a value.
        if name not in common and sorts[last + 1] is not TokenType.L_PAREN and ("." in name or not is_list):
            is_named = sorts[last + 1] is TokenType.ALIAS
            found.append((name, tokens[at + 1].start, tokens[last].end + 1, is_named))
    return tuple(found)

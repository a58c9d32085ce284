"""Which columns of a relation any later statement reads, so that the others need not be made at all."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from stocktake.engines.lift import relations_of
from stocktake.engines.protocol import Step


def needed_columns(relation: str, columns: Iterable[str], steps: Sequence[Step]) -> list[str]:
    """The columns of a relation whose names any step that reads it says; all where one takes whatever there is.

    A name may mean another relation's column: rather one column too many than one too few.
    """
    words: set[str] = set()
    for at, step in enumerate(steps):
        if relation in relations_of(step.sql):
            said = _words_from(at, steps)
            if said is None:
                return list(columns)
            words |= said
    return [name for name in columns if name.lower() in words]


def narrow(steps: Sequence[Step], kept: Collection[str]) -> list[Step]:
    """The steps, each with those of its declared columns alone that a later one reads. kept: steps left whole."""
    found: list[Step] = []
    for at, step in enumerate(steps):
        if step.types and step.name not in kept:
            read = needed_columns(step.name, step.types, steps[at + 1 :]) or list(step.types)[:1]
            step = replace(step, types={name: step.types[name] for name in read})
        found.append(step)
    return found


def _words_from(at: int, steps: Sequence[Step]) -> set[str] | None:
    """What a step says, and where it passes columns on unnamed, what its readers say; None: it is a person's own."""
    step = steps[at]
    words, has_star = _words(step.sql)
    if not has_star:
        return set(words)
    if step.types:
        return None
    found = set(words)
    for later in range(at + 1, len(steps)):
        if step.name in relations_of(steps[later].sql):
            found |= _words_from(later, steps) or set()
    return found


@lru_cache(maxsize=4096)
def _words(sql: str) -> tuple[frozenset[str], bool]:
    """All words of a statement, in small letters, and whether it has `SELECT *` or the like."""
    from sqlglot.dialects.duckdb import DuckDB
    from sqlglot.tokenizer_core import TokenType

    tokens = DuckDB().tokenize(sql)
    before = (TokenType.SELECT, TokenType.COMMA, TokenType.DOT, TokenType.DISTINCT)
    has_star = any(
        token.token_type is TokenType.STAR and at > 0 and tokens[at - 1].token_type in before
        for at, token in enumerate(tokens)
    )
    return frozenset(token.text.lower() for token in tokens), has_star

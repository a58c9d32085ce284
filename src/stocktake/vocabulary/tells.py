"""Which vocabulary can tell which field and edge of which kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stocktake.schema import Schema
from stocktake.vocabulary.spec import ClaimRule, Vocabularies, Vocabulary

Told = tuple[str, str]
"""A kind, and a field, an edge, or `edge.attribute` of it; the kind alone (with "") where a claim describes it."""


def tellers(vocabularies: Vocabularies, schema: Schema) -> Mapping[Told, frozenset[str]]:
    """What can be told -> the names of the vocabularies that can tell it; what none can is left out."""
    found: dict[Told, set[str]] = {}
    open_to = _open_kinds(schema)
    for vocabulary in vocabularies.by_name.values():
        for told in _told(vocabulary, open_to):
            found.setdefault(told, set()).add(vocabulary.name)
    return {told: frozenset(names) for told, names in sorted(found.items())}


def _open_kinds(schema: Schema) -> tuple[str, ...]:
    """The kinds that a claim of open kind may turn out to be: those of edges that lead to one of several."""
    several = [edge.to for kind in schema.kinds.values() for edge in kind.edges.values() if len(edge.to) > 1]
    return tuple(dict.fromkeys(name for to in several for name in to))


def _told(vocabulary: Vocabulary, open_to: tuple[str, ...]) -> Iterator[Told]:
    for label in vocabulary.labels.values():
        for rule in label.claims:
            for kind in open_to if rule.kind == "open" else (rule.kind,):
                yield from ((kind, name) for name in _names(rule))


def _names(rule: ClaimRule) -> Iterator[str]:
    """The fields, edges and attributes that a claim tells."""
    if rule.kind != "open" and not rule.passive:
        yield ""
    yield from rule.fields
    for link in rule.links:
        yield link.edge
        yield from (f"{link.edge}.{attribute}" for attribute in link.attributes)

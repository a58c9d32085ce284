"""What a project means, apart from how it is written: each of its things as plain values, expressions parsed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from stocktake.metrics import expression
from stocktake.metrics.spec import Bucket, Catalogue, Method, Metric, Waiver
from stocktake.metrics.targets import Target
from stocktake.vocabulary.spec import LinkRule

if TYPE_CHECKING:
    from stocktake.project import Project
    from stocktake.standards import Standard, Standards

PLACES = ("where", "lines", "path", "text", "name", "seq", "waivers")
"""Fields that say where something stands, or repeat what is told elsewhere: its name, its waivers."""

WORDS = ("says", "asks", "about", "owner", "source", "version", "grain", "reason", "approver")
"""What is said to people: it changes no number, and is told apart."""

CONDITIONS: Mapping[type, tuple[str, ...]] = {Metric: ("where", "value"), Bucket: ("when",), Waiver: ("scope",)}
"""The fields that are SQL: a bucket's `where` is a place, a metric's is a condition."""

FIRST_WINS: Mapping[type, tuple[str, ...]] = {LinkRule: ("to",)}
"""Mappings of which the first that gives something counts."""

Ruling = Waiver | Target
Text = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One thing of a project: what numbers follow from, and what it says to people, as nested plain values."""

    means: Mapping[str, Any]
    says: Mapping[str, Any]


Meanings = dict[tuple[str, str], Meaning]
"""(sort, name) → meaning; sorts: setting, source, kind, vocabulary, definition, table, metric, group, waiver,
target."""


def meanings(project: Project, standards: Standards, catalogue: Catalogue, rulings: Iterable[Ruling]) -> Meanings:
    """Everything that a project says, what it extends and what ships filled in. rulings: waivers and targets."""
    found = {("setting", name): Meaning({"value": str(value)}, {}) for name, value in _settings(project)}
    for source in project.sources:
        found["source", source.name] = Meaning({"connector": source.connector, **source.settings}, {})
    for name, kind in project.schema.kinds.items():
        found["kind", name] = _meaning(kind)
    for name, vocabulary in project.vocabularies.by_name.items():
        found["vocabulary", name] = _meaning(vocabulary, tokens)
    for each in standards.steps:
        if each.file:
            found["table" if each.is_table else "definition", each.name] = _standard(each)
    for name, node in catalogue.nodes().items():
        found["metric" if isinstance(node, Metric) else "group", name] = _meaning(node)
    for ruling in rulings:
        found["waiver" if isinstance(ruling, Waiver) else "target", ruling.name] = _meaning(ruling)
    return found


def _settings(project: Project) -> Iterator[tuple[str, Any]]:
    """The settings that numbers follow from; not `as_of`, as both projects are looked at at one moment."""
    yield "stale_after", project.stale_after
    yield "max_join", project.max_join
    yield from ((f"instances.{tool}", name) for tool, name in project.instances.items())
    yield from project.settings.items()


def _standard(standard: Standard) -> Meaning:
    explained = {name: column.says for name, column in standard.columns.items()}
    means = {**query_parts(standard.sql), "absence": sorted(standard.absence)}
    return Meaning(means, {**_words(standard), "columns": explained})


def query_parts(sql: str) -> dict[str, Any]:
    """A query by its parts: each output column, each clause; one that is no single SELECT is one part, `query`."""
    import sqlglot
    from sqlglot import exp

    query = sqlglot.parse_one(sql, dialect="duckdb")
    if not isinstance(query, exp.Select):
        return {"query": sql}
    columns = {each.alias_or_name: each.unalias().sql("duckdb") for each in query.selects}
    clauses = {
        name.rstrip("_"): " ".join(each.sql("duckdb") for each in (value if isinstance(value, list) else [value]))
        for name, value in query.args.items()
        if name != "expressions" and value
    }
    return {"columns": columns, "order of columns": list(columns), **clauses}


def _meaning(thing: Any, text: Text = str) -> Meaning:
    """A dataclass as its meaning and its words. text: what its texts come to, their layout aside."""
    return Meaning(_fields(thing, text), _words(thing))


def _words(thing: Any) -> dict[str, Any]:
    """What a thing says to people."""
    return {each.name: getattr(thing, each.name) for each in fields(thing) if _is_word(thing, each.name)}


def _is_word(thing: Any, name: str) -> bool:
    """Whether a field is said to people: a definition's `grain` is a sentence, a metric's is what table it asks."""
    return name in WORDS and not is_dataclass(getattr(thing, name))


def _fields(thing: Any, text: Text) -> dict[str, Any]:
    """What a dataclass means, by field; conditions as they are parsed."""
    found: dict[str, Any] = {}
    for name in [each.name for each in fields(thing)]:
        value = getattr(thing, name)
        if name in CONDITIONS.get(type(thing), ()):
            found[name] = None if value is None else expression.parse(value).sql("duckdb", comments=False)
        elif name == "parents":
            found[name] = sorted(value)
        elif name not in PLACES and not _is_word(thing, name):
            found[name] = _plain(value, text)
            if name in FIRST_WINS.get(type(thing), ()):
                found[f"order of {name}"] = list(value)
    return found


def _plain(value: Any, text: Text) -> Any:
    """A value as mappings, lists and texts; a list of named things as a mapping, with their order beside it."""
    if isinstance(value, Method):
        return str(value)
    if is_dataclass(value):
        return _fields(value, text)
    if isinstance(value, Mapping):
        return {str(key): _plain(each, text) for key, each in value.items()}
    if isinstance(value, list | tuple):
        if value and all(hasattr(each, "name") for each in value):
            return {**{each.name: _plain(each, text) for each in value}, "order": [each.name for each in value]}
        return [_plain(each, text) for each in value]
    return text(value) if isinstance(value, str) else value


def tokens(text: str) -> str:
    """An expression of a vocabulary as its tokens: layout and comments fall away."""
    import sqlglot
    from sqlglot.errors import TokenError

    try:
        return " ".join(text[each.start : each.end + 1] for each in sqlglot.tokenize(text, dialect="duckdb"))
    except TokenError:
        return " ".join(text.split())

"""The page of kinds: every field and every edge of each."""

from __future__ import annotations

from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join, table
from stocktake.schema import EdgeSpec, FieldSpec, KindSpec, Schema, load_schema

INTRO = """
Everything that Stocktake knows is an artifact of one of these kinds. Each is declared once, in
`src/stocktake/library/kinds/`; a project adds its own kinds, or fields to these, in its `kinds/` folder.

How a value ages: a *lasting* one never goes stale (when a finished run ended); a *momentary* one says nothing of the
time before it was read (traffic, an alias). Two values of one *unique* field on one artifact are an identity conflict.
Where several sources tell a field that merges by `min` or `max`, the smallest or greatest counts; else the best-ranked
source, and among equals the latest.
"""


def page(root: Path) -> str:
    """The whole page."""
    schema = load_schema([root / LIBRARY / "kinds"])
    kinds = list(schema.kinds.values())
    common = [name for name in kinds[0].fields if all(name in kind.fields for kind in kinds)]
    return join(
        NOTE,
        "# Kinds",
        INTRO,
        table(
            ("kind", "one of these is", "points upstream by"),
            ((f"[`{kind.name}`](#{kind.name})", kind.says, ", ".join(map(code, kind.edges))) for kind in kinds),
        ),
        "## Fields of every kind",
        _fields([kinds[0].fields[name] for name in common]),
        *(_kind(schema, kind, common) for kind in kinds),
    )


def _kind(schema: Schema, kind: KindSpec, common: list[str]) -> str:
    """The section of one kind."""
    own = [field for name, field in kind.fields.items() if name not in common]
    edges = table(
        ("edge", "to", "how many", "what it is", "attributes of the link"),
        (
            (code(edge.name), _targets(schema, edge), "many" if edge.many else "one", edge.says, _attributes(edge))
            for edge in kind.edges.values()
        ),
    )
    return join(f"## {kind.name}", kind.says, _fields(own), edges)


def _fields(fields: list[FieldSpec]) -> str:
    """A table of fields."""
    return table(
        ("field", "type", "what it is", "ages and merges"),
        ((code(field.name), _type(field), _says(field), _rules(field)) for field in fields),
    )


def _type(field: FieldSpec) -> str:
    """The type of a field, with its unit."""
    return f"{field.type}, {field.unit}" if field.unit else field.type


def _says(field: FieldSpec) -> str:
    """What a field is, with the words that it may hold."""
    return f"{field.says} One of: {', '.join(map(code, field.values))}." if field.values else field.says


def _rules(field: FieldSpec) -> str:
    """How a field ages and merges, where it is not as usual."""
    told = [word for word in ("lasting", "momentary", "unique") if getattr(field, word)]
    return ", ".join([*told, *([] if field.merge == "latest" else [code(field.merge)])])


def _targets(schema: Schema, edge: EdgeSpec) -> str:
    """The kinds that an edge may reach."""
    return "any" if edge.to == ("*",) else ", ".join(map(code, schema.targets(edge)))


def _attributes(edge: EdgeSpec) -> str:
    """The attributes of an edge's links."""
    return " ".join(f"{code(each.name)} ({each.type}): {each.says}" for each in edge.attributes)

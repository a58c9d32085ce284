"""The page of fields: which connector tells which, and which metric asks for which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pages.markdown import LIBRARY, NOTE, code, join, table
from stocktake import metrics, reach, standards
from stocktake.schema import KindSpec, load_schema
from stocktake.standards.lineage import Lineage
from stocktake.vocabulary import load_vocabularies
from stocktake.vocabulary.tells import Told, tellers

INTRO = """
What each connector's [vocabulary](vocabularies.md) can tell of which [kind](kinds.md), and what each
[metric](metrics.md) asks for. A person can tell any field by an edit; what no connector tells, only a person can.
`stocktake check` and `stocktake coverage` name the metrics that the sources of a project can't answer.
"""
METRICS = """
Of several fields behind one column, any of one name will do, of whichever kind.
"""
Tellers = Mapping[Told, frozenset[str]]


def page(root: Path) -> str:
    """The whole page."""
    library = root / LIBRARY
    schema = load_schema([library / "kinds"])
    told = tellers(load_vocabularies([library / "vocabulary"], schema), schema)
    files = standards.load_files([library / "definitions"], [library / "tables"], schema)
    catalogue = metrics.load([library / "metrics"], {each.name: list(each.columns) for each in files.steps})
    kinds = [_kind(kind, told) for kind in schema.kinds.values()]
    asked = table(("metric", "needs", "which is", "told by"), _asked(catalogue, Lineage(files), told))
    return join(NOTE, "# Who tells what", INTRO, *kinds, "## What metrics ask for", METRICS, asked)


def _kind(kind: KindSpec, told: Tellers) -> str:
    """The fields, edges and attributes of one kind, each with who tells it."""
    names = [*kind.fields]
    for edge in kind.edges.values():
        names += [edge.name, *(f"{edge.name}.{each.name}" for each in edge.attributes)]
    rows = ((code(name), ", ".join(sorted(told.get((kind.name, name), ()))) or "a person only") for name in names)
    return join(f"## {kind.name}", table(("field or edge", "told by"), rows))


def _asked(catalogue: metrics.Catalogue, lineage: Lineage, told: Tellers) -> Iterator[tuple[str, ...]]:
    """For each column that a metric needs: the fields behind it, and who tells any of them."""
    for metric in catalogue.metrics.values():
        for column in metric.needs:
            fields = reach.needed_fields(metric, column, lineage, told)
            behind = ", ".join(code(".".join(field)) for field in fields)
            able = ", ".join(sorted(_able(fields, told))) or "a person only"
            yield code(metric.name), code(column), behind or "links", able if fields else "whoever tells the links"


def _able(fields: list[Told], told: Tellers) -> frozenset[str]:
    """Who tells a field of every name; where nobody does, who tells any."""
    nobody: frozenset[str] = frozenset()
    names = [nobody.union(*(told.get(each, ()) for each in fields if each[1] == name)) for _, name in fields]
    return frozenset.intersection(*names) or nobody.union(*names) if names else nobody

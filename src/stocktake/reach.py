"""Reach: which metrics ask for what no source of a project can tell, and which connectors could."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stocktake.vocabulary.tells import Told, tellers

if TYPE_CHECKING:
    from stocktake.metrics import Catalogue, Metric
    from stocktake.project import Project
    from stocktake.standards import Standards
    from stocktake.standards.lineage import Lineage

OWNED_BY = "owned_by"


@dataclass(frozen=True, slots=True)
class Untold:
    """A field that a metric needs and no source of the project can tell.

    fields: `kind.field`, of each kind that may have it. connectors: those that could tell any of these.
    """

    metric: str
    column: str
    fields: tuple[str, ...]
    connectors: tuple[str, ...]

    @property
    def says(self) -> str:
        """It as a sentence."""
        could = f"these connectors could: {', '.join(self.connectors)}" if self.connectors else "no connector can"
        return f"no source of this project tells {' or '.join(self.fields)}; {could}, and a person can, by an edit"


def untold(project: Project, standards: Standards, catalogue: Catalogue) -> list[Untold]:
    """For each metric, what it needs and no configured source can tell; nothing for a project without sources."""
    from stocktake.standards.lineage import Lineage

    configured = {project.vocabulary_of(source) for source in project.sources}
    if not configured:
        return []
    told = tellers(project.vocabularies, project.schema)
    lineage, found = Lineage(standards), []
    for metric in catalogue.metrics.values():
        for column in metric.needs:
            for fields in _needed(needed_fields(metric, column, lineage, told)):
                able = {name for field in fields for name in told.get(field, ())}
                if not able & configured:
                    names = tuple(f"{kind}.{name}" for kind, name in fields)
                    found.append(Untold(metric.name, column, names, tuple(sorted(able))))
    return found


def needed_fields(metric: Metric, column: str, lineage: Lineage, told: Mapping[Told, Collection[str]]) -> list[Told]:
    """The fields and attributes of the graph's kinds behind a column of a metric's table, in order."""
    kinds = sorted({kind for kind, _ in told}, key=len, reverse=True)
    absence = lineage.standard(metric.grain.table).absence
    found = [
        field
        for table, name in lineage.graph_columns(metric.grain.table, column)
        if (field := _field(table, name, kinds)) and _is_value(field, lineage)
    ]
    # What is a state where it is absent is needed only where nothing else is.
    kept = [(kind, name) for kind, name in found if not {name.rpartition(".")[2]} & _bare(absence)]
    return list(dict.fromkeys(kept or found))


def _needed(fields: Collection[Told]) -> list[tuple[Told, ...]]:
    """The fields by name: of one name, any kind will do."""
    by_name: dict[str, list[Told]] = {}
    for field in fields:
        by_name.setdefault(field[1], []).append(field)
    return [tuple(each) for each in by_name.values()]


def _field(table: str, name: str, kinds: Collection[str]) -> Told | None:
    """The field of a column of the graph's own table of a kind, or of one of its edges."""
    for kind in kinds:
        if table == kind:
            return kind, name
        edge = table.removeprefix(f"{kind}_")
        if edge != table:
            return (kind, "owners") if edge == OWNED_BY else (kind, f"{edge}.{name}")
    return None


def _is_value(field: Told, lineage: Lineage) -> bool:
    """Whether a source tells it: ids, ends and times of links, and what the graph works out are none."""
    kind, name = field
    edge, _, attribute = name.rpartition(".")
    columns = lineage.layer[f"graph.{kind}_{edge}" if edge else f"graph.{kind}"].names
    worked_out = ("id", "flags", "sources", "is_live", "from_id", "to_id", "to_kind", "to_is", "from_at", "until_at")
    return attribute in columns and attribute not in worked_out


def _bare(absence: Collection[str]) -> set[str]:
    return {name.rpartition(".")[2] for name in absence}

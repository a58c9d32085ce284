"""What an unknown lacks: the fields and links that nobody tells, and who could tell them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from stocktake.explain.columns import Cells, split
from stocktake.explain.context import Context
from stocktake.explain.near import OWNED_BY, rows_where
from stocktake.explain.tree import Step
from stocktake.metrics.compile import reasons_of
from stocktake.vocabulary.tells import tellers

if TYPE_CHECKING:
    from stocktake.metrics import Metric

SHOWN = 20
STATUS_OF = {"is_live": "status"}


def missing(context: Context, metric: Metric, reason: str, cells: Cells) -> Step:
    """What an unknown lacks: each field or edge with the artifacts that lack it, and who could tell it.

    reason: the column of the flat table that is not known; nothing: any that the metric reads. Told: columns; fields:
    `owner.is_active` -> of (artifacts), sources (of the project, whose tools' words have it), connectors (all that
    could), stale (sources to read again), erased (source: how many of its records), person (the edit
    that tells it), and `says`, all that in a sentence.
    """
    columns = [reason] if reason else [*dict.fromkeys(reasons_of(metric))]
    fields: dict[str, Any] = {}
    for column in columns:
        for table, name in context.lineage.graph_columns(metric.grain.table, column):
            fields |= dict(_lacking(context, table, name, cells))
    return Step("missing", ", ".join(fields) or ", ".join(columns), {"columns": columns, "fields": fields})


def undescribed(context: Context, metric: Metric, key: str | None) -> Step:
    """What a part lacks that nobody describes, or (key None) that no deployment names."""
    kind = metric.grain.kind or "model_deployment"
    if key is None:
        fields = {"model_deployment.serves": _who(context, "model_deployment", "serves", [])}
    else:
        fields = {kind: _who(context, kind, "", _called(context, kind, [key]))}
    return Step("missing", ", ".join(fields), {"columns": [metric.grain.key], "fields": fields})


def _lacking(context: Context, table: str, name: str, cells: Cells) -> Iterator[tuple[str, dict[str, Any]]]:
    """A graph column that nobody tells, of the artifacts that were reached; where none was, the edges that would."""
    kind, edge = split(context, table)
    schema = context.project.schema
    name = STATUS_OF.get(name, name)
    reached = sorted(cells.walked.things.get(kind, ()))
    ids = [each for each in reached if context.nearby.row(kind, each)]
    ghosts = [each for each in reached if each not in ids]
    if ghosts and kind in schema.kinds:
        yield kind, _who(context, kind, "", _called(context, kind, ghosts))
    if edge == OWNED_BY:
        edge, name = "", "owners"
    if edge:
        without = [
            each for each in ids if not any((link.from_id, link.edge) == (each, edge) for link in cells.walked.links)
        ]
        if without:
            yield f"{kind}.{edge}", _who(context, kind, edge, _called(context, kind, without))
        return
    if kind not in schema.kinds or name not in schema.kinds[kind].fields:
        return
    untold = [each for each in ids if (context.nearby.row(kind, each) or {}).get(name) is None]
    if untold or not reached:
        yield f"{kind}.{name}", _who(context, kind, name, _called(context, kind, untold))


def _called(context: Context, kind: str, ids: list[str]) -> list[dict[str, Any]]:
    """Some artifacts with their names; what nobody describes is said to be so."""
    return [
        {
            "id": each,
            "name": context.nearby.name(kind, each),
            **({} if context.nearby.row(kind, each) else {"is": "described by no source"}),
        }
        for each in ids[:SHOWN]
    ]


def _who(context: Context, kind: str, name: str, lacking: list[dict[str, Any]]) -> dict[str, Any]:
    """Who could tell a field or edge (nothing: the artifact itself): sources, else connectors; a person always can."""
    able = _vocabularies(context, kind, name)
    of = {source.name: context.project.vocabulary_of(source) for source in context.project.sources}
    sources = sorted(source for source, vocabulary in of.items() if vocabulary in able)
    stale, erased = _stale(context, name, lacking), _erased(context, sources)
    found: dict[str, Any] = {"of": lacking, "sources": sources, "connectors": sorted(able), "stale": stale}
    found |= {"erased": erased} if erased else {}
    what = f"{kind}.{name}" if name else f"{kind} {lacking[0]['name']}"
    person = _edit(context, kind, name, lacking) if lacking else None
    return {**found, "person": person, "says": _says(what, found, person)}


def _says(name: str, found: dict[str, Any], person: str | None) -> str:
    """Who could tell it, as a sentence."""
    by_hand = f"a person can: `{person}`" if person else "a person can, once it is known of which artifact"
    if found["stale"]:
        return f"only a stale source tells {name}: read it again with `stocktake collect {' '.join(found['stale'])}`"
    if found["sources"]:
        erased = ", ".join(f"{count} of {source}" for source, count in found.get("erased", {}).items())
        lost = f" (records were erased, {erased}: what they told can't be known)" if erased else ""
        return f"{', '.join(found['sources'])} could tell {name}, and did not{lost}; else {by_hand}"
    if found["connectors"]:
        listed = ", ".join(found["connectors"])
        return f"no source of this project tells {name}; these connectors could: {listed}; else {by_hand}"
    return f"no connector tells {name}; {by_hand}"


def _vocabularies(context: Context, kind: str, name: str) -> frozenset[str]:
    """The vocabularies that can tell a field or edge of a kind, or the kind itself."""
    return tellers(context.project.vocabularies, context.project.schema).get((kind, name), frozenset())


def _erased(context: Context, sources: list[str]) -> dict[str, int]:
    """How many records of some sources were erased: these may have told it."""
    counts: dict[str, int] = {}
    for row in rows_where(context.snapshot["label_count"], "source", sources):
        counts[row["source"]] = counts.get(row["source"], 0) + row["erased"]
    return {source: count for source, count in counts.items() if count}


def _stale(context: Context, name: str, lacking: list[dict[str, Any]]) -> list[str]:
    """The stale sources that told it: collecting them again would."""
    told = rows_where(context.snapshot["stale_value"], "id", [each["id"] for each in lacking])
    return sorted({row["source"] for row in told if row["field"] == name})


def _edit(context: Context, kind: str, name: str, lacking: list[dict[str, Any]]) -> str:
    """The command by which a person tells it: of what is not described, which artifact it is."""
    on = str(lacking[0]["id"])[:12]
    if not name:
        other = next(_alike(context, lacking), "ANOTHER")
        return f'stocktake edit confirm {on} {other} --why "…"'
    if name in context.project.schema.kinds[kind].edges:
        return f'stocktake edit link {on} {name} TO --why "…"'
    field = context.project.schema.kinds[kind].fields[name]
    value = "true" if field.type == "flag" else "|".join(field.values) or "VALUE"
    return f'stocktake edit set {on} {name} {value} --why "…"'


def _alike(context: Context, lacking: list[dict[str, Any]]) -> Iterator[str]:
    """What a ghost is suggested to be."""
    ids = [each["id"] for each in lacking]
    for own, other in (("left_id", "right_id"), ("right_id", "left_id")):
        for row in rows_where(context.snapshot["suggestion"], own, ids):
            yield row[other][:12]

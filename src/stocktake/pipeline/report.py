"""The report of a run: how many models, which are active, who owns them, how well they are managed, what is unknown."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

from stocktake.errors import MetricError, one_of
from stocktake.metrics.slices import EVERYTHING
from stocktake.nouns import in_utc
from stocktake.pipeline.counting import count
from stocktake.pipeline.covering import cover
from stocktake.pipeline.ruled import targets, waivers

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.metrics import Rollups
    from stocktake.pipeline.line import Measured

MODEL_COLUMNS = (
    *("model_id", "model_by", "name", "purpose", "is_live", "is_active", "is_production", "binary_count"),
    *("deployment_count", "live_deployment_count", "family_count", "run_count", "trained_at", "days_since_trained"),
    *("owners", "owned_through", "is_owner_active"),
)


def report(measured: Measured) -> dict[str, Any]:
    """Everything that the report says, as one document.

    project: its name. run: id (none where it was not saved), as_of, known_at. requests_told: of how many deployments
    a source tells requests. stale_sources: each with the artifacts that rest on it. counts, coverage: as those commands
    give them. models: a row each. nodes: the hierarchy, see `hierarchy`. populations, exposure: a row per node
    (metric), slice and, of the exposure, bucket. waivers, targets: see `ruled`. ruling_problems: edits of them that no
    longer fit the project. without_waivers: the populations as they would be without any; none where none is in force.
    """
    coverage = cover(measured)
    return {
        "project": measured.project.name,
        "run": run_of(measured),
        "requests_told": _requests_told(measured),
        "stale_sources": [row for row in coverage["sources"] if row["state"] == "stale"],
        "counts": count(measured),
        "models": models(measured),
        "nodes": hierarchy(measured),
        "populations": rows_of(measured.rollups.populations),
        "exposure": rows_of(measured.rollups.exposure) if measured.rollups.exposure is not None else [],
        "waivers": waivers(measured),
        "targets": targets(measured),
        "ruling_problems": [
            {"where": each.where, "problem": each.problem, "fix": each.fix} for each in measured.rulings.problems
        ],
        "without_waivers": rows_of(measured.without.populations) if measured.without else [],
        "coverage": coverage,
        "engines": measured.numbers.elsewhere,  # last: by now all steps have run
    }


def run_of(measured: Measured) -> dict[str, Any]:
    """Which run an answer is from, and whether it is by the published files."""
    told = {"id": measured.run_id or None, "as_of": in_utc(measured.as_of), "known_at": measured.known_at}
    standing = measured.standing
    return {**told, "publication": standing.number, "latest_publication": standing.latest}


def _levels(rollups: Rollups) -> dict[str, dict[str, Any]]:
    """What every node says of each model."""
    return {row["model_id"]: row for row in rollups.models.to_pylist()}


def _answer(levels: dict[str, Any], node: str) -> dict[str, Any]:
    """A node's outcome and interval of one model."""
    return {part: levels.get(f"{node}__{part}") for part in ("outcome", "low", "point", "high")}


def models(measured: Measured) -> list[dict[str, Any]]:
    """Every model with what the table `models` says, and its level on every node; where waivers change it, also the
    level without them.
    """
    levels = _levels(measured.rollups)
    bare = _levels(measured.without) if measured.without else {}
    nodes = [each["node"] for each in hierarchy(measured)]
    table = measured.tables["models"]
    rows = rows_of(table.select([name for name in MODEL_COLUMNS if name in table.column_names]))
    for row in rows:
        told, without = levels.get(row["model_id"], {}), bare.get(row["model_id"])
        row["nodes"] = {node: _answer(told, node) for node in dict.fromkeys(nodes)}
        for node, answer in row["nodes"].items():
            if without and _answer(without, node) != answer:
                answer["without_waivers"] = _answer(without, node)
    return sorted(rows, key=lambda row: (not row["is_live"], str(row["name"]), row["model_id"]))


def hierarchy(measured: Measured) -> list[dict[str, Any]]:
    """Every node below each of its parents, from the roots: node, kind, depth, asks. A node may come several times."""
    catalogue = measured.catalogue
    found: list[dict[str, Any]] = []

    def walk(name: str, depth: int) -> None:
        kind = "metric" if name in catalogue.metrics else "group"
        found.append({"node": name, "kind": kind, "depth": depth, "asks": catalogue.node(name).asks})
        for child in catalogue.children(name):
            walk(child, depth + 1)

    for root in catalogue.roots():
        walk(root, 0)
    return found


def node_report(document: dict[str, Any], node: str, by: str | None = None) -> dict[str, Any]:
    """The part of a report that is about one node, over all slices or those of one name (and everything).

    Raises MetricError with the nodes that there are.
    """
    told = next((each for each in document["nodes"] if each["node"] == node), None)
    if told is None:
        known = dict.fromkeys(each["node"] for each in document["nodes"])
        raise MetricError(node, "there is no such metric or group", one_of(known, node))
    named = ("model_id", "name", "model_by", "is_live")
    shown = {row["slice"] for row in document["populations"]} if by is None else {EVERYTHING, by}

    def of(rows: list[dict[str, Any]], key: str = "node") -> list[dict[str, Any]]:
        return [row for row in rows if row[key] == node and row["slice"] in shown]

    return {
        "run": document["run"],
        "node": told,
        "models": [{**{each: row[each] for each in named}, **row["nodes"][node]} for row in document["models"]],
        "populations": of(document["populations"]),
        "without_waivers": of(document["without_waivers"]),
        "targets": [row for row in document["targets"] if row["node"] == node],
        "exposure": of(document["exposure"], "metric"),
        "below": _below(document, node),
    }


def _below(document: dict[str, Any], node: str) -> dict[str, Any]:
    """The hierarchy below a node, with each node's numbers over everything; with and without waivers."""
    nodes = document["nodes"]
    first = next(place for place, each in enumerate(nodes) if each["node"] == node)
    deeper = takewhile(lambda each: each["depth"] > nodes[first]["depth"], nodes[first + 1 :])
    found = [{**each, "depth": each["depth"] - nodes[first]["depth"] - 1} for each in deeper]
    names = {each["node"] for each in found}

    def of(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [row for row in rows if row["node"] in names and row["slice"] == EVERYTHING]

    told = {each: of(document[each]) for each in ("populations", "without_waivers")}
    return {"nodes": found, **told}


def _requests_told(measured: Measured) -> int:
    """Of how many deployments a source tells when they were last asked."""
    table = measured.tables["deployments"]
    if "last_request_at" not in table.column_names:  # a project may have a table of its own
        table = measured.snapshot["model_deployment"]
    told = table["last_request_at"]
    return len(told) - int(told.null_count)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """A table's rows, times with their zone."""
    return [{name: in_utc(value) for name, value in row.items()} for row in table.to_pylist()]

"""Two moments compared: what changed at every node, which part of it has which cause, and which models moved."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError, ResultsError
from stocktake.metrics import load
from stocktake.metrics.change import State, changes
from stocktake.metrics.moves import SIDES, moves
from stocktake.pipeline.files import project_files
from stocktake.pipeline.line import graph_of
from stocktake.pipeline.passing import Yardstick, measure_moments
from stocktake.pipeline.series import measure_series, yardstick_of
from stocktake.results import Kept, find_kept
from stocktake.standards import load_files

if TYPE_CHECKING:
    import pyarrow as pa

    from stocktake.project import Project
    from stocktake.store import Store

YARDSTICK = ("definitions/", "tables/", "metrics/")
LIBRARY = "library/"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two moments. run_id: None where it was measured for this. files: the project's, by path."""

    run_id: str | None
    as_of: datetime
    known_at: int
    state: State
    names: Mapping[str, str | None]
    files: Mapping[str, bytes]

    @property
    def yardstick(self) -> dict[str, bytes]:
        """Those of its files that say what is measured, and how."""
        return {name: text for name, text in self.files.items() if name.removeprefix(LIBRARY).startswith(YARDSTICK)}

    def document(self) -> dict[str, Any]:
        """Which moment it is, as JSON takes it."""
        return {"id": self.run_id, "as_of": self.as_of, "known_at": self.known_at}


def compare(project: Project, store: Store, before: str, after: str) -> dict[str, Any]:
    """The change from one moment to another; each is a run, a day of which a run was saved, or any other time.

    before, after: run, as_of, known_at. models: gained, lost (id, name). nodes_gained, nodes_lost. changes: see
    `metrics.change.changes`. moves: node -> see `_moves`.
    """
    first, second = side(project, store, before), side(project, store, after)
    rows = changes(first.state, bridge(project, store, first, second), second.state, DuckDb())
    nodes = [node for node in first.state.nodes if node in second.state.nodes]
    names = {**first.names, **second.names}
    return {
        "before": first.document(),
        "after": second.document(),
        "models": {
            "gained": [{"id": each, "name": names[each]} for each in sorted(second.names.keys() - first.names.keys())],
            "lost": [{"id": each, "name": names[each]} for each in sorted(first.names.keys() - second.names.keys())],
        },
        "nodes_gained": [node for node in second.state.nodes if node not in nodes],
        "nodes_lost": [node for node in first.state.nodes if node not in nodes],
        "changes": [{name: _plain(value) for name, value in row.items()} for row in rows],
        "moves": _moves(first, second, names),
    }


def _moves(before: Side, after: Side, names: Mapping[str, str | None]) -> dict[str, list[dict[str, Any]]]:
    """Node -> the models of both moments whose outcome or level there is another: model_id, name, `before` and `after`
    (outcomes), `level_before` and `level_after`.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    for row in moves(before.state.models, after.state.models, DuckDb()).to_pylist():
        outcomes, levels = ([row[f"{side}_{part}"] for side in SIDES] for part in ("outcome", "level"))
        if None in outcomes or (outcomes[0] == outcomes[1] and levels[0] == levels[1]):
            continue
        told = {"model_id": row["model_id"], "name": names[row["model_id"]]}
        told |= {"before": outcomes[0], "after": outcomes[1], "level_before": levels[0], "level_after": levels[1]}
        found.setdefault(row["node"], []).append(told)
    return found


def of_node(document: dict[str, Any], node: str) -> dict[str, Any]:
    """The part of a comparison that is about one node. Raises MetricError with the nodes that both moments have."""
    known = list(dict.fromkeys(row["node"] for row in document["changes"]))
    if node not in known:
        raise MetricError(node, "not a metric or group of both moments", f"use one of: {', '.join(known)}")
    rows = [row for row in document["changes"] if row["node"] == node]
    return {
        **document,
        "changes": rows,
        "moves": {name: told for name, told in document["moves"].items() if name == node},
    }


def side(project: Project, store: Store, words: str) -> Side:
    """The moment that words mean: a saved run or a day of one, else a time, which is measured now.

    Raises ResultsError for what is neither.
    """
    try:
        return _of_kept(store, find_kept(store, project.results, words))
    except ResultsError as error:
        moment = _moment(words)
        if moment is None:
            raise error from None
    series = measure_series(project, store, [moment])
    tables = {name: table.drop_columns(["as_of"]) for name, table in series.tables.items()}
    return _side(None, moment, series.known_at, tables, project_files(project))


def _moment(words: str) -> datetime | None:
    from stocktake.nouns import read_moment

    try:
        return read_moment(words).replace(microsecond=0)
    except ValueError:
        return None


def _of_kept(store: Store, found: Kept) -> Side:
    names = ("rollups/models", "rollups/slices", "rollups/members", "tables/models")
    tables = {name: found.table(name) for name in names}
    files = store.kept_files(found.run.project_hash) or {}
    return _side(found.run.id, found.as_of, found.run.known_at, tables, files)


def _side(
    run_id: str | None, as_of: datetime, known_at: int, tables: Mapping[str, pa.Table], files: Mapping[str, bytes]
) -> Side:
    state = State(tables["rollups/models"], tables["rollups/slices"], tables["rollups/members"])
    named = tables["tables/models"].select(["model_id", "name"]).to_pylist()
    return Side(run_id, as_of, known_at, state, {row["model_id"]: row["name"] for row in named}, files)


def bridge(project: Project, store: Store, before: Side, after: Side) -> State:
    """The moment after as the files of before measure it; itself, where these are the same files."""
    if before.yardstick == after.yardstick:
        return after.state
    with tempfile.TemporaryDirectory(prefix="stocktake-compare-") as folder:
        for name, content in before.yardstick.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        with graph_of(project, store, after.known_at) as graph:
            old = _restored(project, Path(folder), yardstick_of(project, graph))
            tables = measure_moments(graph, old, [after.as_of])
    return State(*(tables[f"rollups/{name}"].drop_columns(["as_of"]) for name in ("models", "slices", "members")))


def _restored(project: Project, folder: Path, present: Yardstick) -> Yardstick:
    """The yardstick whose files are in a folder, with the waivers that are in force by the present project."""

    def folders(kind: str) -> list[Path]:
        return [path for path in (folder / "library" / kind, folder / kind) if path.is_dir()]

    standards = load_files(folders("definitions"), folders("tables"), project.schema)
    catalogue = load(folders("metrics"), {each.name: list(each.columns) for each in standards.steps})
    known = [
        replace(each, metrics=tuple(name for name in each.metrics if name in catalogue.nodes()))
        for each in present.waivers
    ]
    return Yardstick(standards, catalogue, tuple(each for each in known if each.metrics))


def _plain(value: Any) -> Any:
    """Decimals as numbers: of 9 places, so that they add up as they are written."""
    from decimal import Decimal

    return float(value) if isinstance(value, Decimal) else value

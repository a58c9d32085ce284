"""A saved run's flat tables published in the catalogue of an organisation's SQL engine."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stocktake.engines.catalogue import Catalogue
from stocktake.engines.hive import HiveEngine
from stocktake.errors import EngineError
from stocktake.results import find, is_series, read_all

if TYPE_CHECKING:
    from stocktake.engines.bucket import Bucket
    from stocktake.project import Project
    from stocktake.store import Store

FOLDER = "published"
LAYER = "tables"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the catalogue shows now. run: of which saved run; before: of which it was until now. tables: by name."""

    run: str
    before: str | None
    schema: str
    tables: tuple[str, ...]


def show_in_catalogue(project: Project, store: Store, engine: str, schema: str, *, run: str = "latest") -> Shown:
    """Let the views of a schema show a saved run; the files of the run before stay for those who still read it.

    engine: one of the project's, a PrestoDB or Trino. Raises EngineError and ResultsError.
    """
    catalogue = Catalogue(_opened(project, engine), lake_of(project), schema)
    found = find(store, run, lambda each: not is_series(each))
    tables = read_all(project.results, found, LAYER)
    before = catalogue.published()
    catalogue.publish(found.id, tables)
    catalogue.keep([found.id, *([before] if before else [])])
    return Shown(found.id, before, schema, tuple(tables))


def lake_of(project: Project) -> Path | Bucket:
    """Where the published files are: in the lake that the project's engines share."""
    if project.engines.bucket:
        return project.engines.bucket.below(FOLDER)
    return (project.engines.lake or project.state / "lake") / FOLDER


def _opened(project: Project, name: str) -> HiveEngine:
    settings = project.engines.find(name)
    engine = settings.open(os.environ)
    if not isinstance(engine, HiveEngine):
        known = ", ".join(each.name for each in project.engines.engines.values() if each.kind in ("presto", "trino"))
        problem = "only PrestoDB and Trino have a catalogue that others query"
        raise EngineError(settings.where or name, problem, f"use one of: {known or 'none yet; add one to engines:'}")
    return engine

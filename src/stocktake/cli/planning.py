"""What a plan compares, put together: the published project and the changed one, measured over one log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from stocktake.engines.duckdb import DuckDb
from stocktake.nouns import in_utc
from stocktake.pipeline.beside import measure_beside
from stocktake.pipeline.publishing import described
from stocktake.pipeline.session import log
from stocktake.plan import Side, plan

if TYPE_CHECKING:
    from stocktake.pipeline.line import Measured
    from stocktake.project import Project


def plan_of(
    project: Project, *, against: int | None = None, as_of: datetime | None = None, known_at: int | None = None
) -> dict[str, Any]:
    """The plan of a change: as_of, known_at, against (a publication; None: what ships), and all that `plan` gives."""
    with log(project) as store:
        beside = measure_beside(project, store, against=against, as_of=as_of, known_at=known_at)
    told = plan(_side(beside.published), _side(beside.changed), DuckDb())
    at = {"as_of": in_utc(beside.changed.as_of), "known_at": beside.changed.known_at}
    return {**at, "against": described(beside.publication), **told}


def _side(measured: Measured) -> Side:
    return Side(
        project=measured.project,
        standards=measured.standards,
        catalogue=measured.catalogue,
        snapshot=measured.snapshot,
        tables=measured.tables,
        rollups=measured.rollups,
        rulings=(*measured.rulings.waivers, *measured.rulings.targets),
    )

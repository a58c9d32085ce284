"""Many moments in one pass: the same numbers as one by one, saved, drawn and compared."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from stocktake.engines.duckdb import DuckDb
from stocktake.errors import MetricError, ResultsError, StocktakeError
from stocktake.estate import Size
from stocktake.metrics.change import CAUSES, State, changes
from stocktake.metrics.settle import ENDS
from stocktake.pipeline import comparing, session
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import Measured, graph_of, measure_graph, open_project
from stocktake.pipeline.passing import KEPT
from stocktake.pipeline.series import Series, keep_series, measure_series, moments_between
from stocktake.pipeline.trending import trend
from stocktake.project import Project
from stocktake.results import find_kept
from stocktake.store import Store
from stocktake.store.runs import Run

# Nine days are two passes. A year of the default estate, by hand: STOCKTAKE_SERIES="300 730 364 20".
MODELS, HISTORY, DAYS, CHECKED = map(int, os.environ.get("STOCKTAKE_SERIES", "10 60 8 3").split())


@dataclass(frozen=True, slots=True)
class Company:
    """A small made-up company, and its last days as a series that was saved."""

    project: Project
    store: Store
    series: Series
    run: Run


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Ten models and sixty days of history; each of the last days is measured."""
    folder = make_demo(tmp_path_factory.mktemp("company") / "it", "synthetic", Size(models=MODELS, days=HISTORY))
    project = open_project(folder)
    session.collect(project)
    last = project.as_of
    assert last
    with session.log(project) as store:
        series = measure_series(project, store, moments_between(last - timedelta(days=DAYS), last, timedelta(days=1)))
        yield Company(project, store, series, keep_series(project, store, series, datetime.now(UTC)))


def test_every_day_of_a_series_is_that_day_measured_by_itself(company: Company) -> None:
    """Some days, picked at random, are measured from the log anew: every table that is kept has equal rows."""
    for as_of in random.Random(4).sample(company.series.moments, CHECKED):
        with graph_of(company.project, company.store) as graph:
            alone = tables_of(measure_graph(company.project, graph, as_of))
        for name, table in alone.items():
            assert rows(day(company.series.tables[name], as_of)) == rows(table), (as_of, name)
        assert all(table.num_rows for table in alone.values()), "an empty table compares nothing"


def tables_of(measured: Measured) -> dict[str, pa.Table]:
    """What a series keeps, of one measuring."""
    rollups = measured.rollups
    found: dict[str, Any] = {name: getattr(rollups, name.partition("/")[2], None) for name in KEPT}
    found |= {f"tables/{name}": measured.tables[name] for name in ("models", "counts")}
    return found


def day(table: pa.Table, as_of: datetime) -> pa.Table:
    """One day's rows of a table of many."""
    at = pa.scalar(as_of.replace(tzinfo=None), pa.timestamp("us"))
    return table.filter(pc.equal(table["as_of"], at)).drop_columns(["as_of"])


def rows(table: pa.Table) -> list[str]:
    """Rows that can be compared, whatever their order."""
    return sorted(map(repr, table.to_pylist()))


def test_the_causes_of_a_change_add_up_exactly_on_every_day(company: Company) -> None:
    """For each end, node and slice; the same files measured both days, so no definition changed."""
    states = [
        State(*(day(company.series.tables[f"rollups/{name}"], at) for name in ("models", "slices", "members")))
        for at in company.series.moments
    ]
    moved = 0
    for before, after in pairwise(states):
        for row in changes(before, after, after, DuckDb()):
            for end in ENDS:
                causes = [row[f"{end}_{cause}"] for cause in CAUSES]
                if row[f"{end}_change"] is None:
                    assert causes == [None] * 3
                    continue
                assert sum(causes) == row[f"{end}_change"] == row[f"{end}_after"] - row[f"{end}_before"]
                assert causes[2] == 0
                moved += causes[1] != 0
    assert moved, "nothing moved, so nothing was split"


def test_the_sides_of_a_change_are_the_means_of_the_populations(company: Company) -> None:
    """What `compare` starts from and ends with is what `show` says."""
    first, last = company.series.moments[0], company.series.moments[-1]
    document = comparing.compare(company.project, company.store, f"{first:%Y-%m-%d}", "latest")

    for side, as_of in (("before", first), ("after", last)):
        told = day(company.series.tables["rollups/populations"], as_of).to_pylist()
        means = {(row["slice"], row["slice_value"], row["node"]): row for row in told if row["models"]}
        for row in document["changes"]:
            mean = means.get((row["slice"], row["slice_value"], row["node"]))
            if mean and row[f"low_{side}"] is not None:
                assert [row[f"{end}_{side}"] for end in ENDS] == [mean[f"mean_{end}"] for end in ENDS]
    assert document["before"]["id"] == company.run.id


def test_a_changed_metric_is_a_change_of_definition(company: Company) -> None:
    """Between a kept day and the same day measured with another file, the definition is all that changed."""
    last = company.series.moments[-1]
    shipped = company.project.folders("metrics")[0] / "retraining_age.yaml"
    own = company.project.root / "metrics" / shipped.name
    own.parent.mkdir(exist_ok=True)
    own.write_text(shipped.read_text().replace("level: 4", "level: 0").replace("level: 3", "level: 0"))
    try:
        changed = comparing.compare(
            open_project(company.project.root), company.store, company.run.id, f"{last.isoformat()}"
        )
    finally:
        own.unlink()
        own.parent.rmdir()

    row = next(row for row in changed["changes"] if (row["slice"], row["node"]) == ("everything", "retraining_age"))
    assert changed["after"]["id"] is None
    assert row["point_definition"] == row["point_change"] < 0
    assert row["point_population"] == row["point_behaviour"] == 0
    assert changed["moves"]["retraining_age"]
    assert changed["models"] == {"gained": [], "lost": []}


def test_a_trend_has_a_point_for_every_day(company: Company) -> None:
    """With what stands below the node, and no more of it than is asked for."""
    told = trend(company.project, company.store, "overall")
    short = trend(company.project, company.store, "overall", timedelta(days=3))

    assert [point["as_of"] for point in told["points"]] == list(company.series.moments)
    assert told["below"]
    assert short["points"] == told["points"][-4:]
    with pytest.raises(MetricError, match="nothing"):
        trend(company.project, company.store, "nothing")


def test_a_day_of_a_series_is_found_like_a_run(company: Company) -> None:
    """By its day, or by the id of the series, which means its last moment."""
    first = company.series.moments[0]
    found = find_kept(company.store, company.project.results, f"{first:%Y-%m-%d}")

    assert found.as_of == first
    assert found.table("rollups/models") == day(company.series.tables["rollups/models"], first)
    assert find_kept(company.store, company.project.results, company.run.id).as_of == company.series.moments[-1]
    with pytest.raises(ResultsError, match="1999-01-01"):
        find_kept(company.store, company.project.results, "1999-01-01")


@pytest.mark.parametrize(("first", "last", "every"), [(2, 1, 1.0), (1, 2, 0.0), (1, 28, 0.00001)])
def test_what_is_no_series_is_refused(first: int, last: int, every: float) -> None:
    """An end before its beginning, no step, or far too many moments."""
    days = [datetime(2026, 11, number, tzinfo=UTC) for number in (first, last)]
    with pytest.raises(StocktakeError):
        moments_between(days[0], days[1], timedelta(days=every))


def test_a_model_that_comes_is_population_and_one_that_learns_is_behaviour() -> None:
    """By hand: of two models at 1 and 3 the first goes, the other rises to 4, and one comes at 0."""
    before, after = state({"a": 1, "b": 3}), state({"b": 4, "c": 0})

    (row,) = changes(before, after, after, DuckDb())

    told = {name: row[f"point_{name}"] for name in ("before", "after", "change", *CAUSES)}
    assert told == {
        "before": Decimal(2),
        "after": Decimal(2),
        "change": Decimal(0),
        "population": Decimal(-1),  # from 2 to 3 as `a` goes, from 4 to 2 as `c` comes
        "behaviour": Decimal(1),
        "definition": Decimal(0),
    }


def state(levels: dict[str, int]) -> State:
    """Models with known levels at one node, in one slice."""
    names, values = list(levels), [float(level) for level in levels.values()]
    return State(
        pa.table({"model_id": names, **{f"health__{end}": values for end in ENDS}}),
        pa.table({"slice_no": [1], "slice": ["everything"], "slice_value": ["everything"]}),
        pa.table({"slice_no": [1] * len(names), "model_id": names}),
    )

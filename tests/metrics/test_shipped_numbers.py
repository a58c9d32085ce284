"""Every shipped metric and node over random companies: as a plain reading of its file has it, and what always holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.metrics.every_method import counts, write_every_method
from tests.metrics.oracle import Told
from tests.metrics.oracle_files import KEYS, Files, Oracle, read
from tests.metrics.shipped_world import FIXED, NOW, SHIPPED, Pools, World, measured, shipped

from stocktake import metrics

AS_OF = NOW.replace(tzinfo=UTC)
ENDS = ("low", "point", "high")
COUNTS = ("known", "unknown", "error", "not_applicable", "exempt")
SUMMARIES: dict[str, tuple[str, list[float]]] = {
    "mean": ("mean", []),
    "worst": ("worst", []),
    **{f"share_{level}": ("share", [float(level)]) for level in (1, 2, 3, 4)},
}
MODELS = 40
IS_THOROUGH = settings.get_current_profile_name() == "thorough"


def few(examples: int) -> settings:
    """Each example costs seconds. More, and others each time, with `pytest --hypothesis-profile=thorough`."""
    return settings(
        max_examples=40 * examples if IS_THOROUGH else examples,
        deadline=None,
        derandomize=not IS_THOROUGH,
        suppress_health_check=list(HealthCheck),
    )


class Company:
    """Metric files with the product's catalogue of them, and random worlds to ask it about."""

    def __init__(self, folder: Path) -> None:
        self.schemas = shipped()[1]
        columns = {name: schema.names for name, schema in self.schemas.items()}
        self.catalogue = metrics.load([folder], columns)
        self.files: Files = read(folder)
        self.pools = Pools(self.files)

    def world(self, random: Random) -> World:
        return World(self.schemas, self.pools, random, MODELS)

    def waived(self, random: Random) -> dict[str, list[str | None]]:
        """Scopes of waivers for some metrics: by a value that is not always known, or every row."""
        found: dict[str, list[str | None]] = {}
        for name in random.sample(sorted(self.catalogue.metrics), 3):
            key = KEYS[self.files[name]["table"]]
            column = next((field for field in ("purpose", "environment", "name") if self._has(name, field)), key)
            found[name] = [random.choice([None, f"{column} = 'odd'", f"{key} <> 'm1' AND {column} = 'odd'"])]
        return found

    def _has(self, metric: str, column: str) -> bool:
        return column in self.schemas[self.files[metric]["table"]].names


@pytest.fixture(scope="module")
def company() -> Company:
    return Company(SHIPPED / "metrics")


@pytest.fixture(scope="module")
def methods(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(write_every_method(tmp_path_factory.mktemp("project") / "metrics"))


def waive(catalogue: metrics.Catalogue, waived: Mapping[str, Sequence[str | None]]) -> metrics.Catalogue:
    end = datetime(2030, 1, 1, tzinfo=UTC)
    waivers = [
        metrics.Waiver(f"w{place}_{name}", (name,), "", "", end, scope=scope)
        for name, scopes in waived.items()
        for place, scope in enumerate(scopes)
    ]
    return metrics.waive(catalogue, waivers, AS_OF)


def equal(got: Sequence[float | None], wanted: Told) -> bool:
    """Whether intervals are alike, to 7 places."""
    pairs = list(zip(got, wanted, strict=True))
    if any((left is None) != (right is None) for left, right in pairs):
        return False
    return all(abs(left - float(right)) < 1e-7 for left, right in pairs if left is not None and right is not None)


def differences(company: Company, random: Random) -> Iterator[tuple[Any, ...]]:
    """What the product says otherwise than the oracle, of models, counts and populations."""
    world, waived = company.world(random), company.waived(random)
    rollups = measured(waive(company.catalogue, waived), world.arrow(), AS_OF)
    oracle = Oracle(company.files, world.tables, AS_OF, waived)
    rows = rollups.models.to_pylist()
    assert sorted(row["model_id"] for row in rows) == sorted(oracle.models)
    for row in rows:
        for node, wanted in oracle.models[row["model_id"]].items():
            got = [row[f"{node}__{end}"] for end in ENDS]
            if not equal(got, wanted):
                yield row["model_id"], node, got, wanted
        yield from _miscounted(oracle, row)
    yield from _populations(oracle, rollups, world)


def _miscounted(oracle: Oracle, row: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Groups that count the distinct metrics below them otherwise."""
    told = oracle.models[row["model_id"]]
    for group in oracle.groups:
        below = [told[metric] for metric in oracle.below(group)]
        known = sum(point is not None for _, point, _ in below)
        taking = sum(low is not None for low, _, _ in below)
        got = {count: row[f"{group}__{count}"] for count in COUNTS}
        numbers = got["known"], got["unknown"] + got["error"], got["not_applicable"] + got["exempt"]
        if numbers != (known, taking - known, len(below) - taking):
            yield row["model_id"], group, got


def _populations(oracle: Oracle, rollups: metrics.Rollups, world: World) -> Iterator[tuple[Any, ...]]:
    """Slices of owners, and everything, that are summed up otherwise."""
    slices: dict[tuple[str, str], list[str]] = {("everything", "everything"): list(oracle.models)}
    slices["owner", "no team"] = [row["model_id"] for row in world.tables["models"] if not row["owners"]]
    for row in world.tables["models"]:
        for owner in row["owners"] or []:
            slices.setdefault(("owner", owner), []).append(row["model_id"])
    rows = rollups.populations.to_pylist()
    assert {(row["slice"], row["slice_value"]) for row in rows} == set(slices)
    for row in rows:
        members = slices[row["slice"], row["slice_value"]]
        for name, (method, numbers) in SUMMARIES.items():
            got = [row[f"{name}_{end}"] for end in ENDS]
            if not equal(got, oracle.population(row["node"], members, method, numbers)):
                yield row["slice_value"], row["node"], name, got


@few(2)
@given(seed=st.integers(0, 10**9))
def test_every_shipped_node_is_what_its_file_says(company: Company, seed: int) -> None:
    assert list(differences(company, Random(seed)))[:5] == []


@few(1)
@given(seed=st.integers(0, 10**9))
def test_every_method_is_what_it_says_on_both_axes(methods: Company, seed: int) -> None:
    assert list(differences(methods, Random(seed)))[:5] == []


def test_a_metric_with_two_parents_takes_part_in_both_and_is_counted_once_above_them(company: Company) -> None:
    """Waived everywhere, it is exempt in each of its parents, and once in whatever stands above several of them."""
    name = next(name for name, metric in company.catalogue.metrics.items() if len(metric.parents) > 1)
    world = company.world(Random(3)).arrow()
    before, after = (
        measured(catalogue, world, AS_OF).models.to_pylist()
        for catalogue in (company.catalogue, waive(company.catalogue, {name: [None]}))
    )
    above = [group for group in company.catalogue.groups if name in company.catalogue.below(group)]
    assert set(company.catalogue.metrics[name].parents) < set(above)
    taking = 0
    for old, new in zip(before, after, strict=True):
        taking += old[f"{name}__low"] is not None
        for group in above:
            grown = new[f"{group}__exempt"] - old[f"{group}__exempt"]
            assert grown == (new[f"{name}__outcome"] == "exempt"), (group, old["model_id"])
            assert sum(new[f"{group}__{count}"] for count in COUNTS) == len(company.catalogue.below(group))
    assert taking


def read_columns(company: Company) -> dict[str, set[str]]:
    """Per table the columns that metrics read, but for those that say what there is."""
    text = {name: " ".join(map(str, _expressions(file))) for name, file in company.files.items() if "metric" in file}
    return {
        table: {
            column
            for name, told in text.items()
            if company.files[name]["table"] == table
            for column in schema.names
            if column in told and column not in FIXED | set(KEYS.values())
        }
        for table, schema in company.schemas.items()
    }


def _expressions(file: dict[str, Any]) -> Iterator[Any]:
    yield from (file.get(key) for key in ("where", "value", "needs"))
    yield from (bucket.get("when") for bucket in file["buckets"].values())
    yield (file.get("roll_up") or {}).get("latest_by")


def less(company: Company, world: World, random: Random) -> dict[str, pa.Table]:
    """The same tables without some of the values that metrics read."""
    columns, share = read_columns(company), random.choice([0.05, 0.4, 0.9])
    tables = {
        name: [
            {key: None if key in columns[name] and random.random() < share else value for key, value in row.items()}
            for row in rows
        ]
        for name, rows in world.tables.items()
    }
    return {name: pa.Table.from_pylist(rows, schema=company.schemas[name]) for name, rows in tables.items()}


def may_fall(company: Company, node: str) -> bool:
    """Whether a loss may lower a node's high: a metric below it reads absence as a state, or a count, which may be
    bound to stay below 4, may take part where it took none.
    """
    is_state = any(company.files[metric].get("absence") for metric in company.catalogue.below(node))
    return is_state or counts(company.files, node)


def check_loss(company: Company, random: Random) -> list[tuple[Any, ...]]:
    """Where a loss of values raised a low, lowered a high where it may not, or an interval is not in order."""
    world, waived = company.world(random), company.waived(random)
    catalogue = waive(company.catalogue, waived)
    before, after = (
        measured(catalogue, tables, AS_OF).populations.to_pylist()
        for tables in (world.arrow(), less(company, world, random))
    )
    whole = {row["node"]: row for row in after if row["slice"] == "everything"}
    found: list[tuple[Any, ...]] = []
    for row in [*before, *after]:
        for name in SUMMARIES:
            low, point, high = (row[f"{name}_{end}"] for end in ENDS)
            if low is not None and not low <= (low if point is None else point) <= high:
                found.append(("not in order", row["node"], name, low, point, high))
    for row in (row for row in before if row["slice"] == "everything"):
        for name in SUMMARIES:
            old, new = ([each[f"{name}_{end}"] for end in ("low", "high")] for each in (row, whole[row["node"]]))
            if old[0] is not None and (new[0] is None or new[0] > old[0] + 1e-9):
                found.append(("low raised", row["node"], name, old, new))
            if old[1] is not None and not may_fall(company, row["node"]) and new[1] < old[1] - 1e-9:
                found.append(("high lowered", row["node"], name, old, new))
    return found


@few(2)
@given(seed=st.integers(0, 10**9))
def test_losing_values_never_raises_a_low_nor_lowers_a_high(company: Company, seed: int) -> None:
    assert check_loss(company, Random(seed))[:5] == []


@few(1)
@given(seed=st.integers(0, 10**9))
def test_so_it_is_with_every_method(methods: Company, seed: int) -> None:
    assert check_loss(methods, Random(seed))[:5] == []

"""Scores and both roll-ups of random companies agree with a plain reading of what they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.metrics import oracle
from tests.metrics.oracle import Part
from tests.metrics.world import COLUMNS, GROUPS, PARENTS, STEPS, Row, World, random_world, to_tables, write_metrics

from stocktake import metrics
from stocktake.engines.duckdb import DuckDb

AS_OF = datetime(2026, 11, 23, 18, tzinfo=UTC)
UNKNOWN: oracle.Told = (Fraction(0), None, Fraction(4))
NOTHING: oracle.Told = (None, None, None)


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> metrics.Catalogue:
    return metrics.load([write_metrics(tmp_path_factory.mktemp("project") / "metrics")], COLUMNS)


def measured(catalogue: metrics.Catalogue, world: World) -> tuple[metrics.Scores, metrics.Rollups]:
    tables = to_tables(world)
    scores = metrics.score(catalogue, tables, AS_OF, DuckDb())
    return scores, metrics.roll_up(catalogue, scores, tables, DuckDb())


def own_score(row: Row | None, is_live: bool | None) -> oracle.Told:
    """The interval with which a row takes part."""
    if not is_live or row is None:
        return UNKNOWN
    if row["applies"] is False:
        return NOTHING
    if row["applies"] is None or row["quality"] in (None, 9.0):
        return UNKNOWN
    return (Fraction(row["quality"]),) * 3


def method_of(text: str) -> tuple[str, list[float]]:
    name, _, numbers = text.rstrip(")").partition("(")
    return name, [float(number) for number in numbers.split(",") if number]


def whole(text: str, parts: list[Part], told: Fraction = Fraction(0)) -> oracle.Told:
    """A method's interval as levels."""
    name, numbers = method_of(text)
    ends = oracle.roll_up(name, numbers, parts, told)
    return tuple(oracle.level_of_share(end) for end in ends) if name == "share" else ends  # type: ignore[return-value]


def of_servings(world: World, model: str, steps: dict[str, str]) -> oracle.Told:
    pairs = []
    for deployment in sorted({row["deployment_id"] for row in world["servings"]}):
        rows = [row for row in world["servings"] if row["deployment_id"] == deployment]
        slots = {(row["binary_id"], row["slot"], row["share"]) for row in rows}
        told = sum((Fraction(str(share)) for _, _, share in slots if share is not None), Fraction(0))
        parts = [
            Part(*own_score(row, row["is_live"]), share=oracle.exactly(row["share"]), time=row["trained_at"])
            for row in rows
            if row["model_id"] == model and row["is_live"] is not False
        ]
        if parts:
            taking = [part for part in parts if part.low is not None]
            times = [part.time for part in taking]
            latest = None if None in times or not times else max(times)  # type: ignore[type-var]
            pairs.append(Part(*whole(steps["deployment"], parts, told), time=latest))
    return whole(steps["model"], pairs)


def of_parts(world: World, model: str, table: str, method: str) -> oracle.Told:
    key = {"deployments": "deployment_id", "binaries": "binary_id"}[table]
    described = {row[key]: row for row in world[table]}
    live: dict[str | None, list[bool | None]] = {}
    for row in world["servings"]:
        if row["model_id"] == model and row["is_live"] is not False:
            live.setdefault(row[key], []).append(row["is_live"])
    parts = [Part(*own_score(described.get(name), True if True in truths else None)) for name, truths in live.items()]
    return whole(method, parts)


def of_model(world: World, model: str) -> dict[str, oracle.Told]:
    """Every node of one model."""
    found: dict[str, oracle.Told] = {}
    for name, (table, steps) in STEPS.items():
        if table == "servings":
            found[name] = of_servings(world, model, steps)
        elif table == "models":
            found[name] = own_score(next(row for row in world["models"] if row["model_id"] == model), True)
        else:
            found[name] = of_parts(world, model, table, steps["model"])
    parents = {**PARENTS, **{name: told[0] for name, told in GROUPS.items()}}
    for name in ("left", "right", "empty", "top"):
        _, method, weights = GROUPS[name]
        children = [child for child, above in parents.items() if name in above]
        parts = [Part(*found[child], weight=Fraction(weights.get(child, 1))) for child in children]
        found[name] = whole(method, parts)
    return found


def agree(row: dict[str, Any], node: str, wanted: oracle.Told) -> None:
    got = [row[f"{node}__{end}"] for end in ("low", "point", "high")]
    assert [end is None for end in got] == [end is None for end in wanted], (row["model_id"], node, got, wanted)
    known = [float(end) for end in wanted if end is not None]
    assert [end for end in got if end is not None] == pytest.approx(known, abs=1e-7), (row["model_id"], node)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_every_node_of_every_model_is_what_its_definition_gives(catalogue: metrics.Catalogue, seed: int) -> None:
    world = random_world(Random(seed))
    _, rollups = measured(catalogue, world)
    rows = rollups.models.to_pylist()
    assert sorted(row["model_id"] for row in rows) == sorted(row["model_id"] for row in world["models"])
    for row in rows:
        for node, wanted in of_model(world, row["model_id"]).items():
            agree(row, node, wanted)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_a_population_sums_up_its_models(catalogue: metrics.Catalogue, seed: int) -> None:
    """A model of two owners counts in both slices and once in the total; no team is always printed."""
    world = random_world(Random(seed))
    _, rollups = measured(catalogue, world)
    by_model = {row["model_id"]: row for row in rollups.models.to_pylist()}
    owners = {row["model_id"]: row["owners"] or ["no team"] for row in world["models"]}
    slices = {("everything", "everything"): list(by_model), ("owner", "no team"): []}
    for model, names in owners.items():
        for name in names:
            slices.setdefault(("owner", name), []).append(model)
    rows = rollups.populations.to_pylist()
    assert {(row["slice"], row["slice_value"]) for row in rows} == set(slices)
    for row in rows:
        members = [by_model[name] for name in slices[row["slice"], row["slice_value"]]]
        check_population(row, members)


def check_population(row: dict[str, Any], members: list[dict[str, Any]]) -> None:
    node = row["node"]
    ends = [tuple(oracle.exactly(member[f"{node}__{end}"]) for end in ("low", "point", "high")) for member in members]
    assert row["models"] == len(members)
    assert row["known"] + row["unknown"] + row["not_applicable"] + row["exempt"] + row["error"] == len(members)
    assert row["known"] == sum(point is not None for _, point, _ in ends)
    assert row["not_applicable"] == sum(member[f"{node}__outcome"] == "not_applicable" for member in members)
    for level in range(5):
        assert row[f"level_{level}"] == sum(point is not None and int(point) == level for _, point, _ in ends)
        assert row[f"level_{level}_low"] <= row[f"level_{level}"] <= row[f"level_{level}_high"]
    for summary, method, numbers in (("mean", "mean", []), ("worst", "worst", []), ("share_3", "share", [3.0])):
        wanted = oracle.roll_up(method, numbers, [Part(*end) for end in ends])
        got = [row[f"{summary}_{end}"] for end in ("low", "point", "high")]
        assert [end is None for end in got] == [end is None for end in wanted]
        known = [float(end) for end in wanted if end is not None]
        assert [end for end in got if end is not None] == pytest.approx(known, abs=1e-7)


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_exposure_adds_up_to_one_and_counts_each_serving_once(catalogue: metrics.Catalogue, seed: int) -> None:
    world = random_world(Random(seed))
    _, rollups = measured(catalogue, world)
    assert rollups.exposure is not None
    rows = rollups.exposure.to_pylist()
    slots: dict[tuple[str, ...], oracle.Told] = {}
    for row in world["servings"]:
        if row["is_live"] is not False and own_score(row, row["is_live"]) != NOTHING:
            slots[row["deployment_id"], row["slot"]] = own_score(row, row["is_live"])
    total = [row for row in rows if row["slice"] == "everything"]
    assert sum(row["servings"] for row in total) == len(slots)
    for row in total:
        if row["bucket"] in ("b4", "b3", "b2", "b1"):
            assert row["servings"] == sum(told[1] == row["level"] for told in slots.values())
    assert total[-1]["bucket"] == "unknown"
    assert total[-1]["servings"] == sum(told[1] is None for told in slots.values())
    for name in ("count", "traffic"):
        for key in {(row["slice"], row["slice_value"]) for row in rows}:
            shares = [row[f"{name}_share"] for row in rows if (row["slice"], row["slice_value"]) == key]
            assert shares[0] is None or sum(shares) == pytest.approx(1, abs=1e-6)
        for row in rows:
            low, point, high = (row[f"{name}_{end}"] for end in ("low", "point", "high"))
            assert low is None or -1e-9 <= low <= row[f"{name}_share"] + 1e-9 <= high + 2e-9 <= 1 + 1e-6
            assert point is None or low <= point <= high


@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_losing_values_never_raises_a_low_nor_lowers_a_high(catalogue: metrics.Catalogue, seed: int) -> None:
    random = Random(seed)
    world = random_world(random)
    less = {table: [{**row} for row in rows] for table, rows in world.items()}
    for rows in less.values():
        for row in rows:
            if "quality" in row and random.random() < 0.3:
                row["quality"] = None
    before, after = (measured(catalogue, each)[1].populations.to_pylist() for each in (world, less))
    for old, new in zip(before, after, strict=True):
        for summary in ("mean", "worst", "share_2", "share_3"):
            if old[f"{summary}_low"] is not None:
                assert new[f"{summary}_low"] <= old[f"{summary}_low"] + 1e-9
                assert new[f"{summary}_high"] >= old[f"{summary}_high"] - 1e-9


def test_a_group_counts_a_metric_with_two_ways_up_once(catalogue: metrics.Catalogue) -> None:
    """Of the seven metrics below the top, two stand below both of its children."""
    world = random_world(Random(1))
    for row in measured(catalogue, world)[1].models.to_pylist():
        assert sum(row[f"top__{count}"] for count in ("known", "unknown", "not_applicable", "exempt", "error")) == 7


def test_on_a_shared_endpoint_one_model_does_not_get_the_level_of_another(catalogue: metrics.Catalogue) -> None:
    good, bad = ({"applies": True, "quality": quality, "trained_at": 1} for quality in (4.0, 0.0))
    place = {"deployment_id": "d", "is_live": True, "share": None}
    world: World = {
        "servings": [
            {"serving_id": "1", "binary_id": "b1", "model_id": "m1", "slot": "a", **place, **good},
            {"serving_id": "2", "binary_id": "b2", "model_id": "m2", "slot": "b", **place, **bad},
        ],
        "models": [{"model_id": name, "model_by": "code", "is_live": True, "owners": None} for name in ("m1", "m2")],
        "binaries": [],
        "deployments": [],
        "model_parts": [],
    }
    rows = measured(catalogue, world)[1].models.to_pylist()
    assert [(row["model_id"], row["by_traffic__point"]) for row in rows] == [("m1", 4.0), ("m2", 0.0)]
    assert [row["of_binaries__outcome"] for row in rows] == ["not_applicable", "not_applicable"]


def test_the_way_back_gives_the_parts_and_children_that_a_number_is_made_of(catalogue: metrics.Catalogue) -> None:
    world = random_world(Random(7))
    tables = to_tables(world)
    scores, rollups = measured(catalogue, world)
    for model in (row["model_id"] for row in world["models"]):
        for name, metric in catalogue.metrics.items():
            node = metrics.node_of(catalogue, rollups.models, model, name)
            parts = metrics.parts(metric, scores, tables, model)
            assert node
            assert sum(node[count] for count in ("known", "unknown", "not_applicable", "exempt", "error")) == len(parts)
            levels = {"unknown": None, "not_applicable": None, "error": None}
            known = [part for part in parts if part["takes_part_as"] not in levels]
            assert node["known"] == len(known)
        children = metrics.children_of(catalogue, rollups.models, model, "left")
        assert [(child["node"], child["weight"]) for child in children] == [
            ("by_share", 1), ("by_traffic", 3), ("of_binaries", 1), ("of_deployments", 1)
        ]  # fmt: skip


def test_no_models_at_all_still_print_everything_and_no_team(catalogue: metrics.Catalogue, tmp_path: Path) -> None:
    _, rollups = measured(catalogue, {table: [] for table in COLUMNS})
    rows = rollups.populations.to_pylist()
    assert {(row["slice"], row["slice_value"]) for row in rows} == {("everything", "everything"), ("owner", "no team")}
    assert all(row["models"] == 0 and row["mean_low"] is None for row in rows)

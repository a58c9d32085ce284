"""Every number of the demo can be explained, and rests on exactly what its explanation names."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete
from tests.explain.conftest import explained
from tests.explain.without import Without

from stocktake.explain import Context, Step, explain, focus, leaves, seqs, targets
from stocktake.explain import context as looking
from stocktake.graph.frame import GraphInput
from stocktake.graph.snapshot import Graph
from stocktake.metrics.compile import column
from stocktake.pipeline.line import measure
from stocktake.project import LIBRARY, Project, open_project
from stocktake.store import Store, tables

Score = tuple[str, str]
"""A node and a model."""


def rows(models: Any) -> dict[str, dict[str, Any]]:
    return {row["model_id"]: row for row in models.to_pylist()}


def number(row: dict[str, Any], node: str) -> tuple[Any, ...]:
    return tuple(row.get(column(node, part)) for part in ("outcome", "low", "point", "high"))


def walk(step: Step) -> Iterator[Step]:
    yield step
    for child in step.children:
        yield from walk(child)


@pytest.fixture(scope="module")
def known(context: Context) -> dict[Score, frozenset[int]]:
    """Each known score of the demo, with the records that its explanation names."""
    before = rows(context.rollups.models)
    return {
        (node, model): seqs(explain(context, node, model))
        for node, model in targets(context)
        if before[model].get(column(node, "point")) is not None
    }


def test_removing_what_an_explanation_names_changes_or_removes_the_score(
    context: Context, known: dict[Score, frozenset[int]], tmp_path: Path
) -> None:
    """The leaves of each known score support it: without exactly those records it is another one, unknown, or gone."""
    assert known
    assert all(known.values())
    before, without = rows(context.rollups.models), Without(context)
    survived = []
    for place, gone in enumerate(set(known.values())):
        after = rows(without.measure(gone, tmp_path / str(place)).models)
        survived += [
            (node, model)
            for (node, model), rests_on in known.items()
            if rests_on == gone and model in after and number(after[model], node) == number(before[model], node)
        ]

    assert survived == []


def test_leaving_claims_out_is_what_a_log_without_the_records_gives(
    project: Project, context: Context, known: dict[Score, frozenset[int]], tmp_path: Path
) -> None:
    """The short way by which the test above removes records equals measuring a log that never had them."""
    gone = max(known.values(), key=len)
    folder = tmp_path / "copied"
    shutil.copytree(project.root, folder, ignore=shutil.ignore_patterns("derived", "results"))
    with Store.open(open_project(folder).store_address) as store:
        with store.database.writing() as connection:
            connection.execute(delete(tables.record).where(tables.record.c.seq.in_(gone)))
        removed = measure(open_project(folder), store)

    assert rows(Without(context).measure(gone, tmp_path / "filtered").models) == rows(removed.rollups.models)


def test_an_unknown_names_what_is_missing_and_who_could_tell_it(context: Context) -> None:
    """Each unknown score of a metric: the field or edge, and a source, a connector or a person that could tell it."""
    models = rows(context.rollups.models)
    unknown = [
        (node, model)
        for node, model in targets(context)
        if node in context.catalogue.metrics and models[model].get(column(node, "outcome")) == "unknown"
    ]

    assert unknown
    for node, model in unknown:
        gaps = [step for step in walk(explain(context, node, model)) if step.what == "missing"]
        assert gaps, (node, model)
        for gap in gaps:
            assert gap.told["fields"], (node, model)
            for name, told in gap.told["fields"].items():
                assert name.partition(".")[0] in context.project.schema.kinds
                assert told["sources"] or told["connectors"] or told["person"], (node, model, name)
                assert name.partition(".")[2] in told["says"]


def test_every_step_down_to_a_record_names_its_rule(context: Context) -> None:
    """Files, rules and roll-ups stand on the way: only records, and what is missing, have none of their own."""
    for node in context.catalogue.nodes():
        for step in walk(explain(context, node)):
            assert step.rule or step.what in ("record", "missing"), step
            if step.what == "record":
                assert {"seq", "source", "label", "key", "observed_at", "read_by"} <= step.told.keys(), step


def test_files_are_named_without_the_folders_of_this_machine(project: Project, context: Context) -> None:
    """What ships is `library/…:line`; nothing in the whole document says where this machine keeps it."""
    text = json.dumps([explain(context, node).document() for node in context.catalogue.nodes()])

    assert "library/metrics/retraining_age.yaml:17: worst to the model" in text
    assert "library/vocabulary/mlflow.yaml:" in text
    assert "library/definitions/last_training.sql:" in text
    assert str(LIBRARY) not in text
    assert str(project.root) not in text


def test_a_metric_of_servings_is_gathered_per_deployment_first(context: Context) -> None:
    """Between a model's level and its servings stands each (deployment, model), with its own method and interval."""
    model = next(model for node, model in targets(context) if context.model(model)["model_by"] == "code")

    step = explain(context, "retraining_age", model)

    assert {child.what for child in step.children} == {"pair"}
    assert all("traffic_weighted" in str(child.rule) for child in step.children)
    by_name = {child.name: child for child in step.children}
    served = by_name["retraining_age of acme-churn-prod"].children
    assert sorted(part.told["share"] for part in served) == [0.1, 0.9]


def test_agreeing_records_are_leaves_too(context: Context) -> None:
    """Five tools tell which run trained the binary that is served: each is a leaf of the time since training."""
    model = next(model for node, model in targets(context) if context.model(model)["model_by"] == "code")

    links = [step for step in walk(explain(context, "retraining_age", model)) if "workflow_run" in step.name]

    told = {(leaf.told["source"], leaf.told["label"]) for link in links for leaf in walk(link) if leaf.what == "record"}
    wanted = {("bentoml", "Model"), ("mlflow", "ModelVersion"), ("mlflow", "Run"), ("sagemaker", "ModelPackage")}
    assert wanted <= told


def test_the_identifier_that_joins_claims_is_named_with_who_declared_it(context: Context) -> None:
    """SageMaker's package is MLflow's version by a tag: the explanation says by which, and at which line."""
    model = next(model for node, model in targets(context) if context.model(model)["model_by"] == "code")

    found = [step for step in walk(explain(context, "retraining_age", model)) if step.what == "identifier"]

    joined = [step for step in found if step.name == "mlflow_version:127.0.0.1:5050/acme_churn/2"]
    assert joined
    assert "rank" in str(joined[0].rule)
    assert any(each.startswith("library/vocabulary/sagemaker.yaml:") for each in joined[0].told["declared_by"])


def test_around_one_model_the_explanation_is_what_the_whole_graph_gives(project: Project, context: Context) -> None:
    """Only what one model rests on is read, and its every tree is the same."""
    scores = list(targets(context))
    with explained(project) as near:
        for model in {model for _, model in scores}:
            focus(near, model)
            for node in [node for node, of in scores if of == model]:
                assert ordered(explain(near, node, model).document()) == ordered(
                    explain(context, node, model).document()
                )


def ordered(step: dict[str, Any]) -> dict[str, Any]:
    """A tree whose children stand in one order: rows have none."""
    children = [ordered(child) for child in step.get("children", [])]
    return {**step, "children": sorted(children, key=lambda child: json.dumps(child, sort_keys=True, default=str))}


def test_what_is_folded_is_counted(context: Context) -> None:
    """A tree that is cut says how many records stand below the cut; a whole one has no cut."""
    model = next(model for _, model in targets(context))
    step = explain(context, "retraining_age", model)

    cut = step.document(1)

    assert all(child["folded"]["records"] > 0 for child in cut["children"])
    assert "folded" not in json.dumps(step.document())


def test_a_population_is_looked_into_where_it_is_asked(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its models are walked only when their part of the tree is wanted: the numbers of a slice take no graph."""
    monkeypatch.setattr(looking, "Graph", refused)
    with explained(project) as context:
        step = explain(context, "overall", slice_="everything")
        cut = step.document(1)

        assert cut["children"]
        assert all(child["folded"] is None for child in cut["children"])
        with pytest.raises(AssertionError, match="looked into"):
            list(leaves(step))


def refused(_: GraphInput) -> Graph:
    raise AssertionError("the graph is looked into")

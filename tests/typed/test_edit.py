"""Correcting what is known, from Python."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.demo.estate import Estate

import stocktake
from stocktake.errors import GraphError
from stocktake.library.kinds.model_binary import ModelBinary
from stocktake.library.kinds.model_deployment import ModelDeployment
from stocktake.library.kinds.model_family import ModelFamily
from stocktake.pipeline.session import look_up
from stocktake.pipeline.typed import OpenGraph

SECOND = "mlflow_version:127.0.0.1:5050/acme_churn/2"
GHOST = "place:s3://acme-models/acme_churn/2/model"


@pytest.fixture
def own(acme: Estate, tmp_path: Path) -> Iterator[OpenGraph]:
    """A copy of the company, that may be corrected."""
    with stocktake.open(shutil.copytree(acme.folder, tmp_path / "acme")) as opened:
        yield opened


def test_what_a_person_corrects_holds_in_the_graph_that_is_opened_next(own: OpenGraph) -> None:
    """Values, links and joins alike; what is open already stays as it was."""
    binary = own.get(ModelBinary, SECOND)
    batch = own.all(ModelDeployment).where(name="churn-batch").one()
    edit = own.edit(who="ana", why="asked the team", at=own.as_of)
    decided = edit.set(binary, approval="rejected", owners=["Churn, inc", "growth"], size_bytes=10)
    edit.link(batch, ModelDeployment.serves, own.all(ModelBinary).where(version="1").one(), share=0.25)
    edit.close(batch, ModelDeployment.serves, GHOST)

    assert (decided.source, len(decided.seqs), {each.why for each in decided.edits}) == (
        "person/ana",
        3,
        {"asked the team"},
    )
    assert own.get(ModelBinary, SECOND) == binary
    with own.refreshed() as after:
        changed = after.get(ModelBinary, SECOND)
        served = list(after.links(batch, ModelDeployment.serves))
        assert (changed.approval, changed.owners, changed.size_bytes) == ("rejected", ["Churn, inc", "growth"], 10)
        assert "person/ana" in changed.told_by
        assert [(link.end and link.end.version, link["share"]) for link in served] == [("1", 0.25)]
    told = look_up(own.project, SECOND)
    assert told[0]["fields"]["approval"]["value"] == "rejected"


def test_a_confirmed_identifier_joins(own: OpenGraph) -> None:
    own.edit(who="ana", why="its package lies there").confirm(own.get(ModelBinary, SECOND), GHOST)

    with own.refreshed() as after:
        assert after.get(ModelBinary, GHOST) == after.get(ModelBinary, SECOND)


def test_a_split_that_leaves_the_parts_connected_is_refused(own: OpenGraph) -> None:
    with pytest.raises(GraphError, match="the split leaves them connected"):
        own.edit(who="ana", why="try").split("claim:mlflow/ModelVersion/acme_churn/2", SECOND)


def test_an_edit_says_who_and_why(graph: OpenGraph) -> None:
    with pytest.raises(GraphError, match="does not say who"):
        graph.edit(who=" ", why="asked")
    with pytest.raises(GraphError, match="does not say why"):
        graph.edit(who="ana", why="")


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"colour": "red"}, "use one of: name, owners, purpose"),
        ({"approval": "perhaps"}, "use one of: approved, pending, rejected"),
        ({"size_bytes": "big"}, "is no integer"),
        ({"size_bytes": True}, "is no integer"),
        ({"purpose": 3}, "is no text"),
        ({"owners": 3}, "is no texts"),
        ({"created_at": 3}, "not a time"),
        ({"purpose": None}, "is no text"),
        ({}, "no field is named"),
    ],
)
def test_a_wrong_field_or_value_is_refused_with_what_may_be(
    graph: OpenGraph, values: dict[str, object], problem: str
) -> None:
    edit = graph.edit(who="ana", why="asked")

    with pytest.raises(GraphError, match=problem):
        edit.set(graph.get(ModelBinary, SECOND), **values)


def test_a_wrong_end_or_attribute_is_refused_with_what_may_be(graph: OpenGraph) -> None:
    edit = graph.edit(who="ana", why="asked")
    binary, family = graph.get(ModelBinary, SECOND), next(iter(graph.all(ModelFamily)))
    batch = graph.all(ModelDeployment).where(name="churn-batch").one()

    with pytest.raises(GraphError, match="use one of: share, role, slot"):
        edit.link(batch, ModelDeployment.serves, binary, colour="red")
    with pytest.raises(GraphError, match="give one of: model_binary"):
        edit.link(batch, ModelDeployment.serves, family)
    with pytest.raises(GraphError, match="it does not start from a ModelFamily"):
        edit.link(family, ModelDeployment.serves, binary)

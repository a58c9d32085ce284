"""Reading and traversing the graph by the classes of its kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pyarrow.compute as pc
import pytest
from tests.demo.estate import Estate

import stocktake
from stocktake.errors import GraphError
from stocktake.library.kinds.feature_source import FeatureSource
from stocktake.library.kinds.model_binary import ModelBinary
from stocktake.library.kinds.model_code import ModelCode
from stocktake.library.kinds.model_deployment import ModelDeployment
from stocktake.library.kinds.model_family import ModelFamily
from stocktake.library.kinds.workflow_run import WorkflowRun
from stocktake.pipeline.typed import OpenGraph
from stocktake.schema import Kind

SECOND = "mlflow_version:127.0.0.1:5050/acme_churn/2"
GHOST = "place:s3://acme-models/acme_churn/2/model"


def refused(work: Callable[[], object]) -> str:
    """What is said of something that can't be."""
    with pytest.raises(GraphError) as caught:
        work()
    return str(caught.value)


class Counting:
    """A connection that counts the statements it runs."""

    def __init__(self, connection: Any) -> None:
        self.connection, self.statements = connection, 0

    def __getattr__(self, name: str) -> Any:
        self.statements += name in ("sql", "execute")
        return getattr(self.connection, name)


def test_an_artifact_is_an_object_of_its_class(graph: OpenGraph, acme: Estate) -> None:
    binary = graph.get(ModelBinary, SECOND)
    row = acme.one("model_binary", "acme_churn/2")

    assert isinstance(binary, ModelBinary)
    assert (binary.id, binary.version, binary.aliases) == (row["id"], "2", ["champion"])
    assert binary.created_at == row["created_at"].replace(tzinfo=UTC)
    assert (list(binary.flags), list(binary.told_by)) == (row["flags"], row["sources"])


def test_what_is_unknown_is_none(graph: OpenGraph) -> None:
    assert graph.get(ModelBinary, SECOND).digest is None


def test_an_artifact_is_found_by_its_id_too(graph: OpenGraph) -> None:
    binary = graph.get(ModelBinary, SECOND)

    assert graph.get("model_binary", binary.id) == binary
    assert len({binary, graph.get(ModelBinary, SECOND)}) == 1


def test_an_artifact_cant_be_changed(graph: OpenGraph) -> None:
    with pytest.raises(AttributeError, match="approval can't be set"):
        graph.get(ModelBinary, SECOND).approval = "rejected"


@pytest.mark.parametrize(
    "kind", ["feature_source", "dataset", "model_code", "workflow_run", "model_binary", "model_deployment", "owner"]
)
def test_all_of_a_kind_are_the_snapshots(graph: OpenGraph, acme: Estate, kind: str) -> None:
    found = graph.all(kind)

    assert found.ids() == sorted(row["id"] for row in acme.rows(kind))
    assert found.count() == found.arrow().num_rows == len(list(found)) == len(acme.rows(kind))


def test_a_kind_may_be_asked_for_by_its_name(graph: OpenGraph) -> None:
    assert [type(each) for each in graph.all("model_code")] == [ModelCode]


def test_conditions_narrow_in_columns(graph: OpenGraph) -> None:
    binaries = graph.all(ModelBinary)

    assert [each.version for each in binaries.where(version="2")] == ["2"]
    assert binaries.where(version=["1", "2"]).count() == 2
    assert binaries.where(version=[]).count() == 0
    assert binaries.where(aliases="champion").one().version == "2"
    assert binaries.where(aliases=["champion", "none"]).one().version == "2"
    assert binaries.where(digest=None).count() == 2
    assert binaries.where("version > ?", "1").where(approval="approved").one().version == "2"
    assert binaries.where("created_at < ?", datetime(2026, 1, 1, tzinfo=UTC)).count() == 0


def test_liveness_is_a_column_and_an_attribute(graph: OpenGraph) -> None:
    live = graph.all(ModelDeployment).where(is_live=True)

    assert [each.is_live for each in live] == [True, True, True]


def test_sets_are_put_together(graph: OpenGraph) -> None:
    binaries = graph.all(ModelBinary)
    first, second = binaries.where(version="1"), binaries.where(version="2")

    assert (first | second).ids() == binaries.ids()
    assert (binaries & second).ids() == second.ids()
    assert (binaries - second).ids() == first.ids()
    assert not first & second
    assert {type(each) for each in first | graph.all(ModelCode)} == {ModelBinary, ModelCode}


def test_an_edge_is_followed_and_followed_back(graph: OpenGraph, acme: Estate) -> None:
    binary = acme.one("model_binary", "acme_churn/2")
    runs = graph.follow(graph.all(ModelBinary).where(version="2"), ModelBinary.workflow_run)

    assert {type(each) for each in runs} == {WorkflowRun}
    assert runs.ids() == sorted(row["to_id"] for row in acme.ends("model_binary", "workflow_run", binary))
    assert binary["id"] in graph.back(runs, ModelBinary.workflow_run).ids()


def test_a_set_a_list_and_one_object_start_alike(graph: OpenGraph) -> None:
    binaries = graph.all(ModelBinary).where(version="2")
    binary = binaries.one()
    families = graph.follow(binaries, ModelBinary.family).ids()

    assert graph.follow([binary], ModelBinary.family).ids() == families
    assert graph.follow(binary, binary.family).ids() == families
    assert graph.follow(binary, "model_binary.family").ids() == families
    assert graph.follow([], ModelBinary.family).ids() == []
    assert len(families) == 2


def test_an_edge_to_several_kinds_reaches_objects_of_each(graph: OpenGraph, acme: Estate) -> None:
    reached = graph.follow(graph.all(WorkflowRun), WorkflowRun.reads)
    rows = [row for row in acme.rows("workflow_run_reads") if row["to_is"] == "described"]

    assert reached.ids() == sorted({row["to_id"] for row in rows})
    assert {type(each).__name__ for each in reached} == {"FeatureSource", "Dataset"}
    assert reached.of(FeatureSource).ids() == sorted({r["to_id"] for r in rows if r["to_kind"] == "feature_source"})


def test_links_have_attributes_and_both_ends(graph: OpenGraph) -> None:
    links = graph.links(graph.all(ModelDeployment), ModelDeployment.serves).where("share IS NOT NULL")
    shares = {(link.start.name, link.end and link.end.version, link["slot"]): link["share"] for link in links}

    assert shares == {("acme-churn-prod", "1", "v1"): 0.1, ("acme-churn-prod", "2", "v2"): 0.9}


def test_a_link_to_what_nobody_describes_has_no_end(graph: OpenGraph) -> None:
    link = next(iter(graph.links(graph.all(ModelDeployment), ModelDeployment.serves).where(to_is="ghost")))

    assert (link.start.name, link.end, link.to_kind) == ("churn-batch", None, "model_binary")
    assert graph.follow(link.start, ModelDeployment.serves).count() == 0


def test_owners_are_reached_by_name(graph: OpenGraph, acme: Estate) -> None:
    owned = {row["owner_id"] for row in acme.rows("model_code_owned_by") if row["to_is"] == "described"}

    assert owned
    assert set(graph.owners(graph.all(ModelCode)).ids()) == owned


def test_columns_come_without_objects(graph: OpenGraph) -> None:
    served = graph.follow(graph.all(ModelDeployment), ModelDeployment.serves).arrow()

    assert pc.count_distinct(served["id"]).as_py() == served.num_rows == 2
    assert set(served["kind"].to_pylist()) == {"model_binary"}


def test_a_set_is_one_statement_however_many_it_holds(graph: OpenGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    counting = Counting(graph.view.graph.frame.connection)
    monkeypatch.setattr(graph.view.graph.frame, "connection", counting)
    runs = graph.follow(graph.back(graph.all(WorkflowRun), ModelBinary.workflow_run), ModelBinary.workflow_run)

    assert counting.statements == 0
    assert len(list(runs)) > 1
    assert counting.statements == 1


def test_a_moment_of_the_past_is_that_pasts(acme: Estate) -> None:
    with stocktake.open(acme.folder, as_of=datetime(2026, 11, 1, tzinfo=UTC)) as before:
        assert before.all(ModelBinary).count() == 0


def test_an_unknown_kind_is_refused_with_those_that_there_are(graph: OpenGraph) -> None:
    class Prompt(Kind):
        pass

    assert "workflow_run, model_binary, model_deployment" in refused(lambda: graph.all("prompt"))
    assert "WorkflowRun, ModelBinary, ModelDeployment" in refused(lambda: graph.all(Prompt))


def test_an_unknown_column_is_refused_with_those_that_there_are(graph: OpenGraph) -> None:
    binaries = graph.all(ModelBinary)

    assert "use one of: kind, id, name" in refused(lambda: binaries.where(colour="red"))
    assert "columns: kind, id, name" in refused(lambda: binaries.where("colour = 'red'"))
    assert "Could not convert" in refused(lambda: binaries.where(size_bytes="big").count())


def test_an_unknown_edge_or_attribute_is_refused_with_those_that_there_are(graph: OpenGraph) -> None:
    deployments = graph.all(ModelDeployment)
    link = next(iter(graph.links(deployments, ModelDeployment.serves)))

    assert "use one of: workflow_run, family, base" in refused(lambda: graph.follow(deployments, "model_binary.runs"))
    assert "use one of: share, role, slot" in refused(lambda: link["colour"])


def test_what_is_not_there_is_refused_with_the_reason(graph: OpenGraph) -> None:
    assert "no source describes this model_binary" in refused(lambda: graph.get(ModelBinary, GHOST))
    assert "it is borne by: model_binary" in refused(lambda: graph.get(ModelFamily, SECOND))
    assert "nothing bears it" in refused(lambda: graph.get(ModelBinary, "digest:sha256:00"))
    assert "not an identifier" in refused(lambda: graph.get(ModelBinary, "acme_churn"))
    assert "there are 2" in refused(graph.all(ModelBinary).one)

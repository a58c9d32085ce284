"""Standards run over a snapshot, whole or in part, in memory or from its folder."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.standards.conftest import HEADER, Load, Write

from stocktake.errors import StandardsError
from stocktake.schema import Schema
from stocktake.standards import Standards, layer_schemas, load_files, run

LIBRARY = Path(__file__).parents[2] / "src/stocktake/library"
AS_OF = datetime.fromisoformat("2026-11-23T18:00:00.123456+00:00")


@pytest.fixture(scope="module")
def shipped(schema: Schema) -> Standards:
    """The definitions and tables that ship."""
    return load_files([LIBRARY / "definitions"], [LIBRARY / "tables"], schema)


def endpoint(**more: object) -> dict[str, pa.Table]:
    """A graph of one live deployment, of which few columns are told."""
    return {"model_deployment": pa.table({"id": ["endpoint"], "is_live": [True], **{k: [v] for k, v in more.items()}})}


def test_missing_tables_are_empty_and_missing_columns_unknown(shipped: Standards) -> None:
    """A project without features needs no table of features."""
    tables = run(shipped, endpoint(), as_of=AS_OF, known_at=7)

    assert set(tables) == set(shipped.names)
    assert tables["deployments"].select(["deployment_id", "name", "is_active"]).to_pylist() == [
        {"deployment_id": "endpoint", "name": None, "is_active": None}
    ]


def test_results_have_the_declared_columns_and_types(shipped: Standards) -> None:
    """What a reader is told of a table is what it gets."""
    tables = run(shipped, {}, as_of=AS_OF, known_at=0)

    for each in shipped.steps:
        assert tuple(tables[each.name].column_names) == tuple(each.columns)
    assert tables["servings"].schema.field("owners").type == pa.list_(pa.string())
    assert tables["servings"].schema.field("trained_at").type == pa.timestamp("us")


def test_the_moment_has_whole_seconds(shipped: Standards) -> None:
    """A request at the very second 28 days before counts, whatever the fraction of the run's start."""
    asked = endpoint(last_request_at=datetime.fromisoformat("2026-10-26T18:00:00"))

    assert run(shipped, asked, as_of=AS_OF, known_at=0)["active_deployment"].column("is_member").to_pylist() == [True]


def test_a_folder_of_a_snapshot_gives_the_same(shipped: Standards, tmp_path: Path) -> None:
    """Tables that SQL does not read may lie beside the others."""
    for name, table in {**endpoint(), "something_else": pa.table({"x": [1]})}.items():
        pq.write_table(table, tmp_path / f"{name}.parquet")

    from_folder = run(shipped, tmp_path, as_of=AS_OF, known_at=0)

    assert from_folder["servings"].equals(run(shipped, endpoint(), as_of=AS_OF, known_at=0)["servings"])


def test_every_kind_and_edge_of_the_schema_is_a_table(schema: Schema) -> None:
    """A kind that a project adds can be read by its SQL at once."""
    tables = layer_schemas(schema)

    for kind in schema.kinds.values():
        assert set(kind.fields) < set(tables[f"graph.{kind.name}"].names)
        for edge in kind.edges.values():
            assert {each.name for each in edge.attributes} < set(tables[f"graph.{kind.name}_{edge.name}"].names)


@pytest.mark.parametrize("name", ["model", "model_owner", "active_deployment", "active_model", "production_deployment"])
def test_the_definitions_ship(shipped: Standards, name: str) -> None:
    """These are asked for by name."""
    assert not shipped[name].is_table


@pytest.mark.parametrize("name", ["models", "deployments", "binaries", "servings", "counts", "coverage"])
def test_the_tables_ship(shipped: Standards, name: str) -> None:
    """These are asked for by name."""
    assert shipped[name].is_table


def test_what_rests_on_a_state_of_absence_says_so(shipped: Standards) -> None:
    """The owners of a binary are inherited where it has none: losing its own changes them."""
    assert "owners" in shipped["servings"].absence
    assert not shipped["active_deployment"].absence


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("servings", "serving_id"),
        ("deployments", "deployment_id"),
        ("binaries", "binary_id"),
        ("models", "model_id"),
        ("runs", "run_id"),
        ("datasets", "dataset_id"),
        ("features", "feature_id"),
        ("feature_sources", "feature_source_id"),
    ],
)
def test_a_table_begins_with_what_names_its_row(shipped: Standards, table: str, key: str) -> None:
    """Programs find the key of a table as its first column."""
    assert next(iter(shipped[table].columns)) == key


def test_a_table_with_two_rows_of_one_key_is_refused(write: Write, load: Load) -> None:
    """What is joined or counted by a key would count twice."""
    header = HEADER.replace("-- version", "-- key: mode, url\n-- version")
    sql = "SELECT model_deployment.mode AS mode, -- How.\n    model_deployment.url AS url -- Where.\n"
    write("places", sql + "FROM graph.model_deployment AS model_deployment", kind="table", header=header)
    graph = {"model_deployment": pa.table({"id": ["a", "b", "c"], "mode": ["online", "online", "batch"]})}
    apart = graph["model_deployment"].append_column("url", pa.array(["x", "y", "x"]))

    assert run(load(), {"model_deployment": apart}, as_of=AS_OF, known_at=1)["places"].num_rows == 3
    with pytest.raises(StandardsError, match="places has 1 more rows than values of its key mode, url"):
        run(load(), graph, as_of=AS_OF, known_at=1)


def test_a_key_names_columns(write: Write, load: Load) -> None:
    header = HEADER.replace("-- version", "-- key: id\n-- version")
    write("places", "SELECT run.as_of AS as_of -- When.\nFROM standard.run AS run", kind="table", header=header)

    with pytest.raises(StandardsError, match="the key names id, which is no column"):
        load()

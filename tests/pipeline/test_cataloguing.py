"""A saved run is queried by name on the organisation's SQL engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.servers.fixtures import trino  # noqa: F401

from stocktake.cli.app import run
from stocktake.engines.trino import Trino
from stocktake.estate import Size
from stocktake.pipeline.demo import make_demo
from stocktake.pipeline.line import open_project
from stocktake.pipeline.session import collect, measure_and_keep

SETTINGS = "engines:\n  shared: {{kind: trino, address: {address}, uri: '{uri}'}}\n"


def test_the_latest_run_can_be_queried_by_name(trino: Trino, tmp_path: Path) -> None:  # noqa: F811
    """All its tables, each whole, by the engine's name in the project's settings."""
    root = make_demo(tmp_path / "project", "synthetic", Size(models=3, days=20))
    settings = SETTINGS.format(address=trino.access.address, uri=trino.access.uri)
    (root / "stocktake.yaml").write_text((root / "stocktake.yaml").read_text() + settings)
    project = open_project(root)
    collect(project)
    measured = measure_and_keep(project)

    assert run(["--project", str(root), "catalogue", "shared", "--schema", "meridian"]) == 0

    ask = trino.connect()
    assert ask.run("SELECT * FROM hive.meridian.publication") == [[measured.run_id]]
    for name in ("models", "servings", "counts"):
        assert ask.run(f"SELECT COUNT(*) FROM hive.meridian.{name}") == [[measured.tables[name].num_rows]]
    models = ask.run("SELECT model_id, model_by FROM hive.meridian.models")
    assert sorted(models) == sorted([row["model_id"], row["model_by"]] for row in measured.tables["models"].to_pylist())


def test_an_engine_without_a_catalogue_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "project")]) == 0

    assert run(["--project", str(tmp_path / "project"), "catalogue", "duckdb"]) != 0
    assert "only PrestoDB and Trino have a catalogue" in capsys.readouterr().err

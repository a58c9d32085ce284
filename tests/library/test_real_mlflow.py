"""Real MLflow exports and recorded answers: per file, how many claims of which kind, counted by hand."""

from __future__ import annotations

import pytest
from tests.library.real_parts import DATA, real, take

SINGLE = "mlflow/export-import/databricks-single"
NOTEBOOK = f"{SINGLE}/experiments/notebook_experiments"
WORKSPACE = f"{SINGLE}/experiments/workspace_experiments"
WINE = f"{SINGLE}/versions/sklearn_wine"
ACME = "acme-recorded/mlflow"
EXPERIMENT = ({"ExperimentExport": 1}, {"none": 1}, {})
FILES: dict[str, tuple[dict[str, int], dict[str, int], dict[str, int]]] = {
    # Runs of notebooks: in a repository (a path), or not (the notebook itself is the code). Each that logged a model
    # says so in `mlflow.log-model.history`.
    f"{NOTEBOOK}/repo_notebook/02aeef6d8cbf449ab50c8e715e320085/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_binary": 1}, {"model_code": 1, "workflow_run": 1},
    ),
    f"{NOTEBOOK}/workspace_notebook/f7816bc76f254f22ab25549a7c2c9b06/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_binary": 1, "model_code": 1}, {"model_code": 1, "workflow_run": 1},
    ),
    f"{WORKSPACE}/automl_workspace_notebook/5e1e2c44039a40afafc760b837a4daab/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_binary": 1, "model_code": 1}, {"model_code": 1, "workflow_run": 1},
    ),
    f"{WORKSPACE}/repo_notebook/bad4988ed1184aad953fd14efee72fa2/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_binary": 1}, {"model_code": 1, "workflow_run": 1},
    ),
    f"{WORKSPACE}/workspace_notebook/253000ee70914831850defc593ba4740/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_code": 1}, {"model_code": 1},
    ),
    f"{WORKSPACE}/workspace_notebook_src_tags/68850173104649149678090f75d36d0a/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_code": 1}, {"model_code": 1},
    ),
    # The one run with a dataset input.
    f"{WINE}/run/run.json": (
        {"RunExport": 1}, {"workflow_run": 1, "model_binary": 1, "dataset": 1},
        {"model_code": 1, "workflow_run": 1, "datasets": 1},
    ),
    f"{NOTEBOOK}/repo_notebook/experiment.json": EXPERIMENT,
    f"{NOTEBOOK}/workspace_notebook/experiment.json": EXPERIMENT,
    f"{WORKSPACE}/job_repo_notebook/experiment.json": EXPERIMENT,
    f"{WORKSPACE}/repo_notebook/experiment.json": EXPERIMENT,
    f"{WORKSPACE}/workspace_notebook/experiment.json": EXPERIMENT,
    f"{WORKSPACE}/workspace_notebook_src_tags/experiment.json": EXPERIMENT,
    f"{WINE}/experiment.json": EXPERIMENT,
    # Versions 2 (Staging) and 3 (Production), whose runs are not in the export.
    f"{SINGLE}/models/basic/model.json": (
        {"RegisteredModelExport": 1, "ModelVersionExport": 2}, {"model_family": 1, "model_binary": 2},
        {"family": 2, "workflow_run": 2},
    ),
    f"{SINGLE}/models/deleted_runs/model.json": ({"RegisteredModelExport": 1}, {"model_family": 1}, {}),
    f"{SINGLE}/models/src_tags/model.json": (
        {"RegisteredModelExport": 1, "ModelVersionExport": 1}, {"model_family": 1, "model_binary": 1},
        {"family": 1, "workflow_run": 1},
    ),
    f"{WINE}/model.json": ({"RegisteredModelExport": 1}, {"model_family": 1}, {}),
    f"{WINE}/version.json": (
        {"ModelVersionExport": 1}, {"model_binary": 1}, {"family": 1, "workflow_run": 1},
    ),
    # An MLmodel names its run, and no server: without an instance, its run is unknown.
    f"{WORKSPACE}/automl_workspace_notebook/5e1e2c44039a40afafc760b837a4daab/artifacts/model/MLmodel": (
        {"MLmodel": 1}, {"model_binary": 1}, {},
    ),
    f"{WINE}/run/artifacts/model/MLmodel": ({"MLmodel": 1}, {"model_binary": 1}, {}),
    f"{WINE}/run/artifacts/model/metadata/MLmodel": ({"MLmodel": 1}, {"model_binary": 1}, {}),
    f"{ACME}/experiments_get-by-name.json": ({"Experiment": 1}, {"none": 1}, {}),
    f"{ACME}/runs_search.json": (
        {"Run": 2}, {"workflow_run": 2, "dataset": 1, "model_binary": 2},
        {"model_code": 2, "datasets": 2, "part_of": 2, "workflow_run": 2, "features": 1},
    ),
    f"{ACME}/runs_get.21c59a7faeeb45f08d1c1a79f81a8632.json": (
        {"Run": 1}, {"workflow_run": 1, "dataset": 1, "model_binary": 1},
        {"model_code": 1, "datasets": 1, "part_of": 1, "workflow_run": 1, "features": 1},
    ),
    f"{ACME}/runs_get.eb1e5d357c7e4438ab30fa62c7f1c9bf.json": (
        {"Run": 1}, {"workflow_run": 1, "dataset": 1, "model_binary": 1},
        {"model_code": 1, "datasets": 1, "part_of": 1, "workflow_run": 1, "features": 1},
    ),
    f"{ACME}/logged-models_search.json": (
        {"LoggedModel": 2}, {"model_binary": 2}, {"workflow_run": 2},
    ),
    f"{ACME}/registered-models_search.json": (
        {"RegisteredModel": 1, "ModelVersionSummary": 1}, {"model_family": 1, "model_binary": 1},
        {"family": 1, "workflow_run": 1},
    ),
    f"{ACME}/model-versions_search.json": (
        {"ModelVersionSummary": 2}, {"model_binary": 2}, {"family": 2, "workflow_run": 2},
    ),
    f"{ACME}/model-versions_get.1.json": ({"ModelVersion": 1}, {"model_binary": 1}, {"family": 1, "workflow_run": 1}),
    f"{ACME}/model-versions_get.2.json": ({"ModelVersion": 1}, {"model_binary": 1}, {"family": 1, "workflow_run": 1}),
}  # fmt: skip
# What a model's own folder holds beside its MLmodel: the model's words, not MLflow's.
BESIDE = ("conda.yaml", "python_env.yaml", "input_example.json", "README.md")


@pytest.mark.parametrize("path", FILES)
def test_a_real_file_gives_what_was_counted_by_hand(path: str) -> None:
    """Every record is mapped, and nothing is reported."""
    taken = take("mlflow", real(path))

    assert taken.problems == ()
    assert (taken.labels, taken.kinds, taken.links) == FILES[path]
    assert taken.mapped == sum(taken.labels.values())


def test_every_file_of_the_exports_is_counted() -> None:
    """No file of the folder is left out, but for what lies in a model's own folder."""
    folder = real(SINGLE)

    files = {path.relative_to(DATA).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert {path for path in files if not path.endswith(BESIDE)} <= set(FILES)


def test_the_whole_folder_gives_seven_runs_and_the_versions_of_three_lines() -> None:
    """Two exports of one registered model are two records of one family; a copied MLmodel is one binary."""
    taken = take("mlflow", real("mlflow"))

    families = {row["name"] for row in taken.claims["model_family"]}
    assert taken.problems == ()
    assert (taken.kinds["workflow_run"], taken.kinds["dataset"]) == (7, 1)
    assert families == {"Sklearn_Wine", "sklearn_wine", "andre_catalog.ml_models2.sklearn_wine_best"}
    assert taken.mapped == sum(taken.labels.values())

"""The company in real tools, built once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.demo.estate import Estate
from tests.real_company.company import go_on, make_project, make_repository, train
from tests.servers.mlflow_server import mlflow_server
from tests.servers.process import MISSING, is_installed

from stocktake.pipeline.line import open_project
from stocktake.pipeline.session import collect, current, log


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Estate, int]:
    """The company with its numbers, and the place in its log up to which only MLflow had been read."""
    if not is_installed():
        pytest.skip(MISSING)
    folder: Path = tmp_path_factory.mktemp("globex")
    repository = folder / "mono"
    make_repository(repository)
    (folder / "mlflow").mkdir()
    with mlflow_server(folder / "mlflow") as url:
        given = train(repository, url)
        go_on(repository)
        make_project(folder / "project", repository, url, {"MODEL_OF_RANKING": place_of(given.models["trial-1"], url)})
        project = open_project(folder / "project")
        first = collect(project, ["mlflow"])
        with log(project) as store:
            known_at = store.newest_seq()
        outcomes = [*first, *collect(project, [each.name for each in project.sources if each.name != "mlflow"])]
    assert [(each.source, each.problems) for each in outcomes if each.problems] == []
    return Estate(folder / "project", current(project)), known_at


def place_of(model_id: str, url: str) -> str:
    """Where a logged model lies below the root of all artifacts."""
    import httpx

    answer = httpx.get(f"{url}/api/2.0/mlflow/logged-models/{model_id}").json()
    place: str = answer["model"]["info"]["artifact_uri"]
    return place.removeprefix("mlflow-artifacts:/")

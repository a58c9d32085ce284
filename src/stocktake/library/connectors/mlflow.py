"""MLflow: experiments, runs, logged models, registered models, their versions and aliases.

`url:` is a tracking server, MLflow 2 or 3, or a Databricks workspace; `path:` is a file or folder of recorded answers
of its REST API, or of what mlflow-export-import wrote.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stocktake.collect.answers import JSON, Document, documents, each_answer, objects_in, read_each
from stocktake.collect.server import NotThereError, Server, pages
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = (
    "Experiment", "Run", "LoggedModel", "RegisteredModel", "ModelVersion", "ModelVersionSummary",
    "ExperimentExport", "RunExport", "LoggedModelExport", "RegisteredModelExport", "ModelVersionExport",
    "MLmodel", "Prompt", "EvaluationDataset", "ExportSummary",
)  # fmt: skip
API = "/api/2.0/mlflow"
PAGE = 1000
EXPERIMENTS_AT_ONCE = 50
# What an answer holds, one thing or many, and the label of each.
ANSWERS = {
    "experiment": "Experiment", "experiments": "Experiment",
    "run": "Run", "runs": "Run",
    "model": "LoggedModel", "models": "LoggedModel",
    "registered_model": "RegisteredModel", "registered_models": "RegisteredModel",
    "model_version": "ModelVersion", "model_versions": "ModelVersionSummary",
}  # fmt: skip
# What a file of mlflow-export-import holds below `mlflow`.
EXPORTS = {
    "registered_model": "RegisteredModelExport",
    "model_version": "ModelVersionExport",
    "experiment": "ExperimentExport",
    "prompt": "Prompt",
    "evaluation_dataset": "EvaluationDataset",
}


def collect(source: Source) -> Iterator[Seen | Problem]:
    """All that a server or a folder of answers and exports holds."""
    if source.settings.get("url"):
        yield from from_server(Server(source))
        return
    yield from read_each(documents(source, endings=JSON, names=("MLmodel",)), from_documents)


def from_server(server: Server) -> Iterator[Seen]:
    """Ask in the order in which things refer to each other, page by page."""
    found = []
    for experiment in _search(server, "experiments", {"max_results": PAGE}):
        found.append(experiment["experiment_id"])
        yield seen("Experiment", experiment)
    for start in range(0, len(found), EXPERIMENTS_AT_ONCE):
        some = found[start : start + EXPERIMENTS_AT_ONCE]
        for run in _search(server, "runs", {"experiment_ids": some, "max_results": PAGE}):
            yield seen("Run", run)
        try:
            for model in _search(server, "logged-models", {"experiment_ids": some}, items="models"):
                yield seen("LoggedModel", model)
        except NotThereError:
            pass  # MLflow 2 has no logged models.
    for model in _list(server, "registered-models"):
        yield from _registered(server, model["name"])


def _registered(server: Server, name: str) -> Iterator[Seen]:
    """A registered model and its versions. Lists leave out aliases: a version that has one is asked for by itself."""
    model = server.get(f"{API}/registered-models/get", expected="registered_model", name=name)["registered_model"]
    yield seen("RegisteredModel", model)
    aliased = {str(alias["version"]) for alias in model.get("aliases") or []}
    quoted = name.replace("'", "\\'")
    for version in _list(server, "model-versions", filter=f"name='{quoted}'"):
        yield seen("ModelVersionSummary", version)
        if str(version["version"]) in aliased:
            answer = server.get(
                f"{API}/model-versions/get", expected="model_version", name=name, version=version["version"]
            )
            yield seen("ModelVersion", answer["model_version"])


def _search(server: Server, what: str, body: dict[str, Any], items: str | None = None) -> Iterator[Any]:
    """Everything that a POST search finds, page by page; MLflow leaves empty lists out."""
    path, name = f"{API}/{what}/search", items or what

    def ask(token: str | None) -> Any:
        return server.post(path, body | ({"page_token": token} if token else {}), expected=name, or_empty=True)

    for page in pages(ask, server.shown + path):
        yield from page.get(name) or []


def _list(server: Server, what: str, **query: str) -> Iterator[Any]:
    """Everything that a GET search finds."""
    path, name = f"{API}/{what}/search", what.replace("-", "_")

    def ask(token: str | None) -> Any:
        return server.get(path, expected=name, or_empty=True, **query, max_results=PAGE, page_token=token)

    for page in pages(ask, server.shown + path):
        yield from page.get(name) or []


def seen(label: str, body: dict[str, Any]) -> Seen:
    """One thing of an answer, by MLflow's own id."""
    info = body.get("info") or {}
    ids = (body.get("experiment_id"), info.get("run_id"), info.get("run_uuid"), info.get("model_id"), body.get("name"))
    key = str(next((each for each in ids if each), ""))
    return Seen(label, f"{key}/{body.get('version')}" if label.startswith("ModelVersion") else key, body)


def from_documents(document: Document) -> Iterator[Seen | Problem]:
    """The things in one file, which may list several answers."""
    for each in each_answer(document, lambda told: is_run(told) or bool(told.keys() & ANSWERS.keys())):
        yield from from_document(each)


def from_document(document: Document) -> Iterator[Seen | Problem]:
    """The things in one file. What a model's own folder holds beside its MLmodel is no answer of MLflow."""
    told = document.value if document.is_object else {}
    if document.stem == "MLmodel":
        yield Seen("MLmodel", str(told.get("model_id") or told.get("model_uuid") or document.name), document.value)
    elif "artifacts/" in document.name:
        return
    elif isinstance(told.get("mlflow"), dict) or "export_info" in told or is_run(told):
        yield from exported(document)
    elif any(isinstance(told.get(name), dict | list) for name in ANSWERS):
        yield from answered(told, document.where)
    else:
        yield Seen("Unknown", document.name, document.value)


def is_run(told: dict[str, Any]) -> bool:
    """Whether this is a run as an export writes it."""
    info = told.get("info")
    return isinstance(info, dict) and ("run_id" in info or "run_uuid" in info)


def answered(answer: dict[str, Any], where: str) -> Iterator[Seen | Problem]:
    """A recorded REST answer; a list of registered models holds the latest versions too."""
    for name, label in ANSWERS.items():
        told = answer.get(name)
        for body in objects_in([told] if isinstance(told, dict) else told, f"{where}: {name}"):
            if isinstance(body, Problem):
                yield body
                continue
            yield seen(label, body)
            latest = body.get("latest_versions") if label == "RegisteredModel" else None
            for version in objects_in(latest, f"{where}: latest_versions of {body.get('name')}"):
                yield version if isinstance(version, Problem) else seen("ModelVersionSummary", version)


def exported(document: Document) -> Iterator[Seen | Problem]:
    """A file of mlflow-export-import.

    Its key begins with the server that it came from, where ids are unique, and the time of the export: a folder may
    hold two exports of one thing.
    """
    whole = document.value
    told = whole.get("mlflow", whole)
    system = whole.get("system") or whole.get("export_info") or {}
    server = system.get("mlflow_tracking_uri") or system.get("tracking_uri") or ""
    at = f"{server}@{system.get('export_time', '')}#"
    label, thing = next(((label, told[name]) for name, label in EXPORTS.items() if name in told), ("", told))
    if label:
        name = thing.get("experiment_id") or thing.get("dataset_id") or thing.get("name")
        yield Seen(label, f"{at}{name}/{thing['version']}" if "version" in thing else f"{at}{name}", whole)
        for version in objects_in(thing.get("versions") or thing.get("latest_versions"), document.where):
            if isinstance(version, Problem):
                yield version
                continue
            body = {"system": system, "mlflow": {"model_version": version}}
            yield Seen("ModelVersionExport", f"{at}{version.get('name')}/{version.get('version')}", body)
    elif is_run(told):
        yield Seen("RunExport", at + (told["info"].get("run_id") or told["info"]["run_uuid"]), whole)
    elif "model_id" in told:
        yield Seen("LoggedModelExport", at + told["model_id"], whole)
    else:
        yield Seen("ExportSummary", at + document.name, whole)
        for model in logged_models(told):
            yield Seen("LoggedModelExport", at + model["model_id"], {"system": system, "mlflow": model})


def logged_models(told: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The logged models that a summary lists per experiment, where it has them whole."""
    for experiment in told.get("experiments") or []:
        for model in (experiment.get("logged_models") or []) if isinstance(experiment, dict) else []:
            if isinstance(model, dict) and "model_id" in model:
                yield model

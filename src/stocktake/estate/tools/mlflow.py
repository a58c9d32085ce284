"""MLflow: experiments, runs, logged models, registered models and versions of one tracking server, an answer a line."""

from __future__ import annotations

from typing import Any

from stocktake.estate.clock import millis
from stocktake.estate.company import CLOUD, LAKEHOUSE, NOTEBOOK, Binary, Model, Team, Training
from stocktake.estate.life import experiment
from stocktake.estate.names import DOMAIN
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, binary_id, dataset_id, family_id, run_id

FOLDER = "recorded/mlflow"
SERVER = f"mlflow.{DOMAIN}"


def write(team: Team, out: Out, truth: Truth) -> None:
    """All that the server says of a team; a team that works in the cloud does not use it."""
    for model in team.models if team.stack != CLOUD else ():
        number = experiment(model)
        out.line(f"{FOLDER}/experiments.jsonl", {"experiment": {"experiment_id": number, "name": model.family}})
        for training in model.trainings:
            _run(model, training, out, truth)
        if "never_registered" not in model.mess:
            out.line(f"{FOLDER}/registered-models.jsonl", {"registered_model": _family(model)})
            truth.tells(family_id(model), "mlflow", "RegisteredModel", model.family)
        for binary in model.binaries:
            if not binary.is_deleted:
                _binary(model, binary, out, truth)


def _tags(told: dict[str, Any]) -> list[dict[str, str]]:
    return [{"key": key, "value": str(value)} for key, value in told.items() if value]


def _family(model: Model) -> dict[str, Any]:
    owner = model.owner.email if model.owner else ""
    return {
        "name": model.family,
        "creation_timestamp": millis(model.born_at),
        "last_updated_timestamp": millis(max((each.created_at for each in model.binaries), default=model.born_at)),
        "description": f"{model.name.replace('-', ' ').capitalize()} of team {model.team.name}.",
        "tags": _tags(
            {"owner": owner, "purpose": model.name, "origin": "external" if model.vendor else "", **model.notes}
        ),
    }


def _run(model: Model, training: Training, out: Out, truth: Truth) -> None:
    name = f"{model.name}-{training.number}"
    told = {
        "info": {
            "run_id": training.run_id,
            "run_uuid": training.run_id,
            "run_name": name,
            "experiment_id": experiment(model),
            "user_id": "root",
            "status": "FAILED" if training.has_failed else "FINISHED",
            "start_time": millis(training.started_at),
            "end_time": millis(training.ended_at),
            "artifact_uri": f"s3://meridian-models/{experiment(model)}/{training.run_id}/artifacts",
            "lifecycle_stage": "active",
        },
        "data": {
            "tags": _tags(_run_tags(model, training)),
            "params": _tags(training.params),
            "metrics": [{"key": "energy_consumed", "value": training.energy}] if training.energy else [],
        },
        "inputs": {"dataset_inputs": [_input(model, training)]},
    }
    made = [] if training.has_failed else [each for each in model.binaries if each.training is training]
    told["outputs"] = {"model_outputs": [{"model_id": each.model_id, "step": 0} for each in made]}
    out.line(f"{FOLDER}/runs.jsonl", {"run": told})
    truth.tells(run_id(model, training), "mlflow", "Run", training.run_id)
    truth.tells(dataset_id(model), "mlflow", "Run", training.run_id)


def _run_tags(model: Model, training: Training) -> dict[str, Any]:
    team = model.team
    is_piped = team.stack == LAKEHOUSE and not training.is_manual and not training.has_lost_id
    return {
        "mlflow.runName": f"{model.name}-{training.number}",
        "mlflow.user": "root",
        "mlflow.source.type": "LOCAL",
        "mlflow.source.name": training.code.script if "bare_script" in model.mess else training.code.path,
        "mlflow.source.git.commit": training.commit,
        "mlflow.source.git.repoURL": f"{team.repository_at(training.started_at)}.git",
        "mlflow.docker.image.uri": training.image,
        "openlineage.run_id": training.trace_id if is_piped else "",
        "feast.project": team.name if model.views else "",
        "feast.feature_service": model.name if model.views else "",
    }


def _input(model: Model, training: Training) -> dict[str, Any]:
    """The training set; a notebook's frame has a name and a digest and no place."""
    has_place = model.team.stack != NOTEBOOK
    source = {"uri": model.training_set} if has_place else {"tags": {"mlflow.user": "root"}}
    dataset = {
        "name": f"{model.name}-train",
        "digest": training.digest if has_place else model.team.repository[-4:].encode().hex(),
        "source_type": "s3" if has_place else "code",
        "source": _text(source),
        "profile": _text({"num_rows": 10_000 + 37 * training.number}),
    }
    return {"tags": [{"key": "mlflow.data.context", "value": "training"}], "dataset": dataset}


def _text(value: Any) -> str:
    import msgspec

    return msgspec.json.encode(value).decode()


def _binary(model: Model, binary: Binary, out: Out, truth: Truth) -> None:
    run = binary.training.run_id if binary.training else ""
    is_registered = "never_registered" not in model.mess
    if binary.training:
        versions = [{"name": model.family, "version": binary.number}] if is_registered else []
        info = {
            "model_id": binary.model_id,
            "experiment_id": experiment(model),
            "name": "model",
            "creation_timestamp_ms": millis(binary.created_at),
            "artifact_uri": binary.place,
            "status": "LOGGED_MODEL_READY",
            "source_run_id": run,
            "tags": _tags({"mlflow.modelVersions": _text(versions) if versions else ""}),
        }
        out.line(f"{FOLDER}/logged-models.jsonl", {"model": {"info": info}})
        truth.tells(binary_id(model, binary), "mlflow", "LoggedModel", binary.model_id)
    if is_registered:
        out.line(f"{FOLDER}/model-versions.jsonl", {"model_version": _version(model, binary, run)})
        truth.tells(binary_id(model, binary), "mlflow", "ModelVersion", f"{model.family}/{binary.number}")


def _version(model: Model, binary: Binary, run: str) -> dict[str, Any]:
    is_newest = binary is model.binaries[-1]
    told = {
        "name": model.family,
        "version": str(binary.number),
        "creation_timestamp": millis(binary.created_at),
        "current_stage": "None",
        "source": f"models:/{binary.model_id}" if run else binary.place,
        "run_id": run,
        "status": "READY",
        "aliases": ["champion"] if is_newest else [],
    }
    if run:
        told["model_id"] = binary.model_id
    owner = model.team.people[0].email if "conflicting_owner" in model.mess else ""
    told["tags"] = _tags({"owner": owner, **binary.notes})
    return told

"""What is there of a team, as truth: told before any tool speaks of it."""

from __future__ import annotations

from stocktake.estate.clock import AS_OF
from stocktake.estate.company import Deployment, Model, Team, View
from stocktake.estate.truth import (
    Truth,
    binary_id,
    code_id,
    dataset_id,
    deployment_id,
    family_id,
    feature_id,
    owner_id,
    run_id,
    source_id,
)  # fmt: skip


def tell(team: Team, truth: Truth) -> None:
    """Every thing of a team, and every link between them."""
    truth.thing(owner_id(team), team.handle)
    for person in team.people:
        truth.thing(owner_id(person), person.name, {"owner_left"} if person.has_left else ())
    for view in team.views:
        _view(team, view, truth)
    for model in team.models:
        _model(team, model, truth)
        truth.model(model)


def _view(team: Team, view: View, truth: Truth) -> None:
    table = source_id(team, view.name)
    truth.thing(table, view.name)
    for raw in view.raw:
        truth.thing(source_id(team, raw), raw)
        truth.edge("derived_from", (table, source_id(team, raw)), "dbt")
    for feature in view.features:
        truth.thing(feature_id(team, view, feature), feature)
        truth.edge("sources", (feature_id(team, view, feature), table), "feast")


def _model(team: Team, model: Model, truth: Truth) -> None:
    for code in model.codes:
        mess = (model.mess & {"generic_code", "bare_script", "two_codes", "retired"}) | team.mess
        truth.thing(code_id(team, code), code.path, mess, code.removed_at)
    if "never_registered" not in model.mess:
        truth.thing(family_id(model), model.family, model.mess & {"retired", "bought", "two_codes"})
    if model.trainings:
        truth.thing(dataset_id(model), model.training_set)
    for view in model.views:
        for feature in view.features:
            truth.edge("features", (dataset_id(model), feature_id(team, view, feature)), "mlflow")
    _trainings(team, model, truth)
    for binary in model.binaries:
        mess = (model.mess & {"bought", "never_registered"}) | ({"ghost_binary"} if binary.is_deleted else set())
        truth.thing(binary_id(model, binary), f"{model.name}/{binary.number}", mess)
        if "never_registered" not in model.mess:
            truth.edge("family", (binary_id(model, binary), family_id(model)), "registry", mess)
        if binary.training:
            truth.edge("workflow_run", (binary_id(model, binary), run_id(model, binary.training)), "registry", mess)
    for deployment in model.deployments:
        _deployment(model, deployment, truth)


def _trainings(team: Team, model: Model, truth: Truth) -> None:
    for training in model.trainings:
        run = run_id(model, training)
        told = {
            "failed_run": training.has_failed,
            "lost_id": training.has_lost_id,
            "lost_events": training.has_lost_events,
        }
        truth.thing(run, f"{model.name} {training.number}", {name for name, is_so in told.items() if is_so})
        code_mess = (model.mess & {"bare_script"}) | (team.mess & {"renamed_repository", "lost_repository"})
        truth.edge("model_code", (run, code_id(team, training.code)), "tracking", code_mess)
        truth.edge("datasets", (run, dataset_id(model)), "tracking")


def _deployment(model: Model, deployment: Deployment, truth: Truth) -> None:
    id_ = deployment_id(model, deployment)
    truth.thing(id_, deployment.name, deployment.mess | (model.mess & {"retired"}), deployment.deleted_at)
    for binary in deployment.serving(AS_OF) if not deployment.deleted_at else []:
        ghost = {"ghost_binary"} if binary.is_deleted else set()
        truth.edge("serves", (id_, binary_id(model, binary)), deployment.tool, deployment.mess | ghost)

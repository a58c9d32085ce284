"""Where a model's weights answer, since when, and what is wrong there."""

from __future__ import annotations

from datetime import timedelta

from stocktake.estate.clock import AS_OF, ago
from stocktake.estate.company import CLOUD, KSERVE, SAGEMAKER, Binary, Deployment, Model
from stocktake.estate.dice import Dice

PROD, EDGE = "meridian-prod", "meridian-edge"
ENVIRONMENTS = (("", "production"), ("-staging", "staging"), ("-trial", "experiment"))
HOW = ("orphan_endpoint", "ghost_binary", "alias_moved", "wrong_tag")


def deploy(dice: Dice, model: Model) -> None:
    """Roll a model's weights out to its deployments."""
    count = dice.choices((0, 1, 2, 3), (18, 57, 18, 7))[0]
    for suffix, environment in ENVIRONMENTS[: max(count, 1 if model.retired_at else 0)]:
        made = _deployment(dice, model, model.name + suffix, environment)
        if made is None:
            continue
        model.deployments.append(made)
        if made.tool == SAGEMAKER and made.created_at < ago(90) and not made.deleted_at and dice.mess("reused_arn"):
            model.deployments.append(_forerunner(dice, made))


def deploy_parts(model: Model) -> None:
    """One endpoint that holds all parts of a model."""
    created_at = max(each.created_at for each in model.binaries) + timedelta(days=1)
    made = Deployment(f"{model.name}-all", KSERVE, PROD, created_at, "production", "natural", holds_many=True)
    made.rollouts = [(max(created_at, each.created_at), each) for each in model.binaries]
    made.mess.add("many_models")
    model.deployments = [made]


def _deployment(dice: Dice, model: Model, name: str, environment: str) -> Deployment | None:
    """One deployment with its rollouts; none where there are no weights yet."""
    first = dice.randrange(max(1, len(model.binaries) // 3))
    created_at = dice.later(model.binaries[first].created_at, 1, 12)
    deleted_at = model.retired_at and dice.later(model.retired_at, -9, -1)
    if created_at >= ago(1) or (deleted_at and created_at >= deleted_at):
        return None
    in_cloud = model.team.stack == CLOUD or (dice.random() < 0.25 and "never_registered" not in model.mess)
    made = Deployment(name, SAGEMAKER if in_cloud else KSERVE, "", created_at, environment, "natural", deleted_at)
    if in_cloud:
        made.how = "natural" if model.team.stack == CLOUD else "declared"
        made.has_canary = dice.random() < 0.2
    else:
        made.how = "declared" if dice.random() < 0.3 and "never_registered" not in model.mess else "natural"
        made.cluster = EDGE if dice.mess("missed_days") else PROD
        made.mess |= {"missed_days"} if made.cluster == EDGE else set()
    made.tells_requests = dice.random() < 0.85
    if dice.mess("idle"):
        made.mess.add("idle")
        made.asked_until = max(created_at, dice.later(ago(250), 0, 200))
    _roll_out(dice, made, model.binaries[first:])
    if made.tool == KSERVE and not deleted_at:
        _mislead(dice, made)
    return made


def _roll_out(dice: Dice, made: Deployment, binaries: list[Binary]) -> None:
    """Each next version within days of its training; a stuck one keeps its first."""
    made.rollouts = [(made.created_at, binaries[0])]
    if dice.mess("stuck"):
        made.mess.add("stuck")
        return
    for binary in binaries[1:]:
        moment = max(dice.later(binary.created_at, 0.2, 3), made.created_at)
        if moment < (made.deleted_at or AS_OF):
            made.rollouts.append((moment, binary))


def _mislead(dice: Dice, made: Deployment) -> None:
    """Plant what makes it hard to find the weights of a deployment."""
    mess = dice.one_of(HOW)
    latest = made.rollouts[-1][1]
    if mess == "wrong_tag" and latest.number < 2:
        dice.planted[mess] -= 1
        return
    made.mess |= {mess} - {""}
    made.how = {"orphan_endpoint": "image", "alias_moved": "alias", "wrong_tag": "declared"}.get(mess, made.how)
    if mess == "ghost_binary":
        made.how, latest.is_deleted = "natural", True


def _forerunner(dice: Dice, made: Deployment) -> Deployment:
    """The endpoint that had this one's name before it, and was deleted."""
    reborn_at = dice.later(ago(80), 0, 40)
    former = Deployment(
        made.name, made.tool, made.cluster, made.created_at, made.environment, made.how, reborn_at - timedelta(days=9)
    )
    former.rollouts = [each for each in made.rollouts if each[0] < reborn_at - timedelta(days=9)]
    made.created_at = reborn_at
    kept = [each for each in made.rollouts if each[0] <= reborn_at][-1:]
    made.rollouts = [(reborn_at, each) for _, each in kept] + [each for each in made.rollouts if each[0] > reborn_at]
    former.mess.add("reused_arn")
    made.mess.add("reused_arn")
    return former

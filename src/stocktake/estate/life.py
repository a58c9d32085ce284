"""The life of a model: it is trained again and again, its weights are rolled out, and mess befalls it."""

from __future__ import annotations

from datetime import datetime, timedelta

from stocktake.estate.clock import AS_OF, ago
from stocktake.estate.code import commit_at
from stocktake.estate.company import CLOUD, LAKEHOUSE, Binary, Code, Model, Team, Training
from stocktake.estate.dice import Dice
from stocktake.estate.mess import EVENTS_KEPT
from stocktake.estate.names import VENDORS

CADENCES = ((7, 3), (14, 7), (30, 30), (91, 40), (182, 20))  # days between trainings, and how many of 100 have it
PEOPLE_AFFECTING = ("credit", "fraud", "pricing", "claims", "staffing", "churn")
LIVES = ("bought", "retired", "never_registered", "two_codes", "neglected", "paused_pipeline")


def make_model(dice: Dice, team: Team, name: str, days: int) -> Model:
    """A model before its first training."""
    life = dice.one_of(LIVES)
    oldest = min(days, 730.0) if days < 730 else float(days)
    born_at = ago(dice.uniform(0.55 if life in ("retired", "neglected", "paused_pipeline") else 0.03, 1) * oldest)
    cadence = dice.choices([each for each, _ in CADENCES], [weight for _, weight in CADENCES])[0]
    owner = None if dice.mess("no_owner") else dice.choice(team.people)
    slug = name.replace("-", "_")
    family = name if team.stack == CLOUD else f"{team.name}.{slug}"
    model = Model(name, family, team, born_at, cadence, owner, [Code(f"models/{slug}/train.py", born_at)])
    model.people_affecting = name.startswith(PEOPLE_AFFECTING)
    model.mess |= {life} - {""}
    if owner is None:
        model.mess.add("no_owner")
    elif dice.mess("conflicting_owner"):
        model.mess.add("conflicting_owner")
    if life == "bought":
        model.vendor, model.codes = dice.choice(VENDORS), []
    if life == "two_codes":
        model.codes.append(Code(f"models/{slug}_v2/train.py", born_at + (AS_OF - born_at) * 0.5))
    if life == "retired":
        model.retired_at = born_at + (AS_OF - born_at) * dice.uniform(0.55, 0.95)
        model.codes[0].removed_at = model.retired_at
    if team.stack == LAKEHOUSE and not model.vendor:
        model.views = dice.sample(team.views, dice.randint(1, min(3, len(team.views))))
    if team.stack != CLOUD and model.codes and life not in ("retired", "two_codes") and dice.mess("bare_script"):
        model.mess.add("bare_script")
    return model


def train(dice: Dice, model: Model) -> None:
    """Every training of a model until now, and the weights that came of it."""
    if model.vendor:
        releases = [_bought(dice, model, number) for number in range(1, dice.randint(2, 4))]
        model.binaries = [each for each in releases if each.created_at < ago(1)]
        return
    for moment in _moments(dice, model):
        attempt = _attempt(dice, model, moment)
        model.trainings.append(attempt)
        if not attempt.has_failed:
            model.binaries.append(_weights(dice, model, attempt))
    model.codes = [code for code in model.codes if any(each.code is code for each in model.trainings)]


def train_parts(dice: Dice, model: Model, parts: int) -> None:
    """One training by hand for each part (a country, a shop, a language), all within the last weeks."""
    model.trainings, model.binaries = [], []
    for number in range(parts):
        attempt = _attempt(dice, model, dice.later(max(ago(45), model.born_at), 1, 20), can_fail=False)
        attempt.is_manual = True
        model.trainings.append(attempt)
        model.binaries.append(_weights(dice, model, attempt))
        model.binaries[-1].part = f"part-{number + 1:03}"


def _moments(dice: Dice, model: Model) -> list[datetime]:
    """When a model was trained: by its cadence, until its training stopped."""
    end = model.retired_at or AS_OF
    if "paused_pipeline" in model.mess:
        end = ago(120)
    if "neglected" in model.mess:
        end = model.born_at + (AS_OF - model.born_at) * 0.4
    moments = [dice.later(model.born_at, 1, 4)]
    while (moment := dice.later(moments[-1], model.cadence * 0.97, model.cadence * 1.03)) < min(end, ago(0.5)):
        moments.append(moment)
    return moments


def _attempt(dice: Dice, model: Model, moment: datetime, *, can_fail: bool = True) -> Training:
    has_failed = can_fail and dice.mess("failed_run")
    ended_at = (moment + timedelta(minutes=dice.uniform(3, 90))).replace(microsecond=0)
    code = max((each for each in model.codes if each.added_at <= moment), key=lambda each: each.added_at)
    commit = commit_at(model.team, moment)
    number = len(model.trainings) + 1
    attempt = Training(number, dice.hex(32), dice.uuid(), dice.uuid(), moment, ended_at, code, commit, dice.hex(8))
    attempt.has_failed = has_failed and number > 1
    attempt.is_manual = dice.random() < 0.06
    attempt.has_lost_events = model.team.stack == LAKEHOUSE and moment < ago(EVENTS_KEPT)
    attempt.has_lost_id = model.team.stack == LAKEHOUSE and not attempt.is_manual and dice.mess("lost_id")
    return attempt


def _weights(dice: Dice, model: Model, attempt: Training) -> Binary:
    number, model_id = len(model.binaries) + 1, f"m-{dice.hex(32)}"
    place = (
        f"{model.team.lake}/models/{model.name}/{number}/model.tar.gz"
        if model.team.stack == CLOUD
        else f"s3://meridian-models/{experiment(model)}/models/{model_id}/artifacts"
    )
    return Binary(number, model_id, place, attempt.ended_at, attempt)


def _bought(dice: Dice, model: Model, number: int) -> Binary:
    place = f"s3://{model.vendor}-releases/{model.name}/{model.team.name}/{number}/model.tar.gz"
    return Binary(number, f"m-{dice.hex(32)}", place, dice.later(model.born_at, 30 * (number - 1), 30 * number - 1))


def experiment(model: Model) -> str:
    """The id of a model's experiment in MLflow: a number, unique by team and model."""
    return str((model.team.number + 1) * 1000 + model.team.models.index(model))


def share_code(dice: Dice, team: Team) -> None:
    """Let one train.py train for several models of a team, where that mess befalls it."""
    able = [each for each in team.models if each.codes and not each.mess & {"two_codes", "retired", "bare_script"}]
    if len(able) < 3 or not dice.mess("generic_code"):
        return
    chosen = dice.sample(able, min(4, len(able)))
    team.mess.add("generic_code")
    shared = Code("pipelines/generic/train.py", min(each.born_at for each in chosen))
    for model in chosen:
        model.codes = [shared]
        model.mess.add("generic_code")

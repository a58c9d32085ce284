"""From a seed to a company: team after team, each written by every tool and then forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from stocktake.estate.care import note_binaries, note_deployment, note_model, note_training
from stocktake.estate.clock import AS_OF, iso
from stocktake.estate.clock import readings as moments
from stocktake.estate.code import write_history
from stocktake.estate.company import Model, Team
from stocktake.estate.dice import Dice
from stocktake.estate.facts import tell
from stocktake.estate.life import make_model, share_code, train, train_parts
from stocktake.estate.mess import PLANTED
from stocktake.estate.out import Out
from stocktake.estate.serving import deploy, deploy_parts
from stocktake.estate.teams import Place, make_team, places, purposes
from stocktake.estate.tools import airflow, dbt, directory, feast, git, kserve, mlflow, openlineage, sagemaker
from stocktake.estate.truth import Truth

SUMMARY = "truth/summary.json"


@dataclass(frozen=True, slots=True)
class Size:
    """How large the company is. models: purposes. days: how far back its history goes. scale: times as many models."""

    models: int = 300
    days: int = 730
    seed: int = 1
    scale: int = 1


def generate(folder: Path, *companies: Size) -> dict[str, Any]:
    """Write a company, or several side by side in the same tools, into a folder: `recorded/` and `truth/`.

    Gives, and writes as `truth/summary.json`, how many of each there are, and of each mess how often it could have been
    planted and was. Needs memory for one team at a time.
    """
    asked, planted = Counter[str](), Counter[str]()
    with Out(folder) as out:
        truth = Truth(out)
        kserve.begin(out, moments(max(each.days for each in companies)))
        for dice, place, size in _teams(companies):
            write(make(dice, place, size.days), out, truth, size.days)
            asked += dice.asked
            planted += dice.planted
        summary = {
            "as_of": iso(AS_OF),
            "size": asdict(companies[0]),
            "things": dict(sorted(truth.kinds.items())),
            "edges": dict(sorted(truth.edges.items())),
            "mess": [asdict(each) | {"asked": asked[each.name], "planted": planted[each.name]} for each in PLANTED],
        }
        out.value(SUMMARY, summary)
    return summary


def _teams(companies: tuple[Size, ...]) -> Iterator[tuple[Dice, Place, Size]]:
    """The teams of all companies, each with a number and so with names of its own."""
    first = 0
    for size in companies:
        for place in places(size.models * size.scale, first):
            yield Dice(size.seed, place.number), place, size
            first = place.number + 1


def make(dice: Dice, place: Place, days: int) -> Team:
    """One team with all that it ever did."""
    team = make_team(dice, place, days)
    for name in purposes(dice, place.models):
        team.models.append(make_model(dice, team, name, days))
    share_code(dice, team)
    write_history(dice, team)
    for model in team.models:
        note_model(dice, model)
        train(dice, model)
    parted = _whole(team) if place.parts else None
    for model in team.models:
        if model is parted:
            train_parts(dice, model, place.parts)
            deploy_parts(model)
        elif model.binaries:
            deploy(dice, model)
        _note(dice, model)
    return team


def _note(dice: Dice, model: Model) -> None:
    """What is noted of all that a model left behind."""
    for training in model.trainings:
        note_training(dice, model, training)
    note_binaries(dice, model)
    for deployment in model.deployments:
        note_deployment(dice, model, deployment)


def _whole(team: Team) -> Any:
    """The first model that nothing has befallen: the one that has hundreds of parts."""
    return next((each for each in team.models if not each.mess), None)


def write(team: Team, out: Out, truth: Truth, days: int) -> None:
    """What is true of a team, and what every tool says of it."""
    readings = moments(days)
    tell(team, truth)
    for tool in (directory, git, mlflow, airflow, openlineage, feast, dbt):
        tool.write(team, out, truth)
    sagemaker.write(team, out, truth, readings)
    kserve.write(team, out, truth, readings)
    truth.flush()

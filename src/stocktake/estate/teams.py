"""A team: its people, its repository, its feature views, and what its models are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from stocktake.estate.care import care_of, note_view
from stocktake.estate.clock import ago
from stocktake.estate.company import CLOUD, LAKEHOUSE, NOTEBOOK, Person, Team, View
from stocktake.estate.dice import Dice
from stocktake.estate.mess import MANY_MODELS, SAME_NAME
from stocktake.estate.names import DOMAIN, FIRST, FORMS, LAST, MEASURES, SHARED, SUBJECTS, team_name

SIZE = 12  # models of a team
STACKS = (LAKEHOUSE, CLOUD, NOTEBOOK, LAKEHOUSE, LAKEHOUSE, CLOUD, LAKEHOUSE, CLOUD, LAKEHOUSE, NOTEBOOK)


@dataclass(frozen=True, slots=True)
class Place:
    """A team's place among all: how many models it has, and how many parts one of them has, if any."""

    number: int
    models: int
    parts: int


def places(models: int, first: int = 0) -> Iterator[Place]:
    """The teams of a company with so many models, numbered from the first on."""
    for number, start in enumerate(range(0, models, SIZE), first):
        end = min(start + SIZE, models)
        has_parts = start // MANY_MODELS != end // MANY_MODELS
        yield Place(number, end - start, min(200, models // 2) if has_parts else 0)


def make_team(dice: Dice, place: Place, days: int) -> Team:
    """A team without models yet."""
    name = team_name(place.number)
    people = _people(dice, name)
    former = f"https://git.{DOMAIN}/{name}/{name}-models"
    team = Team(
        number=place.number,
        name=name,
        stack=LAKEHOUSE if place.parts else STACKS[place.number % len(STACKS)],
        people=people,
        repository=former,
        former_repository=former,
        renamed_at=None,
        care=care_of(dice),
    )
    renamed = dice.one_of(("renamed_repository", "lost_repository"))
    if renamed:
        team.mess.add(renamed)
        team.repository, team.renamed_at = f"https://git.{DOMAIN}/ml-platform/{name}", _renaming(dice, days)
    if team.stack == LAKEHOUSE:
        team.views = _views(dice, team, max(2, place.models // 2))
        for view in team.views:
            note_view(dice, team, view)
    return team


def _renaming(dice: Dice, days: int) -> datetime:
    return ago(dice.uniform(0.1, 0.6) * days)


def _people(dice: Dice, team: str) -> list[Person]:
    chosen = dice.sample([f"{first}.{last}" for first in FIRST for last in LAST], dice.randint(4, 8))
    return [
        Person(
            email=f"{each}@{team}.{DOMAIN}",
            handle=f"@{each.replace('.', '-')}-{team}",
            name=each.replace(".", " ").title(),
            has_left=dice.mess("owner_left"),
        )
        for each in chosen
    ]


def _views(dice: Dice, team: Team, count: int) -> list[View]:
    views = []
    for subject in dice.sample(SUBJECTS, min(count, len(SUBJECTS))):
        name = f"{subject}_stats"
        features = [f"{subject}_{measure}" for measure in dice.sample(MEASURES, dice.randint(2, 4))]
        raw = [f"raw_{subject}"] + ([f"raw_{subject}_events"] if dice.random() < 0.3 else [])
        views.append(View(name, features, raw, f"{team.lake}/features/{name}.parquet", dice.choice(team.people)))
    return views


def purposes(dice: Dice, count: int) -> list[str]:
    """What a team's models are for, each once; some come from a list that all teams share."""
    own = [f"{subject}-{form}" for subject in SUBJECTS for form in FORMS]
    found: dict[str, None] = {}
    while len(found) < count:
        found[dice.choice(SHARED) if dice.random() < SAME_NAME else dice.choice(own)] = None
    return list(found)

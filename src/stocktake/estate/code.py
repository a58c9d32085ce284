"""The history of a team's repository: files that come, change and go."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta

from stocktake.estate.clock import AS_OF
from stocktake.estate.company import Code, Commit, Team
from stocktake.estate.dice import Dice

Change = tuple[str, str, str]


def write_history(dice: Dice, team: Team) -> None:
    """Every commit of the team's repository, oldest first."""
    began_at = min(model.born_at for model in team.models) - timedelta(days=9)
    told: list[tuple[datetime, str, list[Change]]] = [
        (began_at, "Begin", [("A", "README.md", ""), ("A", "CODEOWNERS", ""), ("A", "features/views.py", "")])
    ]
    codes = {code.path: code for model in team.models for code in model.codes}
    for code in codes.values():
        told.append((code.added_at - timedelta(days=2), f"Train {code.path}", [("A", code.path, "")]))
        for at in _edits(dice, code.added_at, code.removed_at or AS_OF):
            reviewed = f" (#{dice.randint(10, 999)})" if dice.random() < team.care else ""
            told.append((at, f"Tune it{reviewed}", [("M", code.path, "")]))
        if dice.random() < team.care:
            told += _documents(dice, code)
        if code.removed_at:
            told.append((code.removed_at, f"Retire {code.path}", [("D", code.path, "")]))
    told.sort(key=lambda each: each[0])
    team.commits = [Commit(dice.hex(40), at, dice.choice(team.people), subject, c) for at, subject, c in told]


def _documents(dice: Dice, code: Code) -> list[tuple[datetime, str, list[Change]]]:
    """A model card beside the code, and now and then a later word on it."""
    card = f"{code.path.rpartition('/')[0]}/README.md"
    written_at = dice.later(code.added_at, 1, 60)
    later = [at for at in _edits(dice, written_at, AS_OF) if dice.random() < 0.5]
    told = [(written_at, "Describe the model", [("A", card, "")])]
    told += [(at, "Describe what changed", [("M", card, "")]) for at in later]
    return [each for each in told if each[0] < AS_OF]


def _edits(dice: Dice, start: datetime, end: datetime) -> list[datetime]:
    """When a file was changed, every three months or so."""
    found, moment = [], dice.later(start, 5, 120)
    while moment < end - timedelta(days=1):
        found.append(moment)
        moment = dice.later(moment, 40, 160)
    return found


def commit_at(team: Team, moment: datetime) -> str:
    """The latest commit before a moment."""
    place = bisect_right(team.commits, moment, key=lambda each: each.at)
    return team.commits[max(place - 1, 0)].sha

"""The company's own directory of people and teams: a plain export, read by the connector for files."""

from __future__ import annotations

from stocktake.estate.company import Team
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, owner_id

FILE = "recorded/directory/people.jsonl"


def write(team: Team, out: Out, truth: Truth) -> None:
    """The team and each of its people, those who left among them."""
    out.line(FILE, {"entry": "Team", "id": team.handle, "name": f"Team {team.name}"})
    truth.tells(owner_id(team), "directory", "Team", team.handle)
    for person in team.people:
        told = {"entry": "Person", "id": person.email, "handle": person.handle, "name": person.name}
        out.line(FILE, {**told, "team": team.handle, "active": not person.has_left})
        truth.tells(owner_id(person), "directory", "Person", person.email)

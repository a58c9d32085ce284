"""What is really there, written beside what the tools say of it.

`truth/things.jsonl` has a line per real thing: id, kind, name, mess, `ended_at` of what is there no more, and `told`:
which records speak of it as something of its own, as [source, label, key, name], with a name where the record speaks
of several things of that kind. `truth/edges.jsonl` has a line per real link: edge, from, to, mess, and `told`, the
source that tells of it. `truth/models.jsonl` has a line per purpose, which is what people mean by a model: what it is
made of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from stocktake.estate.clock import iso
from stocktake.estate.company import Binary, Code, Deployment, Model, Person, Team, Training, View
from stocktake.estate.out import Out

Told = list[str]


def code_id(team: Team, code: Code) -> str:
    """The id of a source file in the truth."""
    return f"model_code:{team.name}/{code.path}"


def family_id(model: Model) -> str:
    """The id of a family."""
    return f"model_family:{model.team.name}/{model.name}"


def binary_id(model: Model, binary: Binary) -> str:
    """The id of a binary."""
    return f"model_binary:{model.team.name}/{model.name}/{binary.number}"


def run_id(model: Model, training: Training, step: str = "") -> str:
    """The id of a training run; step: of what the pipeline did around it."""
    return f"workflow_run:{model.team.name}/{model.name}/{training.number}{'/' if step else ''}{step}"


def dataset_id(model: Model) -> str:
    """The id of a model's training set."""
    return f"dataset:{model.team.name}/{model.name}"


def deployment_id(model: Model, deployment: Deployment) -> str:
    """The id of a deployment; one that got the name of an earlier one is another."""
    return f"model_deployment:{model.team.name}/{deployment.name}@{iso(deployment.created_at)[:10]}"


def source_id(team: Team, name: str) -> str:
    """The id of a feature source."""
    return f"feature_source:{team.name}/{name}"


def feature_id(team: Team, view: View, feature: str) -> str:
    """The id of a feature."""
    return f"feature:{team.name}/{view.name}:{feature}"


def owner_id(owner: Team | Person) -> str:
    """The id of a team or person."""
    return f"owner:{owner.handle}"


class Truth:
    """The truth of one team at a time, written out when the team is done."""

    def __init__(self, out: Out) -> None:
        self.out = out
        self.kinds: Counter[str] = Counter()
        self.edges: Counter[str] = Counter()
        self._things: dict[str, dict[str, Any]] = {}

    def thing(self, id_: str, name: str, mess: Iterable[str] = (), ended_at: datetime | None = None) -> None:
        """A real thing; said again, its mess adds up."""
        kind = id_.partition(":")[0]
        told = self._things.setdefault(id_, {"id": id_, "kind": kind, "name": name, "mess": [], "told": []})
        told["mess"] = sorted({*told["mess"], *mess})
        if ended_at:
            told["ended_at"] = iso(ended_at)

    def tells(self, id_: str, source: str, label: str, key: str, name: str = "") -> None:
        """A record that speaks of a thing. name: how it calls it, where it speaks of several of that kind."""
        told: Told = [source, label, key, name]
        if told not in self._things[id_]["told"][-2:]:
            self._things[id_]["told"].append(told)

    def edge(self, name: str, ends: tuple[str, str], told: str = "", mess: Iterable[str] = ()) -> None:
        """A real link. told: the source that says so, nothing where none does."""
        from_, to = ends
        self.edges[name] += 1
        line = {"edge": name, "from": from_, "to": to, "told": told, "mess": sorted(mess)}
        self.out.line("truth/edges.jsonl", line)

    def model(self, model: Model) -> None:
        """A purpose, and what it is made of."""
        self.kinds["model"] += 1
        self.out.line(
            "truth/models.jsonl",
            {
                "id": f"model:{model.team.name}/{model.name}",
                "mess": sorted(model.mess),
                "retired": model.retired_at is not None,
                "codes": [code_id(model.team, each) for each in model.codes],
                "families": [] if "never_registered" in model.mess else [family_id(model)],
                "binaries": [binary_id(model, each) for each in model.binaries],
                "deployments": [deployment_id(model, each) for each in model.deployments],
            },
        )

    def flush(self) -> None:
        """Write what was said of a team."""
        for told in self._things.values():
            self.kinds[told["kind"]] += 1
            self.out.line("truth/things.jsonl", told)
        self._things = {}

"""Scores and roll-ups in plain Python, read from the YAML files and from what their words mean alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml
from tests.metrics import oracle
from tests.metrics.oracle import Part, Told
from tests.metrics.oracle_sql import value_of

Row = dict[str, Any]
World = Mapping[str, list[Row]]
Files = dict[str, dict[str, Any]]

UNKNOWN: Told = (Fraction(0), None, Fraction(4))
NOTHING: Told = (None, None, None)
KEYS = {
    "servings": "serving_id",
    "deployments": "deployment_id",
    "binaries": "binary_id",
    "runs": "run_id",
    "datasets": "dataset_id",
    "features": "feature_id",
    "feature_sources": "feature_source_id",
    "models": "model_id",
}
KINDS = {
    "deployments": "model_deployment",
    "binaries": "model_binary",
    "runs": "workflow_run",
    "datasets": "dataset",
    "features": "feature",
    "feature_sources": "feature_source",
}
SHARE_LEVELS = {
    "all": {"level": 4, "when": "value >= 1"},
    "nearly_all": {"level": 3, "when": "value >= 0.95"},
    "most": {"level": 2, "when": "value >= 0.8"},
    "half": {"level": 1, "when": "value >= 0.5"},
    "few": {"level": 0},
}


@dataclass(frozen=True)
class Outcome:
    """What a metric says of one row. name: of a bucket, or unknown, not_applicable, exempt, error."""

    name: str
    told: Told


def read(folder: Path) -> Files:
    """Every metric and group of a folder, as YAML has them."""
    paths = [path for path in sorted(folder.glob("*.yaml")) if not path.name.endswith(".cases.yaml")]
    return {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in paths}


def outcome(file: dict[str, Any], row: Row, as_of: datetime, scopes: Sequence[str | None] = ()) -> Outcome:
    """The first case that is true. scopes: of the waivers in force, None: every row."""
    known = {**row, "as_of": as_of.replace(tzinfo=None)}
    applies = value_of(str(file["where"]), known) if "where" in file else True
    waived = [True if scope is None else value_of(scope, known) for scope in scopes]
    if applies is False:
        return Outcome("not_applicable", NOTHING)
    if True in waived:
        return Outcome("exempt", NOTHING)
    value = value_of(str(file["value"]), known) if "value" in file else None
    if value is not None and "unit" in file:
        value = round(float(value), 9)
    is_state = file.get("absence") == "is a state"
    if applies is None or None in waived or ("value" in file and value is None and not is_state):
        return Outcome("unknown", UNKNOWN)
    for name, bucket in file["buckets"].items():
        holds = value_of(str(bucket["when"]), {**known, "value": value}) if "when" in bucket else True
        if holds is None:
            return Outcome("unknown", UNKNOWN)
        if holds:
            return Outcome(name, (Fraction(bucket["level"]),) * 3)
    return Outcome("error", UNKNOWN)


def whole(method: str, levels: Mapping[str, Any] | None, parts: list[Part], told: Fraction = Fraction(0)) -> Told:
    """A method's interval on the scale of levels."""
    name, _, numbers = method.rstrip(")").partition("(")
    ends = oracle.roll_up(name.strip(), [float(each) for each in numbers.split(",") if each.strip()], parts, told)
    if name.strip() not in ("share", "count"):
        return ends
    low, point, high = (_level(end, levels or SHARE_LEVELS) for end in ends)
    return low, point, high


def _level(value: Fraction | int | None, levels: Mapping[str, Any]) -> Fraction | None:
    if value is None:
        return None
    row = {"value": round(float(value), 9)}
    found = (each["level"] for each in levels.values() if "when" not in each or value_of(each["when"], row))
    return Fraction(next(found))


class Oracle:
    """All numbers of one world. waived: metric -> the scopes of its waivers in force."""

    def __init__(
        self, files: Files, world: World, as_of: datetime, waived: Mapping[str, Sequence[str | None]] | None = None
    ) -> None:
        self.files, self.world, self.as_of, self.waived = files, world, as_of, waived or {}
        self.metrics = {name: file for name, file in files.items() if "metric" in file}
        self.groups = {name: file for name, file in files.items() if "group" in file}
        self.told_shares = self._told_shares()
        self.outcomes = {
            name: {row[KEYS[file["table"]]]: self.score(name, row) for row in world[file["table"]]}
            for name, file in self.metrics.items()
        }
        self.models = {row["model_id"]: self._nodes(row["model_id"]) for row in world["models"]}

    def score(self, metric: str, row: Row) -> Outcome:
        return outcome(self.metrics[metric], row, self.as_of, self.waived.get(metric, ()))

    def below(self, name: str) -> set[str]:
        """The distinct metrics below a node."""
        if name in self.metrics:
            return {name}
        return {metric for child in self.children(name) for metric in self.below(child)}

    def children(self, name: str) -> list[str]:
        return [child for child, file in self.files.items() if name in (file.get("parents") or [])]

    def population(self, node: str, models: Sequence[str], method: str, numbers: Sequence[float] = ()) -> Told:
        """A node over some models, each a part of the same weight."""
        return oracle.roll_up(method, numbers, [Part(*self.models[model][node]) for model in models])

    def fixed(self, model: str, metric: str) -> dict[str, Told]:
        """A model's nodes if every part of it that takes part in a metric had the best level there."""
        best = max(bucket["level"] for bucket in self.metrics[metric]["buckets"].values())
        return self._nodes(model, {metric: self._metric(metric, model, best)})

    def _told_shares(self) -> dict[str, Fraction]:
        """Per deployment the told shares of all its servings, a binary of two models once."""
        slots = {
            (row["deployment_id"], row["binary_id"], row["slot"], row["share"])
            for row in self.world["servings"]
            if row["share"] is not None
        }
        found: dict[str, Fraction] = {}
        for deployment, _, _, share in slots:
            found[deployment] = found.get(deployment, Fraction(0)) + Fraction(str(share))
        return found

    def _nodes(self, model: str, told: Mapping[str, Told] | None = None) -> dict[str, Told]:
        """Every node of a model. told: metrics that are known already."""
        known = {**self.models[model], **told} if told else {}
        found = {name: known[name] if name in known else self._metric(name, model) for name in self.metrics}

        def node(name: str) -> Told:
            if name not in found:
                file = self.groups[name]
                weights = file.get("weights") or {}
                parts = [
                    Part(*node(child), weight=Fraction(str(weights.get(child, 1)))) for child in self.children(name)
                ]
                found[name] = whole(str(file.get("method", "mean")), file.get("levels"), parts)
            return found[name]

        return {name: node(name) for name in self.files}

    def _metric(self, name: str, model: str, best: int | None = None) -> Told:
        """A metric of a model. best: the level of every part that takes part, instead of its own."""
        file = self.metrics[name]
        steps = file.get("roll_up") or {}
        if file["table"] == "models":
            return _raised(self.outcomes[name][model].told, best)
        if file["table"] == "servings":
            return self._of_servings(name, model, steps, best)
        parts = self._parts(file["table"], model)
        rows = {row[KEYS[file["table"]]]: row for row in self.world[file["table"]]}
        by = steps.get("latest_by")
        told = []
        for key, is_live in parts:
            own = self.outcomes[name].get(key)
            time = rows[key][by] if by and key in rows else None
            told.append(Part(*_raised(own.told if own and is_live else UNKNOWN, best), time=_seconds(time)))
        return whole(str(steps.get("model", "worst")), steps.get("levels"), told)

    def _of_servings(self, name: str, model: str, steps: dict[str, Any], best: int | None) -> Told:
        rows = [row for row in self.world["servings"] if row["model_id"] == model and row["is_live"] is not False]
        by = steps.get("latest_by")
        pairs = []
        for deployment in sorted({row["deployment_id"] for row in rows}):
            parts = [
                Part(
                    *_raised(self.outcomes[name][row["serving_id"]].told if row["is_live"] else UNKNOWN, best),
                    share=oracle.exactly(row["share"]),
                    time=_seconds(row[by]) if by else None,
                )
                for row in rows
                if row["deployment_id"] == deployment
            ]
            told = whole(
                str(steps.get("deployment", "worst")),
                steps.get("levels"),
                parts,
                self.told_shares.get(deployment, Fraction(0)),
            )
            times = [part.time for part in parts if part.low is not None]
            latest = None if None in times or not times else max(each for each in times if each is not None)
            pairs.append(Part(*told, time=latest))
        return whole(str(steps.get("model", "worst")), steps.get("levels"), pairs)

    def _parts(self, table: str, model: str) -> list[tuple[str | None, bool | None]]:
        """The parts of a model that are live or may be; of binaries also the one that a deployment does not tell."""
        found: list[tuple[str | None, bool | None]] = [
            (row["artifact_id"], row["is_live"])
            for row in self.world["model_parts"]
            if (row["model_id"], row["kind"]) == (model, KINDS[table]) and row["is_live"] is not False
        ]
        if table == "binaries" and any(
            row["model_id"] == model and row["binary_id"] is None and row["is_live"] is not False
            for row in self.world["servings"]
        ):
            found.append((None, None))
        return found


def _raised(told: Told, best: int | None) -> Told:
    """An interval, or the best level in its place."""
    return told if best is None or told[0] is None else (Fraction(best),) * 3


def _seconds(moment: Any) -> int | None:
    return None if moment is None else int((moment - datetime(2020, 1, 1)).total_seconds())  # noqa: DTZ001 - as in the lake

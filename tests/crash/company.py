"""A small company whose tool tells something else every day: new binaries, changed runs, deployments that vanish."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from stocktake.project import Project, open_project

BEGAN_AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
VOCABULARY = """vocabulary: tool
says: What the words of a test's tool mean.
namespaces:
  tool_run: {rank: 30, says: A run.}
  tool_binary: {rank: 30, says: A binary.}
  tool_code: {rank: 30, says: A file.}
labels:
  Run:
    says: state
    about: A training run.
    claims:
      - kind: workflow_run
        fields: {name: $.name, ended_at: time($.ended), owners: texts($.owners)}
        same_as: {tool_run: $.id}
        links:
          - edge: model_code
            to: {tool_code: $.code}
  Binary:
    says: state
    about: A binary.
    claims:
      - kind: model_binary
        fields: {name: $.name, version: $.version}
        same_as: {tool_binary: $.id}
        links:
          - edge: workflow_run
            to: {tool_run: $.run}
  Place:
    says: state
    about: A deployment.
    claims:
      - kind: model_deployment
        fields: {name: $.name, status: $.status, last_request_at: time($.asked)}
        links:
          - edge: serves
            to: {tool_binary: $.binary}
  Code:
    says: state
    about: A file that trains.
    claims:
      - kind: model_code
        fields: {name: $.name, owners: texts($.owners)}
        same_as: {tool_code: $.id}
"""
SOURCE = """connector: files
path: told/{label}.jsonl
vocabulary: tool
label: {label}
key: id
recorded_at: {at:%Y-%m-%dT%H:%M:%SZ}
"""
LABELS = ("Run", "Binary", "Place", "Code")
METRIC = """extends: retraining_age
metric: retraining_age
asks: Did it learn lately, as agreed on day {day}?
"""


def day_of(number: int) -> datetime:
    """The moment of a day."""
    return BEGAN_AT + timedelta(days=number)


def make(root: Path, store: str = "") -> Path:
    """The project's folder, before its first day. store: its address."""
    (root / "sources").mkdir(parents=True)
    for folder in ("vocabulary", "told", "metrics"):
        (root / folder).mkdir()
    (root / "vocabulary" / "tool.yaml").write_text(VOCABULARY)
    told = f"store: {store}\n" if store else ""
    (root / "stocktake.yaml").write_text(f"project: small\nas_of: {BEGAN_AT:%Y-%m-%d}\n{told}")
    return root


def tell(root: Path, number: int, size: int = 60, prefix: str = "") -> Project:
    """Let the tool tell what is so on a day, on which the project then looks; the same for everyone who asks.

    size: how many models there are. prefix: of the names of its sources.
    """
    choose = random.Random(number)
    told: dict[str, list[dict[str, Any]]] = {label: [] for label in LABELS}
    for each in range(size):
        if choose.random() < 0.1:
            continue  # not there today
        version = number // (1 + each % 5)
        owners = [f"team-{each % 7}@acme.example"]
        ended = f"{day_of(version):%Y-%m-%dT%H:%M:%SZ}"
        told["Code"].append({"id": f"m{each}.py", "name": f"m{each}.py", "owners": owners})
        told["Run"] += [
            {"id": f"r{each}-{v}", "name": "train", "ended": ended, "owners": owners, "code": f"m{each}.py"}
            for v in range(max(0, version - 2), version + 1)
        ]
        told["Binary"].append(
            {"id": f"b{each}", "name": f"b{each}", "version": str(version), "run": f"r{each}-{version}"}
        )
        asked = f"{day_of(number - each % 40):%Y-%m-%dT%H:%M:%SZ}"
        told["Place"].append(
            {"id": f"p{each}", "name": f"p{each}", "status": "up", "asked": asked, "binary": f"b{each}"}
        )
    for label, rows in told.items():
        (root / "told" / f"{label}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        (root / "sources" / f"{prefix}{label.lower()}.yaml").write_text(SOURCE.format(label=label, at=day_of(number)))
    (root / "metrics" / "retraining_age.yaml").write_text(METRIC.format(day=number))
    settings = (root / "stocktake.yaml").read_text()
    as_of = f"as_of: {day_of(number) + timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}"
    (root / "stocktake.yaml").write_text(re.sub("as_of: .*", as_of, settings))
    return open_project(root)

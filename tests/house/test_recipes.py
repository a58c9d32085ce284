"""CONTRIBUTING's recipes, followed: an addition to an empty project takes the files that are named there alone.

One company is added step by step. Its tool, Promptly, is one that Stocktake never heard of.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

from stocktake.cli.app import run
from stocktake.pipeline.line import Measured
from stocktake.pipeline.session import collect, current
from stocktake.project import open_project

CONTRIBUTING = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
CONNECTOR = '''
"""Promptly 1.0: prompts, and the endpoints that they are sent to, as it exports them."""

from __future__ import annotations

from collections.abc import Iterator

from stocktake.collect.answers import JSON, Document, documents, passed_over, read_each
from stocktake.errors import Problem
from stocktake.nouns import Seen, Source

LABELS = ("Endpoint", "Prompt")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every endpoint and prompt of the files."""
    yield from read_each(documents(source, endings=JSON), from_document)


def from_document(document: Document) -> Iterator[Seen]:
    """The lists of one export."""
    if not document.is_object:
        yield passed_over(document)
        return
    for name, label in (("endpoints", "Endpoint"), ("prompts", "Prompt")):
        for each in document.value.get(name, ()):
            yield Seen(label, str(each["id"]), each)
'''
VOCABULARY = """
vocabulary: promptly
says: What Promptly's words mean.
source: Promptly 1.0, its export
namespaces:
  promptly_endpoint: {rank: 30, says: An endpoint of Promptly.}
labels:
  Endpoint:
    about: A place where prompts are answered.
    claims:
      - kind: model_deployment
        fields: {name: $.id, status: "'up'"}
        same_as: {promptly_endpoint: $.id}
  Prompt:
    about: A prompt. No kind of ours is one.
    claims:
      - kind: none
"""
VOCABULARY_CASES = """
cases:
  - says: an endpoint is a deployment, a prompt is kept
    records:
      - {label: Endpoint, key: chat, body: {id: chat}}
      - {label: Prompt, key: greet, body: {id: greet, to: chat, words: 12, read_by: ana}}
    claims:
      - {kind: model_deployment, part: chat, fields: {name: chat, status: up}, same_as: {promptly_endpoint: chat}}
      - {kind: none, part: greet}
"""
KIND = '''
from __future__ import annotations

from typing import TYPE_CHECKING

from stocktake.schema.declare import Edge, Kind, edge, field

if TYPE_CHECKING:
    from stocktake.library.kinds.model_deployment import ModelDeployment


class Prompt(Kind):
    """What a deployment is asked with."""

    order = 95
    words: int | None = field("How long it is.")
    sent_to: Edge[ModelDeployment] = edge("Where it is answered.", to="model_deployment")
'''
DEFINITION = """
-- definition: long_prompt
-- says: A prompt is long when it has at least 100 words.
-- grain: one row per prompt
-- version: 1
-- owner: ml-governance
-- source: agreed in a test
SELECT
    prompt.id AS prompt_id, -- The prompt.
    prompt.words >= 100 AS is_member, -- Unknown where no source tells how long it is.
    prompt.words AS words -- The evidence.
FROM graph.prompt AS prompt
"""
DEFINITION_CASES = """
cases:
  - says: From 100 words on a prompt is long; one of which nobody tells may be.
    given:
      graph.prompt: [{id: a, words: 100}, {id: b, words: 99}, {id: c}]
    expect:
      - {prompt_id: a, is_member: true}
      - {prompt_id: b, is_member: false}
      - {prompt_id: c, is_member: null}
"""
TABLE = """
-- table: prompted
-- says: Every deployment that prompts are sent to, with how many were read by somebody.
-- grain: one row per deployment that a prompt is sent to
-- key: deployment_id
-- version: 1
-- owner: ml-governance
-- source: agreed in a test
SELECT
    sent.to_id AS deployment_id, -- The deployment.
    COUNT(*) AS prompt_count, -- The prompts that are sent to it.
    CASE WHEN COUNT(*) = COUNT(prompt.read_by) THEN COUNT(*) END AS read_count -- As many were read; unknown if any is.
FROM graph.prompt_sent_to AS sent
INNER JOIN graph.prompt AS prompt ON sent.from_id = prompt.id
GROUP BY sent.to_id
"""
TABLE_CASES = """
cases:
  - says: A deployment counts its prompts; who read them is known where all of them tell.
    given:
      graph.prompt: [{id: a, read_by: ana}, {id: b, read_by: bo}, {id: c}]
      graph.prompt_sent_to:
        - {from_id: a, to_id: chat, to_is: described}
        - {from_id: b, to_id: chat, to_is: described}
        - {from_id: c, to_id: other, to_is: described}
    expect:
      - {deployment_id: chat, prompt_count: 2, read_count: 2}
      - {deployment_id: other, prompt_count: 1, read_count: null}
"""
METRIC = """
metric: prompts_read
asks: Did somebody read what this deployment is asked with?
owner: ml-governance
source: agreed in a test
parents: [security]
table: prompted
needs: [read_count]
value: read_count
unit: prompt
buckets:
  many: {level: 4, when: value >= 2}
  few: {level: 1}
roll_up:
  model: worst
"""
METRIC_CASES = """
cases:
  - {says: Two were read, row: {read_count: 2}, outcome: many}
  - {says: One was read, row: {read_count: 1}, outcome: few}
  - {says: Nobody tells, row: {prompt_count: 1}, outcome: unknown, reason: read_count}
"""
TOLD = {
    "endpoints": [{"id": "chat"}],
    "prompts": [
        {"id": "greet", "to": "chat", "words": 12, "read_by": "ana"},
        {"id": "explain", "to": "chat", "words": 140, "read_by": "bo"},
    ],
}


@dataclass(frozen=True)
class Company:
    """A project, and what recipes are followed in it."""

    root: Path

    def add(self, recipe: str, files: Mapping[str, str]) -> Measured:
        """Follow a recipe: write its files, and nothing else. Gives the numbers afterwards."""
        named = re.findall(r"`library/([^`]+)`", section(recipe))
        patterns = [re.sub("NAME|KIND", "*", each) for each in named]
        assert [path for path in files if not any(fnmatch(path, pattern) for pattern in patterns)] == []
        assert [pattern for pattern in patterns if not any(fnmatch(path, pattern) for path in files)] == []
        for path, text in files.items():
            (self.root / path).write_text(text.lstrip("\n"), "utf-8")
        assert run(["--project", str(self.root), "check"]) == 0
        project = open_project(self.root)
        [outcome] = collect(project)
        assert outcome.complete, outcome.problems
        return current(project)

    def changed(self, path: str, old: str, new: str) -> str:
        """The text of a file with one passage changed."""
        text = (self.root / path).read_text("utf-8")
        assert text.count(old) == 1
        return text.replace(old, new)


def section(recipe: str) -> str:
    """What CONTRIBUTING says under a recipe's name."""
    [found] = re.findall(rf"^### {recipe}\n(.*?)(?=^##)", CONTRIBUTING, re.MULTILINE | re.DOTALL)
    return str(found)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """An empty project, as `stocktake init` makes it, with one source that its tool will be read by."""
    root = tmp_path_factory.mktemp("recipes") / "company"
    assert run(["init", str(root)]) == 0
    (root / "export.json").write_text(json.dumps(TOLD))
    (root / "sources" / "promptly.yaml").write_text("connector: promptly\npath: export.json\n")
    return Company(root)


def rows(measured: Measured, table: str) -> list[dict[str, object]]:
    return list({**measured.snapshot, **measured.tables}[table].to_pylist())


def a_connector(company: Company) -> None:
    measured = company.add(
        "A connector",
        {
            "connectors/promptly.py": CONNECTOR,
            "vocabulary/promptly.yaml": VOCABULARY,
            "vocabulary/promptly.cases.yaml": VOCABULARY_CASES,
        },
    )

    assert [row["name"] for row in rows(measured, "model_deployment")] == ["chat"]
    assert {row["label"]: row["records"] for row in rows(measured, "label_count")} == {"Endpoint": 1, "Prompt": 2}


def a_kind(company: Company) -> None:
    prompt = """A prompt.
    claims:
      - kind: prompt
        fields: {name: $.id, words: $.words}
        links:
          - edge: sent_to
            to: {promptly_endpoint: $.to}"""
    case = """{kind: prompt, part: greet, fields: {name: greet, words: 12},
         links: [{edge: sent_to, to: "promptly_endpoint:chat"}]}"""
    none = "A prompt. No kind of ours is one.\n    claims:\n      - kind: none"
    measured = company.add(
        "A kind",
        {
            "kinds/prompt.py": KIND,
            "vocabulary/promptly.yaml": company.changed("vocabulary/promptly.yaml", none, prompt),
            "vocabulary/promptly.cases.yaml": company.changed(
                "vocabulary/promptly.cases.yaml", "{kind: none, part: greet}", case
            ),
        },
    )

    assert {row["name"]: row["words"] for row in rows(measured, "prompt")} == {"greet": 12, "explain": 140}
    assert len(rows(measured, "prompt_sent_to")) == 2


def a_field(company: Company) -> None:
    """One line in each of three files."""
    line = '    read_by: str | None = field("Who read it.")\n'
    lines = {
        "kinds/prompt.py": ("    sent_to:", f"{line}    sent_to:"),
        "vocabulary/promptly.yaml": ("words: $.words}", "words: $.words, read_by: $.read_by}"),
        "vocabulary/promptly.cases.yaml": ("words: 12},", "words: 12, read_by: ana},"),
    }
    measured = company.add("A field", {path: company.changed(path, *change) for path, change in lines.items()})

    assert {row["read_by"] for row in rows(measured, "prompt")} == {"ana", "bo"}


def a_definition(company: Company) -> None:
    measured = company.add(
        "A definition",
        {"definitions/long_prompt.sql": DEFINITION, "definitions/long_prompt.cases.yaml": DEFINITION_CASES},
    )

    assert sorted((row["words"], row["is_member"]) for row in rows(measured, "long_prompt")) == [
        (12, False),
        (140, True),
    ]


def a_table(company: Company) -> None:
    measured = company.add("A table", {"tables/prompted.sql": TABLE, "tables/prompted.cases.yaml": TABLE_CASES})

    assert [row["read_count"] for row in rows(measured, "prompted")] == [2]


def a_metric(company: Company) -> None:
    measured = company.add(
        "A metric",
        {"metrics/prompts_read.yaml": METRIC, "metrics/prompts_read.cases.yaml": METRIC_CASES},
    )

    assert measured.rollups.models["prompts_read__outcome"].to_pylist() == ["many"]


def test_every_recipe_takes_the_files_that_it_names_and_no_others(company: Company) -> None:
    for step in (a_connector, a_kind, a_field, a_definition, a_table, a_metric):
        step(company)

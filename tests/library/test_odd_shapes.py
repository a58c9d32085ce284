"""Whatever stands where a tool writes something else: records or problems come of it, and never a failure."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.library.real_parts import collected, decoder_of, lines

import stocktake.library
from stocktake.vocabulary.decode import SourceSettings

RECORDED = Path(stocktake.library.__file__).parent / "estates" / "acme" / "recorded"
TOOLS = {
    "airflow": "airflow", "bentoml": "bentoml", "dbt": "dbt", "feast": "feast", "kserve": "kserve",
    "mlflow": "mlflow", "openlineage": "openlineage", "ray_serve": "ray", "sagemaker": "sagemaker",
}  # fmt: skip
ODD: tuple[Any, ...] = (None, "", "x", 7, True, [], {}, [None], ["x"], {"x": None})
DEEPEST = 4
MOST = 120  # variants of a file
EVENTS = 3  # of a file of events


@pytest.mark.parametrize("tool", TOOLS)
def test_an_odd_value_anywhere_costs_at_most_its_own_file(tool: str, tmp_path: Path) -> None:
    """Each file of the recorded company, with each of its upper values replaced by each odd one."""
    count = 0
    for path in sorted(each for each in (RECORDED / TOOLS[tool]).iterdir() if each.is_file()):
        for odd in variants(path):
            (tmp_path / f"{count}.json").write_text(json.dumps(odd))
            count += 1

    seen, problems = collected(tool, tmp_path)
    decoder = decoder_of(tool)
    decoder.decode(lines(seen), [SourceSettings("real", None, {})])
    decoder.tables()

    assert count > 20
    assert all(each.where.partition(".json")[0].isdigit() and each.fix for each in problems)
    assert [str(each) for each in decoder.unreadable] == []


@pytest.mark.parametrize(
    ("tool", "answers", "labels"),
    [
        ("airflow", [{"dag_id": "d", "dag_run_id": "r"}, {"dag_id": "d", "is_paused": False}, "x"],
         ["DagRun", "Dag", "Document"]),
        ("mlflow", [{"info": {"run_id": "r"}}, {"registered_model": {"name": "m"}}, 7],
         ["RunExport", "RegisteredModel", "Unknown"]),
        ("sagemaker", [{"EndpointArn": "e"}, {"Models": [{"ModelArn": "m"}]}, None],
         ["Endpoint", "ModelSummary", "Unknown"]),
    ],
)  # fmt: skip
def test_a_file_may_list_answers(tool: str, answers: list[Any], labels: list[str], tmp_path: Path) -> None:
    """Each is read as it would be alone; a list of anything else stays whole."""
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    (tmp_path / "numbers.json").write_text("[1, 2, 3]")

    seen, problems = collected(tool, tmp_path)

    assert [each.label for each in seen] == [*labels, labels[-1]]
    assert problems == []


def variants(path: Path) -> Iterator[Any]:
    """Copies of what a file holds, each with one odd value."""
    for told in documents(path):
        places = list(below(told, ()))
        step = max(1, len(places) * len(ODD) // MOST)
        yield from (changed(told, place, odd) for place, odd in [(p, o) for p in places for o in ODD][::step])


def documents(path: Path) -> list[Any]:
    text = path.read_text("utf-8")
    if path.suffix == ".ndjson":
        return [json.loads(line) for line in text.splitlines()[:EVENTS]]
    return [json.loads(text) if path.suffix == ".json" else yaml.safe_load(text)]


def below(value: Any, place: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The places of a value and of what it holds, down to some depth."""
    yield place
    if len(place) < DEEPEST:
        inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
        for key, each in inner:
            yield from below(each, (*place, key))


def changed(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    """A copy with another value at one place."""
    if not place:
        return odd
    value = copy.deepcopy(value)
    inner = value
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = odd
    return value

"""Which installation is meant where an identifier names no server."""

from __future__ import annotations

from pathlib import Path

import pytest

from stocktake.pipeline.instances import default_instances
from stocktake.project import open_project


def instances(folder: Path, told: str = "", **sources: str) -> dict[str, str]:
    (folder / "sources").mkdir()
    (folder / "stocktake.yaml").write_text(f"project: p\n{told}", "utf-8")
    for name, text in sources.items():
        (folder / "sources" / f"{name}.yaml").write_text(text, "utf-8")
    return default_instances(open_project(folder))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("connector: mlflow\nurl: https://u:p@ml.acme.example:5000/base\ninstance: ml\n", "ml"),
        ("connector: mlflow\nurl: https://u:p@ml.acme.example:5000/base\n", "ml.acme.example:5000"),
        ("connector: mlflow\npath: exports\n", "tracking"),
    ],
)
def test_the_only_source_of_a_tool_is_the_installation_that_others_mean(tmp_path: Path, text: str, meant: str) -> None:
    assert instances(tmp_path, tracking=text) == {"mlflow": meant}


def test_what_the_project_names_goes_before_its_only_source(tmp_path: Path) -> None:
    assert instances(tmp_path, "instances: {mlflow: told}\n", a="connector: mlflow\npath: a\n") == {"mlflow": "told"}


def test_of_two_sources_of_a_tool_none_is_meant(tmp_path: Path) -> None:
    text = "connector: mlflow\npath: a\n"

    assert instances(tmp_path, a=text, b=text, c="connector: airflow\npath: c\n") == {"airflow": "c"}

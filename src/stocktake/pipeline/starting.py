"""A new project: a folder of small files, each of which says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

from stocktake.errors import ProjectError

PROJECT = """\
# A Stocktake project. Everything that it does not say is as in Stocktake's own library.
project: {name}
stale_after: 3d                   # a source that was not read completely for so long is stale
# as_of: 2026-01-31T00:00:00Z     # the moment that a run describes; without it, the time of the run
# instances:                      # whose ids are meant where a tool's answer names no server
#   mlflow: mlflow.{name}.example
#   airflow: airflow-{name}
"""
SOURCE = """\
# A source is one tool that is read. Rename this file to end in .yaml, and say where your tool answers.
connector: mlflow                 # or one of: {connectors}
url: https://mlflow.{name}.example
# path: exports/mlflow            # instead of url: a file or folder of exported answers
# token: ${{MLFLOW_TOKEN}}        # filled in from the environment when the source is read, and kept nowhere
instance: mlflow.{name}.example   # the name of this installation, for ids that name no server
"""
IGNORED = ".stocktake/\n"
FOLDERS = {
    "sources": "What is read: one file per tool.",
    "vocabulary": "What a tool's words mean: your own files replace or extend ours of the same name.",
    "definitions": "Agreed meanings, in SQL.",
    "tables": "Flat tables, in SQL.",
    "metrics": "What is asked of each artifact, and its buckets.",
    "waivers": "What is not judged for a while: by whom allowed, why, until when.",
    "targets": "Which level a node shall have, over which models, by which day.",
    "connectors": "Readers of tools that nobody foresaw.",
    "kinds": "Kinds of artifacts, or further fields of ours.",
}


def make_project(folder: Path) -> list[Path]:
    """Make an empty project in a folder; gives the files made. Raises ProjectError where there is a project already."""
    if (folder / "stocktake.yaml").exists():
        raise ProjectError(str(folder / "stocktake.yaml"), "a project is here already", "name another folder")
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "models"
    files = {
        "stocktake.yaml": PROJECT.format(name=name),
        "sources/mlflow.yaml.example": SOURCE.format(name=name, connectors=", ".join(connectors())),
        **{f"{each}/README.md": f"{says}\n" for each, says in FOLDERS.items()},
        ".gitignore": IGNORED,
    }
    made = []
    for path, text in files.items():
        target = folder / path
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, "utf-8")
            made.append(target)
    return made


def connectors() -> list[str]:
    """The connectors that ship."""
    folder = Path(__file__).resolve().parents[1] / "library" / "connectors"
    return sorted(each.stem for each in folder.glob("*.py") if not each.stem.startswith("_"))

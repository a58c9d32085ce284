"""Building a small company in real tools: a repository, an MLflow server, and what other tools said of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import QUIET, TOOLS

HERE = Path(__file__).parent
REMOTE = "git@git.globex.example:ml/mono.git"
LAKE = "s3://globex-lake/train"
CODEOWNERS = """\
# default
*                 @globex/platform
/models/churn/    @globex/growth zoe@globex.example
/models/rank*/    @globex/ranking  # an inline comment
/models/größe/    @globex/intl
/features/
"""
LINKED = {
    "git.repo_url": REMOTE, "feast.feature_service": "churn_v1", "feast.project": "globex",
    "openlineage.run_id": "01a2095e-5eb2-7a26-957d-edc9caafa4a1",
}  # fmt: skip
CHURN: dict[str, Any] = {"data": f"{LAKE}/churn.parquet", "data_name": "churn", "tags": LINKED, "register": "churn"}
TRAININGS: dict[str, list[dict[str, Any]]] = {
    "models/churn": [
        CHURN | {"experiment": "churn", "name": "retrain-1"},
        CHURN | {"experiment": "churn by hand", "name": "retrain-2", "data": f"{LAKE}/churn.parquet/"},
        CHURN | {"experiment": "churn", "name": "without model", "model": False, "register": None},
    ],
    # Its folder is renamed afterwards, and so is its family.
    "models/rank": [
        {"experiment": "großhandel", "sweep": True, "register": "rank-old", "data": f"{LAKE}/rank.parquet",
         "data_name": "rank", "tags": {"git.repo_url": "https://git.globex.example/ml/mono"}},
    ],
    # It names no repository: its commit finds it.
    "models/größe": [
        {"experiment": "größe", "name": "größe", "data": f"{LAKE}/größe daten.parquet", "data_name": "größe daten",
         "tags": {"owner": "intl"}},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class Given:
    """The ids that MLflow gave, by the names of the runs: of each run, and of the model that it logged."""

    runs: dict[str, str]
    models: dict[str, str]


def git(path: Path, *words: str) -> None:
    """A git command of the company's only committer."""
    who = ("-c", "user.name=Zoë Ünal", "-c", "user.email=zoe@globex.example", "-c", "protocol.file.allow=always")
    subprocess.run(["git", *who, *words], cwd=path, check=True, capture_output=True)


def make_repository(path: Path) -> None:
    """A repository for all teams, with owners, before its merge and rename."""
    for folder in (*TRAININGS, "features", ".github"):
        (path / folder).mkdir(parents=True)
    for number, folder in enumerate(TRAININGS):
        # Files of one content would be taken for renames of each other.
        (path / folder / "train.py").write_text((HERE / "train.py").read_text() + f"# {number}\n" * 40 * number)
    (path / "features" / "make.py").write_text("MADE = True\n")
    (path / ".github" / "CODEOWNERS").write_text(CODEOWNERS)
    git(path, "init", "-q", "-b", "main")
    git(path, "remote", "add", "origin", REMOTE)
    git(path, "add", ".")
    git(path, "commit", "-qm", "All that there is")


def go_on(path: Path) -> None:
    """A branch, a rename, a merge of both, and another repository inside."""
    git(path, "checkout", "-qb", "side")
    (path / "features" / "more.py").write_text("MORE = True\n")
    git(path, "add", ".")
    git(path, "commit", "-qm", "More")
    git(path, "checkout", "-q", "main")
    git(path, "mv", "models/rank", "models/ranking")
    git(path, "commit", "-qm", "A better name")
    git(path, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    inner = path.parent / "inner"
    inner.mkdir()
    git(inner, "init", "-q", "-b", "main")
    (inner / "train.py").write_text("INNER = True\n")
    git(inner, "add", ".")
    git(inner, "commit", "-qm", "Inner")
    git(path, "submodule", "--quiet", "add", str(inner), "libraries/inner")
    git(path, "commit", "-qm", "Another repository")


def train(path: Path, url: str) -> Given:
    """Every team trains; then the registry is tidied up."""
    told = {"MLFLOW_TRACKING_URI": url, "TRAININGS": json.dumps(TRAININGS), "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(TOOLS / "python"), str(HERE / "drive.py")], cwd=path, env={**os.environ, **QUIET, **told},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    given = [each for line in done.stdout.splitlines() if line.startswith("[{") for each in json.loads(line)]
    names = ("retrain-1", "retrain-2", "without model", "sweep", "trial-0", "trial-1", "größe")
    named = dict(zip(names, given, strict=True))
    runs = {name: told["run"] for name, told in named.items()}
    return Given(runs, {name: told["model"] for name, told in named.items() if "model" in told})


def make_project(folder: Path, repository: Path, url: str, models: dict[str, str]) -> None:
    """A project that reads all of the tools. models: places of logged models, by the word that stands for each."""
    # What a file does not date was told at the file's own time: now.
    shutil.copytree(HERE / "data", folder / "recorded", copy_function=shutil.copyfile)
    services = folder / "recorded" / "kserve" / "services.yaml"
    text = services.read_text()
    for word, place in models.items():
        text = text.replace(word, place)
    services.write_text(text)
    (folder / "sources").mkdir()
    (folder / "stocktake.yaml").write_text("project: globex\ninstances: {mlflow: mlflow.globex.example}\n")
    sources = {
        "mlflow": f"url: {url}\ninstance: mlflow.globex.example\nartifact_root: s3://globex-models\n",
        "git": f"path: {repository}\n",
        "feast": "path: recorded/feast/registry.json\n",
        "openlineage": "path: recorded/lineage\n",
        "dbt": "path: recorded/dbt\n",
        "kserve": "path: recorded/kserve\ninstance: prod\n",
        "sagemaker": "path: recorded/sagemaker\n",
    }
    for name, settings in sources.items():
        (folder / "sources" / f"{name}.yaml").write_text(f"connector: {name}\n{settings}")

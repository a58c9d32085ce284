"""What the git connector tells of commits is enough to look a file up in the tree of any of them."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pyarrow as pa
import pytest

from stocktake.graph.lookup import look_up, read_commits
from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source, canonical

REPOSITORY = "https://git.acme.example/growth/churn-model"
PATHS = [f"{folder}{name}.py" for folder in ("", "a/", "a/b/", "c/") for name in ("train", "fit", "data")]


def git(path: Path, *words: str, given: str | None = None) -> str:
    done = subprocess.run(["git", *words], cwd=path, input=given, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(params=[1, 2, 3])
def repo(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """80 commits on branches that part and merge at random; a merge, too, may change what neither side did."""
    chance = random.Random(request.param)
    lines = []
    for mark in range(1, 81):
        branch = f"refs/heads/b{mark}"
        lines.append(
            f"commit {branch}\nmark :{mark}\ncommitter Ana <ana@acme.example> {1767225600 + mark} +0000\ndata 1\nc\n"
        )
        if mark > 1:
            lines.append(f"from :{chance.randrange(max(1, mark - 5), mark)}\n")
        if mark > 5 and chance.random() < 0.3:
            lines.append(f"merge :{chance.randrange(1, mark - 1)}\n")
        for path in chance.sample(PATHS, 3):
            text = chance.choice(PATHS) * 30
            is_there = chance.random() < 0.6
            lines.append(f"M 644 inline {path}\ndata {len(text)}\n{text}\n" if is_there else f"D {path}\n")
    git(tmp_path, "init", "-q", "--bare", "repo.git")
    path = tmp_path / "repo.git"
    git(path, "fast-import", "--quiet", "--force", given="".join(lines))
    return path


def test_a_name_at_any_commit_is_what_gits_own_tree_holds(repo: Path) -> None:
    """Compared with `git ls-tree` for every commit and name, over parting and merging branches."""
    shas = git(repo, "rev-list", "--branches").split()
    seen = collect(Source("code", "git", {"path": str(repo), "branch": "b80"}))
    bodies = [canonical(each.body).decode() for each in seen if isinstance(each, Seen) and each.label == "Commit"]
    commits, changes = read_commits(pa.table({"repository": [REPOSITORY] * len(bodies), "body": bodies}))
    asked = [(sha, name) for sha in shas for name in ("train.py", "fit.py", "data.py")]
    trees = {sha: git(repo, "ls-tree", "-r", "--name-only", sha).split() for sha in shas}

    found = look_up(
        pa.table(
            {"repository": [REPOSITORY] * len(asked), "commit": [a for a, _ in asked], "name": [n for _, n in asked]}
        ),
        commits,
        changes,
    )

    got = {(row["commit"], row["name"]): row["candidates"] for row in found.to_pylist()}
    assert len(got) == len(asked) == 240
    assert got == {
        (sha, name): sorted(f"{REPOSITORY}:{path}" for path in trees[sha] if path.rpartition("/")[2] == name)
        for sha, name in asked
    }

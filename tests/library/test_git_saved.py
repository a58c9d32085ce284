"""The git connector on saved files, and what its vocabulary makes of them."""

from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

import stocktake.library
from stocktake.errors import Problem
from stocktake.graph.lookup import look_up, read_commits
from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source, canonical
from stocktake.schema import load_schema
from stocktake.vocabulary import load_vocabularies
from stocktake.vocabulary.cases import claims_of
from stocktake.vocabulary.decode import LINES, Decoder, SourceSettings

DATA = Path(__file__).parent.parent / "data" / "git"
COUNTS = yaml.safe_load((DATA / "counts.yaml").read_text("utf-8"))
LIBRARY = Path(stocktake.library.__file__).parent
SCHEMA = load_schema([LIBRARY / "kinds"])
VOCABULARIES = load_vocabularies([LIBRARY / "vocabulary"], SCHEMA)
REPOSITORY = "https://git.acme.example/growth/churn-model"


def read(path: Path, **settings: Any) -> tuple[list[Seen], list[Problem]]:
    told = list(collect(Source("code", "git", {"path": str(path), **settings})))
    return [each for each in told if isinstance(each, Seen)], [each for each in told if isinstance(each, Problem)]


def claims(seen: list[Seen]) -> list[dict[str, Any]]:
    """What the vocabulary makes of what the connector saw."""
    rows = []
    for seq, each in enumerate(seen, 1):
        own = {"label": each.label, "key": each.key, "body": canonical(each.body).decode()}
        rows.append({"seq": seq, "source": "code", "body_id": seq, "op": 0, **own})
    decoder = Decoder(VOCABULARIES.by_name["git"], VOCABULARIES, SCHEMA)
    decoder.decode(pa.Table.from_pylist(rows, schema=LINES), [SourceSettings("code", None, {})])
    return claims_of(decoder.tables(), SCHEMA)


@pytest.mark.parametrize("name", COUNTS)
def test_a_saved_file_gives_what_was_counted_by_hand(name: str) -> None:
    seen, problems = read(DATA / name)
    kinds = Counter(("passive " if claim["passive"] else "") + claim["kind"] for claim in claims(seen))

    assert (problems, dict(Counter(each.label for each in seen))) == ([], COUNTS[name]["records"])
    assert dict(kinds) == COUNTS[name]["claims"]


def test_every_saved_file_is_counted() -> None:
    files = {path.name for path in DATA.iterdir()} - {"README.md", "counts.yaml"}

    assert set(COUNTS) == files


def test_a_folder_of_saved_files_tells_their_repositories_apart() -> None:
    """The name of the file says which repository it is of; a file of another sort is reported."""
    seen, problems = read(DATA)

    assert {each.key for each in seen if each.label in ("CodeOwners", "Owners")} == {
        "acme:CODEOWNERS",
        "feast-dev__feast:CODEOWNERS",
        "kserve__kserve:OWNERS",
    }
    assert [Path(problem.where).name for problem in problems] == ["counts.yaml"]


def test_the_name_of_a_saved_file_may_hold_its_folders(tmp_path: Path) -> None:
    (tmp_path / "x__y__OWNERS.txt").write_text("approvers: [ana]\n")
    (tmp_path / "x__y__pkg__api__OWNERS.txt").write_text("approvers: [bo]\n")
    (tmp_path / "x__y__.github__CODEOWNERS.txt").write_text("* @x/all\n")

    seen, problems = read(tmp_path)

    assert problems == []
    assert {each.key for each in seen} == {"x__y:", "x__y:OWNERS", "x__y:pkg/api/OWNERS", "x__y:.github/CODEOWNERS"}
    assert {each.body["repository"] for each in seen} == {"x/y"}


def test_the_training_code_has_its_owners_its_history_and_its_identifiers() -> None:
    seen, _ = read(DATA / "acme")

    code = next(claim for claim in claims(seen) if claim["part"] == "models/churn/train.py")

    assert code["fields"]["owners"] == ["@acme/growth", "ana@acme.example"]
    assert code["fields"]["created_at"].isoformat() == "2026-11-23T17:01:28"
    assert code["fields"]["last_commit"] == "cad0e7909ab53b00f7aa48816f9d279ec9d6c867"
    assert code["same_as"] == {
        "git_path": f"{REPOSITORY}:models/churn/train.py",
        "git_name": f"{REPOSITORY}#train.py",
    }


def test_a_bare_name_at_a_commit_is_looked_up_in_the_saved_log() -> None:
    """Only one train.py is in the tree; make_dataset.py came a second time, and the log does not tell that it moved."""
    seen, _ = read(DATA / "acme")
    bodies = [canonical(each.body).decode() for each in seen if each.label == "Commit"]
    commits, changes = read_commits(pa.table({"repository": [REPOSITORY] * len(bodies), "body": bodies}))
    at = "b1153a6e61305c30f2dc06e9fc4b6a5bff8f34ce"
    names = ["train.py", "make_dataset.py", "inferenceservice.yaml"]

    asked = pa.table({"repository": [REPOSITORY] * 3, "commit": [at] * 3, "name": names})
    found = {row["name"]: row for row in look_up(asked, commits, changes).to_pylist()}

    assert found["train.py"]["path"] == "models/churn/train.py"
    assert (found["make_dataset.py"]["outcome"], len(found["make_dataset.py"]["candidates"])) == ("ambiguous", 2)
    assert found["inferenceservice.yaml"]["outcome"] == "absent"


def test_a_log_saved_with_statuses_tells_renames_and_removals(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(
        f"{'c' * 40}\tAna\tana@acme.example\t2026-01-03T00:00:00Z\tthree\n\nD\tgone.py\nM\tfit.py\n"
        f"{'b' * 40}\tAna\tana@acme.example\t2026-01-02T00:00:00Z\ttwo\n\nR097\ttrain.py\tfit.py\n"
        f"{'a' * 40}\tAna\tana@acme.example\t2026-01-01T00:00:00Z\tone\n\n"
        'A\ttrain.py\nA\tgone.py\nA\t"caf\\303\\251.py"\n',
        "utf-8",
    )

    seen, problems = read(tmp_path, url=REPOSITORY)
    files = {each.key: each.body for each in seen if each.label == "File"}

    assert problems == []
    assert set(files) == {"fit.py", "gone.py", "café.py"}
    assert (files["fit.py"]["former_paths"], files["fit.py"]["last_changed_in"]) == (["train.py"], "c" * 40)
    assert files["gone.py"]["removed_in"] == "c" * 40


def test_a_saved_tree_tells_which_files_are_still_there(tmp_path: Path) -> None:
    (tmp_path / "log.txt").write_text(f"{'a' * 40}\tAna\tana@acme.example\t2026-01-01T00:00:00Z\tone\n\na.py\nb.py\n")
    (tmp_path / "tree.txt").write_text("a.py\nc.py\n")
    (tmp_path / "remotes.txt").write_text(
        "origin\thttps://ana:pw@git.acme.example/x/y.git (fetch)\nold\tgit@h.example:x/z.git (fetch)\n"
    )

    seen, _ = read(tmp_path)
    files = {each.key: each.body for each in seen if each.label == "File"}

    assert {name: body.get("in_head", True) for name, body in files.items()} == {
        "a.py": True,
        "b.py": False,
        "c.py": True,
    }
    assert files["a.py"]["repository"] == "https://git.acme.example/x/y.git"
    assert files["a.py"]["former_repositories"] == ["git@h.example:x/z.git"]


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("log.txt", b"<html>\n<p>Sign in</p>\n", 1),
        (
            "log.txt",
            b"a" * 40 + b"\tAna\tana@acme.example\t2026-01-01T00:00:00Z\tone\n\na.py\n" + b"b" * 40 + b"\tAna\n",
            4,
        ),
        ("log.txt", b"a" * 40 + b"\tAna\tana@acme.example\tyesterday\tone\n", 1),
        ("x__y__CODEOWNERS.txt", b"* @a\n<<<<<<< HEAD\n/b @b\n=======\n>>>>>>> c\n", 2),
        ("x__y__CODEOWNERS.txt", b"* @a\n\x89PNG\x00\x00 @b\n", 2),
        ("x__y__OWNERS.txt", b"approvers:\n- a\n  b: [\n", 3),
        ("notes.pdf", b"%PDF", 0),
    ],
)
def test_a_broken_file_is_reported_by_its_line_and_the_rest_still_lands(
    tmp_path: Path, name: str, content: bytes, line: int
) -> None:
    (tmp_path / name).write_bytes(content)
    (tmp_path / "ok__ok__CODEOWNERS.txt").write_text("* @acme/growth\n")

    seen, problems = read(tmp_path)

    assert problems[0].where == name + (f":{line}" if line else "")
    assert problems[0].fix
    assert "ok__ok:CODEOWNERS" in {each.key for each in seen}


def test_a_folder_with_nothing_of_git_says_what_to_do(tmp_path: Path) -> None:
    assert "clone" in read(tmp_path)[1][0].fix


def test_a_renamed_file_of_a_real_repository_is_one_model_code_under_all_its_names(tmp_path: Path) -> None:
    """Today's and former addresses, today's and former paths: each is an identifier."""
    repo = tmp_path / "churn-model"
    repo.mkdir()
    (repo / "train.py").write_text("x = 1\n" * 40)
    person = ["-c", "user.name=Ana", "-c", "user.email=ana@acme.example"]
    for words in (
        ["init", "-q"],
        ["remote", "add", "origin", "git@git.acme.example:growth/churn-model.git"],
        ["add", "-A"],
        [*person, "commit", "-qm", "one"],
        ["mv", "train.py", "fit.py"],
        [*person, "commit", "-qm", "two"],
    ):
        subprocess.run(["git", *words], cwd=repo, check=True)

    seen, _ = read(repo, former_urls="https://git.acme.example/old/churn")
    code = next(claim for claim in claims(seen) if claim["kind"] == "model_code")

    old = "https://git.acme.example/old/churn"
    assert code["same_as"]["git_path"] == sorted(
        f"{url}:{path}" for url in (REPOSITORY, old) for path in ("fit.py", "train.py")
    )

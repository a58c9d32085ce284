"""The git connector: what it says of files and commits."""

from __future__ import annotations

from pathlib import Path

from tests.library.repositories import CODE, URL, Repo, read

from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source


def test_a_file_is_followed_through_its_renames(repo: Repo) -> None:
    """It keeps its first commit and every path that it bore, also when it was edited while it moved."""
    first = repo.commit("one", **{"train.py": CODE})
    (repo.path / "models").mkdir()
    repo.git("mv", "train.py", "models/train.py")
    repo.commit("move")
    repo.git("mv", "models/train.py", "models/fit.py")
    last = repo.commit("rename and edit", **{"models/fit.py": CODE + "x = 1\n"})

    files = read(repo.path, url=URL)["File"]

    assert list(files) == ["models/fit.py"]
    assert files["models/fit.py"] == {
        "repository": URL,
        "path": "models/fit.py",
        "name": "fit.py",
        "former_paths": ["train.py", "models/train.py"],
        "added_in": first,
        "added_at": "2026-01-01T00:01:00+00:00",
        "last_changed_in": last,
        "last_changed_at": "2026-01-01T00:03:00+00:00",
        "last_review": "direct",
    }


def test_a_path_that_another_file_took_over_is_no_longer_the_first_files(repo: Repo) -> None:
    """Otherwise two files would claim one path, and be joined."""
    repo.commit("one", **{"train.py": CODE})
    repo.git("mv", "train.py", "old.py")
    repo.commit("move")
    second = repo.commit("new", **{"train.py": "print('another purpose')\n"})

    files = read(repo.path)["File"]

    assert "former_paths" not in files["old.py"]
    assert files["train.py"]["added_in"] == second


def test_a_removed_file_says_when_and_a_file_that_returns_is_the_same(repo: Repo) -> None:
    first = repo.commit("one", **{"train.py": CODE, "gone.py": "x = 1\n"})
    (repo.path / "train.py").unlink()
    (repo.path / "gone.py").unlink()
    removed = repo.commit("remove")
    last = repo.commit("again", **{"train.py": CODE})

    files = read(repo.path)["File"]

    assert (files["gone.py"]["removed_in"], files["gone.py"]["removed_at"]) == (removed, "2026-01-01T00:02:00+00:00")
    assert "removed_in" not in files["train.py"]
    assert (files["train.py"]["added_in"], files["train.py"]["last_changed_in"]) == (first, last)


def test_a_commit_tells_its_people_and_what_came_went_and_moved(repo: Repo) -> None:
    first = repo.commit("one", **{"a.py": CODE, "b.py": "x = 1\n"})
    repo.git("mv", "a.py", "c.py")
    (repo.path / "b.py").unlink()
    repo.commit("two: a subject\nand more", **{"d/e.py": "y = 2\n"})

    seen = [each for each in collect(Source("code", "git", {"path": str(repo.path)})) if isinstance(each, Seen)]
    commits = [each for each in seen if each.label == "Commit"]

    assert commits[1].observed_at is not None
    assert commits[1].observed_at.isoformat() == "2026-01-01T00:02:00+00:00"
    told = {"author_name": "Ana", "author_email": "ana@acme.example", "parents": [first], "added": ["d/e.py"]}
    told |= {"removed": ["b.py"], "renamed": [{"from": "a.py", "to": "c.py"}]}
    assert {name: commits[1].body[name] for name in told} == told
    assert commits[1].body["subject"] == "two: a subject and more"


def test_a_merge_tells_what_it_brought_and_files_keep_their_own_commits(repo: Repo) -> None:
    """A merge changes a tree, so it says how; but a file was last changed by the commit that wrote it."""
    repo.commit("one", **{"a.py": CODE})
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", **{"b.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit("main", **{"a.py": CODE + "# more\n"})
    repo.minute += 1
    repo.git("merge", "-q", "--no-ff", "-m", "merge", "side")

    found = read(repo.path)

    merge = found["Commit"][repo.git("rev-parse", "HEAD")]
    assert (merge["added"], len(merge["parents"])) == (["b.py"], 2)
    assert (found["File"]["b.py"]["added_in"], found["File"]["b.py"]["last_changed_in"]) == (side, side)


def test_the_tree_decides_where_branches_disagree(repo: Repo) -> None:
    """A rename on a branch that a merge undid leaves the file where the tree has it."""
    first = repo.commit("one", **{"a.py": CODE, "keep.py": "x = 1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.git("mv", "a.py", "b.py")
    repo.commit("rename")
    repo.git("checkout", "-q", "main")
    repo.commit("main", **{"keep.py": "x = 2\n"})
    repo.git("merge", "-q", "-s", "ours", "-m", "keep ours", "side")

    files = read(repo.path)["File"]

    assert set(files) == {"a.py", "keep.py"}
    assert (files["a.py"]["added_in"], files["a.py"].get("removed_in")) == (first, None)


def test_a_file_tells_how_its_latest_change_was_reviewed(repo: Repo) -> None:
    """By a trailer of its own, by the request that brought it, or by a merge; else it went in directly."""
    repo.commit("direct", **{"direct.py": CODE})
    repo.commit("look\n\nReviewed-by: Bo <bo@acme.example>", **{"looked.py": CODE})
    repo.commit("squashed (#12)", **{"squashed.py": CODE})
    for branch, message in (("asked", "Merge pull request #13 from asked"), ("merged", "Merge branch merged")):
        repo.git("checkout", "-q", "-b", branch)
        repo.commit("work", **{f"{branch}.py": CODE})
        repo.git("checkout", "-q", "main")
        repo.git("merge", "-q", "--no-ff", "-m", message, branch)
    repo.commit("again", **{"squashed.py": CODE + "x = 1\n"})

    files = read(repo.path)["File"]

    assert {path: body["last_review"] for path, body in files.items()} == {
        "direct.py": "direct",
        "looked.py": "reviewed",
        "squashed.py": "direct",
        "asked.py": "merge_request",
        "merged.py": "merged",
    }


def test_a_file_is_documented_when_the_readme_beside_it_last_changed(repo: Repo) -> None:
    repo.commit("one", **{"train.py": CODE, "churn/train.py": CODE, "churn/README.md": "# Churn"})
    repo.commit("two", **{"churn/MODEL_CARD.md": "# Card"})

    files = read(repo.path)["File"]

    assert "documented_at" not in files["train.py"]
    assert files["churn/train.py"]["documented_at"] == "2026-01-01T00:02:00+00:00"


def test_a_file_of_a_branch_that_is_not_merged_is_told_as_such(repo: Repo) -> None:
    repo.commit("one", **{"a.py": CODE})
    repo.git("checkout", "-q", "-b", "try")
    repo.commit("try", **{"train_v2.py": "x = 1\n"})
    repo.git("checkout", "-q", "main")

    files = read(repo.path)["File"]

    assert (files["train_v2.py"]["in_head"], "removed_in" in files["train_v2.py"]) == (False, False)
    assert "in_head" not in files["a.py"]
    assert "in_head" not in read(repo.path, branch="try")["File"]["train_v2.py"]


def test_a_bare_repository_and_a_clone_say_the_same(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", **{"train.py": CODE, "CODEOWNERS": "* @acme/growth\n"})
    repo.git("clone", "-q", "--bare", str(repo.path), str(tmp_path / "bare.git"))

    bare, cloned = read(tmp_path / "bare.git", url=URL, remotes=[]), read(repo.path, url=URL)

    assert {label: bare[label] for label in ("File", "Commit", "CodeOwners")} == {
        label: cloned[label] for label in ("File", "Commit", "CodeOwners")
    }

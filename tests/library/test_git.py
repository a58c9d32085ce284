"""The git connector on real repositories, made here with git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stocktake.errors import CollectError, Problem
from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source, canonical

URL = "https://git.acme.example/growth/churn-model.git"
CODE = "import pandas\n\n" + "".join(f"def step_{n}(x):\n    return x + {n}\n" for n in range(20))


class Repo:
    """A repository with a clock of its own: each commit is a minute later."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.minute = 0
        path.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        time = f"2026-01-01T00:{self.minute:02d}:00+00:00"
        person = {"NAME": "Ana", "EMAIL": "ana@acme.example", "DATE": time}
        told = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in person.items()}
        quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = {**os.environ, **told, **quiet}
        done = subprocess.run(
            ["git", *words], cwd=self.path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def write(self, name: str | bytes, text: str = CODE) -> None:
        target = os.path.join(os.fsencode(self.path), os.fsencode(name))  # noqa: PTH118 - a name that is no UTF-8
        Path(os.fsdecode(target)).parent.mkdir(parents=True, exist_ok=True)
        with open(target, "w", encoding="utf-8") as file:  # noqa: PTH123
            file.write(text)

    def commit(self, subject: str, **files: str) -> str:
        for name, text in files.items():
            self.write(name, text)
        self.minute += 1
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", subject)
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "churn-model")


def read(path: Path, **settings: Any) -> dict[str, dict[str, Any]]:
    """Bodies by label and key."""
    found: dict[str, dict[str, Any]] = {}
    for seen in collect(Source("code", "git", {"path": str(path), **settings})):
        assert isinstance(seen, Seen), seen
        assert seen.key not in found.setdefault(seen.label, {}), seen
        canonical(seen.body)
        found[seen.label][seen.key] = seen.body
    return found


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


def test_owners_come_from_the_codeowners_file_that_the_host_reads(repo: Repo) -> None:
    """GitHub reads `.github` first; the last matching rule counts."""
    repo.commit(
        "one",
        **{
            "models/train.py": CODE,
            "CODEOWNERS": "* @acme/nobody\n",
            ".github/CODEOWNERS": "* @acme/all\n/models/ @acme/growth ana@acme.example\n/free.py\n",
            "free.py": "x = 1\n",
        },
    )

    found = read(repo.path)

    owned = found["File"]["models/train.py"]["owned_by"]
    assert owned == {"file": ".github/CODEOWNERS", "lines": [2], "owners": ["@acme/growth", "ana@acme.example"]}
    assert found["File"]["free.py"]["owned_by"]["owners"] == []
    assert list(found["CodeOwners"]) == [".github/CODEOWNERS"]


def test_owners_files_answer_where_no_codeowners_rule_does(repo: Repo) -> None:
    files = {
        "train.py": CODE,
        "pkg/a.py": "x = 1\n",
        "OWNERS": "approvers:\n- leads\n",
        "pkg/OWNERS": "approvers: [cy]\n",
    }
    repo.commit("one", **files, OWNERS_ALIASES="aliases:\n  leads: [ana, bo]\n")

    found = read(repo.path)

    assert found["File"]["train.py"]["owned_by"] == {"file": "OWNERS", "owners": ["ana", "bo"]}
    assert found["File"]["pkg/a.py"]["owned_by"] == {"file": "pkg/OWNERS", "owners": ["cy"]}
    assert set(found["Owners"]) == {"OWNERS", "pkg/OWNERS"}
    assert found["Owners"]["OWNERS"]["approvers"] == ["ana", "bo"]


def test_a_repository_without_owners_says_nothing_of_them(repo: Repo) -> None:
    repo.commit("one", **{"train.py": CODE})

    found = read(repo.path)

    assert set(found) == {"Repository", "Commit", "File"}
    assert "owned_by" not in found["File"]["train.py"]


def test_an_empty_repository_is_a_repository(repo: Repo) -> None:
    assert set(read(repo.path)) == {"Repository"}


def test_a_name_that_is_no_utf8_is_kept_readable(repo: Repo) -> None:
    repo.write(b"caf\xe9.py")
    repo.write("größe.py")
    repo.commit("one", **{"a b.py": CODE, 'quo"te.py': "x = 1\n", "tab\there.py": "x = 2\n"})

    files = read(repo.path)["File"]

    assert set(files) == {"caf\\xe9.py", "größe.py", "a b.py", 'quo"te.py', "tab\there.py"}
    assert all("in_head" not in body for body in files.values())


def test_images_weights_and_the_like_are_left_out(repo: Repo) -> None:
    """They can't train a model; a repository of data stays small here."""
    repo.commit(
        "one", **{"train.py": CODE, "plot.png": "x", "model.pkl": "y", "Makefile": "all:\n", "seeds.csv": "a,b\n"}
    )
    repo.git("mv", "model.pkl", "model.py")
    repo.commit("two")

    found = read(repo.path)

    assert set(found["File"]) == {"train.py", "Makefile", "seeds.csv", "model.py"}
    assert found["Commit"][repo.git("rev-parse", "HEAD")]["added"] == ["model.py"]


def test_a_shallow_clone_does_not_pretend_to_know_when_files_came(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", **{"old.py": CODE})
    repo.commit("two", **{"old.py": CODE + "# two\n"})
    third = repo.commit("three", **{"new.py": "x = 1\n"})
    repo.git("clone", "-q", "--depth", "2", f"file://{repo.path}", str(tmp_path / "shallow"))

    found = read(tmp_path / "shallow", url=URL)

    assert found["Repository"]["."]["is_shallow"] is True
    assert "added_in" not in found["File"]["old.py"]
    assert found["File"]["new.py"]["added_in"] == third


def test_a_clone_without_contents_is_read_without_fetching_them(repo: Repo, tmp_path: Path) -> None:
    """Renames of equal contents are still followed; the others would need what the clone lacks."""
    repo.commit("one", **{"train.py": CODE})
    repo.git("mv", "train.py", "fit.py")
    repo.commit("move")
    repo.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial.git"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(partial))
    shutil.move(repo.path, tmp_path / "away")

    assert read(partial, url=URL)["File"]["fit.py"]["former_paths"] == ["train.py"]


def test_a_repository_that_lost_contents_is_read_by_equal_renames(repo: Repo) -> None:
    repo.commit("one", **{"a.py": CODE})
    repo.git("mv", "a.py", "b.py")
    repo.commit("two", **{"b.py": CODE + "x = 1\n"})
    lost = repo.git("rev-parse", "HEAD~:a.py")
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()

    found = read(repo.path)

    assert len(found["Commit"]) == 2
    assert "removed_in" in found["File"]["a.py"]


def test_remotes_tell_the_address_without_credentials_and_former_addresses(repo: Repo) -> None:
    """The address today is `url:` or origin's; the other remotes and `former_urls` are names that it had."""
    repo.commit("one", **{"train.py": CODE})
    repo.git("remote", "add", "before", "git@git.acme.example:growth/churn.git")
    repo.git("remote", "add", "origin", URL.replace("https://", "https://ana:s3cret@"))

    found = read(repo.path, former_urls=["https://old.example/churn"])
    only = read(repo.path, remotes=["origin"])

    assert found["Repository"]["."]["remotes"] == [
        {"name": "before", "url": "git@git.acme.example:growth/churn.git"},
        {"name": "origin", "url": URL},
    ]
    body = found["File"]["train.py"]
    assert body["repository"] == URL
    assert body["former_repositories"] == ["git@git.acme.example:growth/churn.git", "https://old.example/churn"]
    assert only["File"]["train.py"].get("former_repositories") is None
    assert "s3cret" not in str(found)


def test_a_repository_without_a_remote_is_known_by_its_path(repo: Repo) -> None:
    repo.commit("one", **{"train.py": CODE})

    assert read(repo.path)["File"]["train.py"]["repository"] == repo.path.resolve().as_posix()


def test_a_folder_of_repositories_gives_each_with_its_own_keys(tmp_path: Path) -> None:
    for name in ("churn", "fraud"):
        Repo(tmp_path / name).commit("one", **{"train.py": CODE})
    broken = tmp_path / "broken"
    shutil.copytree(tmp_path / "churn", broken)
    (broken / ".git" / "HEAD").write_text("nonsense")

    told = list(collect(Source("code", "git", {"path": str(tmp_path)})))

    keys = {each.key for each in told if isinstance(each, Seen) and each.label == "File"}
    assert keys == {"churn:train.py", "fraud:train.py"}
    problems = [each for each in told if isinstance(each, Problem)]
    assert [problem.where for problem in problems] == [str(broken)]


def test_what_cannot_be_read_says_what_to_do(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", **{"train.py": CODE})
    for settings, word in (
        ({}, "path"),
        ({"path": str(tmp_path / "none")}, "no such path"),
        ({"path": str(repo.path), "branch": "nowhere"}, "nowhere"),
        ({"path": str(repo.path), "codeowners": "gitea"}, "gitea"),
    ):
        with pytest.raises(CollectError, match=word):
            list(collect(Source("code", "git", settings)))


def test_settings_of_a_person_do_not_change_what_is_read(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither their git configuration nor the variables of a git hook that this runs in."""
    repo.commit("one", **{"größe.py": CODE})
    repo.git("mv", "größe.py", "b.py")
    repo.commit("two")
    before = read(repo.path)
    for name, value in (
        ("log.showRoot", "false"),
        ("diff.renames", "false"),
        ("log.showSignature", "true"),
        ("color.ui", "always"),
    ):
        repo.git("config", name, value)
    repo.git("config", "log.date", "relative")
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    assert read(repo.path) == before


def test_thousands_of_files_stream_in_seconds(tmp_path: Path) -> None:
    """20,000 files in 200 commits: what is held is one entry per file."""
    repo = Repo(tmp_path / "large")
    lines = []
    for commit in range(200):
        when = f"Ana <ana@acme.example> {1767225600 + commit} +0000"
        lines.append(f"commit refs/heads/main\ncommitter {when}\ndata 1\nc\n")
        lines += [f"M 644 inline d{n % 40}/s{commit}/f{n}.py\ndata {len(str(n))}\n{n}\n" for n in range(100)]
    rules = "".join(f"/d{n}/ @acme/team{n}\n*.x{n} @acme/x\n" for n in range(100))
    lines.append(f"M 644 inline CODEOWNERS\ndata {len(rules)}\n{rules}\n")
    importing = ["git", "fast-import", "--quiet"]
    subprocess.run(importing, cwd=repo.path, input="".join(lines), text=True, check=True)

    files = read(repo.path)["File"]

    assert len(files) == 20_001
    assert files["d7/s3/f7.py"]["owned_by"]["owners"] == ["@acme/team7"]

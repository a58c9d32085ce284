"""The git connector: owners, remotes, and repositories of every sort."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.library.repositories import CODE, URL, Repo, read

from stocktake.errors import CollectError, Problem
from stocktake.library.connectors.git import collect
from stocktake.nouns import Seen, Source


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

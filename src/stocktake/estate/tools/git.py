"""git: each repository's saved log, addresses, tree and CODEOWNERS."""

from __future__ import annotations

from stocktake.estate.clock import iso
from stocktake.estate.company import Model, Team
from stocktake.estate.out import Out
from stocktake.estate.truth import Truth, code_id


def write(team: Team, out: Out, truth: Truth) -> None:
    """What was saved of the team's repository."""
    folder = f"recorded/git/{team.name}"
    remotes = [team.repository, team.former_repository if "renamed_repository" in team.mess else team.repository]
    out.text(f"{folder}/remote.txt", "".join(f"{each}\n" for each in dict.fromkeys(remotes)))
    out.text(f"{folder}/CODEOWNERS.txt", "".join(f"{line}\n" for line in _owners(team)))
    out.text(f"{folder}/log.txt", "".join(_log(team)))
    out.text(f"{folder}/tree.txt", "".join(f"{path}\n" for path in _tree(team)))
    for model in team.models:
        for code in model.codes:
            truth.tells(code_id(team, code), "git", "File", f"{team.name}:{code.path}")


def _log(team: Team) -> list[str]:
    """The log as `git log --name-status --reverse` writes it."""
    lines = []
    for commit in team.commits:
        author = commit.author
        lines.append(f"\n{commit.sha}\t{author.name}\t{author.email}\t{iso(commit.at)}\t{commit.subject}\n")
        lines += [f"{status}\t{path}\n" for status, path, _ in commit.changes]
    return lines


def _tree(team: Team) -> list[str]:
    """The files of the newest commit."""
    files: dict[str, None] = {}
    for commit in team.commits:
        for status, path, _ in commit.changes:
            files[path] = None
            if status == "D":
                del files[path]
    return sorted(files)


def _owners(team: Team) -> list[str]:
    """The team owns everything but what is a person's; the last line that fits counts."""
    lines = [f"* {team.handle}"]
    for model in team.models:
        for code in model.codes:
            lines.append(f"/{code.path} {owner_of(model)}".rstrip())
    return list(dict.fromkeys(lines))


def owner_of(model: Model) -> str:
    """Who owns a model's code; nobody is written as a path without an owner."""
    if model.owner is None:
        return ""
    return model.owner.handle if model.owner.email < f"n{model.name}" else model.team.handle

"""git: commits, files with their former names, and who owns them by CODEOWNERS or OWNERS files.

`path:` is a repository (a clone or a bare one), a folder of repositories, or what was saved of one: `log.txt`,
`remote.txt`, `tree.txt`, `CODEOWNERS.txt`, `OWNERS.txt`, each also with the repository's name in front
(`feast-dev__feast__CODEOWNERS.txt`).
Settings: `url` and `former_urls`, the repository's address now and before; `branch`, the one whose tree counts;
`remotes`, those that are this repository (all by default; a fork's `upstream` may be another); `codeowners`, github or
gitlab, where the file does not tell.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

from stocktake.collect.codeowners import LineError
from stocktake.collect.git_files import Files
from stocktake.collect.git_log import EQUAL_RENAMES, LOG, RENAMES, Commit, read_log, read_saved_log, text_of, unquoted
from stocktake.collect.git_owners import Ownership, find_ownership
from stocktake.collect.git_repository import Repository, is_repository, safe_url
from stocktake.collect.git_saved import Saved, find_saved
from stocktake.errors import CollectError, Problem, StocktakeError
from stocktake.nouns import Seen, Source

# Commits are not among them: one that no branch holds any more was made all the same.
LABELS = ("Repository", "File", "CodeOwners", "Owners", "OwnersAliases")


def collect(source: Source) -> Iterator[Seen | Problem]:
    """Every repository that the source's `path` holds."""
    told = source.settings.get("path")
    path = Path(str(told)) if told else None
    if path is None or not path.exists():
        problem = f"no such path: {path}" if path else "no `path:` is set"
        raise CollectError(
            source.where or source.name, problem, "set `path:` to a clone, or to a folder of saved git files"
        )
    if path.is_dir() and is_repository(path):
        yield from live(Repository(path), source, "")
        return
    below = sorted(each for each in path.iterdir() if each.is_dir() and is_repository(each)) if path.is_dir() else []
    for each in below:
        try:
            yield from live(Repository(each), source, f"{each.name}:")
        except StocktakeError as error:
            yield from error.problems
    yield from saved(path, source, below)


def live(repository: Repository, source: Source, prefix: str) -> Iterator[Seen | Problem]:
    """One repository through the git command. prefix: of its keys, where the source holds several."""
    wanted = source.settings.get("remotes")
    remotes = [(name, url) for name, url in repository.remotes() if wanted is None or name in wanted]
    urls = _urls(
        source if not prefix else None, [url for _, url in sorted(remotes, key=lambda each: each[0] != "origin")]
    )
    urls = urls or [repository.path.resolve().as_posix()]
    names = _names(urls)
    head = repository.head(source.settings.get("branch"))
    body = names | {"remotes": [{"name": name, "url": url} for name, url in remotes]}
    if head:
        body |= {"branch": head[0], "head": head[1]}
    yield Seen("Repository", prefix or ".", body | ({"is_shallow": True} if repository.boundary() else {}))
    if head is None:
        return
    paths = repository.paths(head[1])
    ownership = find_ownership(lambda wanted: repository.contents(head[1], wanted), paths, _dialect(source, urls))
    files = yield from _commits(repository, head[1], names, prefix)
    files.settle(text_of(path) for path in paths)
    yield from _files(files, ownership, names, prefix)
    yield from _ownership(ownership, names, prefix)


def _commits(repository: Repository, head: str, names: dict[str, Any], prefix: str) -> Generator[Seen, None, Files]:
    """The commits of all branches and tags; returns the files that they make.

    Renames are followed by contents; where a clone lacks some, it is read again with renames of equal contents alone.
    """
    boundary, told = repository.boundary(), set[str]()
    for renames in (EQUAL_RENAMES,) if repository.is_partial() else (RENAMES, EQUAL_RENAMES):
        files = Files(boundary)
        try:
            for commit in read_log(repository.stream(*LOG, renames, "--branches", "--tags", "--remotes", head, "--")):
                files.take(commit)
                if commit.sha not in told:
                    told.add(commit.sha)
                    yield _commit(commit, names, prefix)
            break
        except CollectError as error:
            if renames == EQUAL_RENAMES or "unable to read" not in str(error):
                raise
    return files


def saved(path: Path, source: Source, beside: list[Path]) -> Iterator[Seen | Problem]:
    """What was saved of one repository or several, a set of files each. beside: real repositories in the folder."""
    found, unread = find_saved(path, beside)
    for each in [] if beside else unread:
        fix = "name it log.txt, remote.txt, tree.txt, CODEOWNERS.txt or OWNERS.txt, or take it out of the folder"
        yield Problem(each, "not a file that the git connector reads", fix)
    if not found and not beside and not unread:
        yield Problem(str(path), "holds no repository and nothing saved of one", "set `path:` to a clone")
    for files in found:
        yield from _saved(files, source, is_alone=not beside and len(found) == 1)


def _saved(files: Saved, source: Source, *, is_alone: bool) -> Iterator[Seen | Problem]:
    """One saved repository."""
    prefix = f"{files.name}:" if files.name else ""
    urls = _urls(source if is_alone else None, files.remotes()) or ([files.repository] if files.repository else [])
    names = _names(urls)
    if urls:
        yield Seen("Repository", prefix or ".", names)
    ownership = files.ownership(_dialect(source, urls))
    history = Files()
    for place, text in files.texts("log").items():
        for told in read_saved_log(text, files.where(files.files["log"][place])):
            if isinstance(told, Problem):
                yield told
                continue
            history.take(told)
            yield _commit(told, names, prefix)
    for text in files.texts("tree").values():
        history.settle(unquoted(line) for line in text.splitlines() if line)
    yield from _files(history, ownership, names, prefix)
    yield from _ownership(ownership, names, prefix)
    for where, error in ownership.damage():
        yield _damage(where, error)


def _commit(commit: Commit, names: dict[str, Any], prefix: str) -> Seen:
    return Seen(
        "Commit", prefix + commit.sha, {"repository": names.get("repository")} | commit.to_body(), commit.moment
    )


def _files(files: Files, ownership: Ownership, names: dict[str, Any], prefix: str) -> Iterator[Seen]:
    """Every file, with its repository, its former paths, its owners, and when what documents it was last changed."""
    documented = files.documented()
    for held in files.all():
        body = names | held.to_body()
        if moment := documented.get(held.path.rpartition("/")[0]):
            body["documented_at"] = moment.astimezone(UTC).isoformat()
        if former := files.former_paths(held):
            body["former_paths"] = former
        if owners := ownership.of(held.path):
            body["owned_by"] = owners
        yield Seen("File", prefix + held.path, body)


def _ownership(ownership: Ownership, names: dict[str, Any], prefix: str) -> Iterator[Seen]:
    """Every file that says who owns what."""
    for path, rules in ownership.codeowners.items():
        yield Seen("CodeOwners", prefix + path, {"repository": names.get("repository"), "path": path} | rules.to_body())
    tree = ownership.tree
    for path, file in tree.files.items():
        yield Seen(
            "Owners", prefix + path, {"repository": names.get("repository"), "path": path} | file.to_body(tree.aliases)
        )
    if tree.aliases:
        yield Seen(
            "OwnersAliases", prefix + "OWNERS_ALIASES", {"repository": names.get("repository"), "aliases": tree.aliases}
        )


def _damage(where: str, error: LineError) -> Problem:
    return Problem(
        f"{where}:{error.line}", f"{error.problem}: {error.text}", "mend the file at that line, or save it again"
    )


def _urls(source: Source | None, known: Iterable[str]) -> list[str]:
    """The repository's addresses, today's first: as configured, then as its remotes say."""
    settings = source.settings if source else {}
    former = settings.get("former_urls") or []
    listed = [settings.get("url"), *known, *([former] if isinstance(former, str) else former)]
    return list(dict.fromkeys(safe_url(str(url)) for url in listed if url))


def _names(urls: list[str]) -> dict[str, Any]:
    if not urls:
        return {}
    return {"repository": urls[0]} | ({"former_repositories": urls[1:]} if urls[1:] else {})


def _dialect(source: Source, urls: list[str]) -> Any:
    told = source.settings.get("codeowners")
    if told not in (None, "github", "gitlab"):
        raise CollectError(source.where or source.name, f"codeowners: {told!r}", "use github or gitlab")
    return told or ("gitlab" if any("gitlab" in url for url in urls) else None)

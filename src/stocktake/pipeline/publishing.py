"""Publishing: a project's files become the agreed ones, and can be opened again as they were."""

from __future__ import annotations

import getpass
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stocktake.errors import ProjectError, StocktakeError
from stocktake.pipeline.files import SORTS, project_files
from stocktake.pipeline.line import Measured, Standing, catalogue_of, standards_of
from stocktake.pipeline.rulings import rulings_of
from stocktake.project import Project, open_project
from stocktake.store.runs import hash_of

if TYPE_CHECKING:
    from stocktake.store import Store
    from stocktake.store.publications import Publication

LIBRARY_FOLDER = "library"


@dataclass(frozen=True, slots=True)
class Published:
    """What `publish` did. is_new: whether the files differed from those published before."""

    publication: Publication
    is_new: bool


def read_files(project: Project) -> None:
    """Read all that a project's files say. Raises the error of what is wrong with them."""
    standards = standards_of(project)
    rulings_of(project, (), catalogue_of(project, standards), standards)
    _ = project.vocabularies  # read when they are asked for


def publish(project: Project, store: Store, *, why: str, who: str | None = None) -> Published:
    """Make the project's files the published ones; files that are published already stay as they are.

    who: by default the person who is logged in. Raises the error of what is wrong with the project's files.
    """
    read_files(project)
    files = project_files(project)
    latest = latest_publication(store)
    if latest and latest.project_hash == hash_of(files):
        return Published(latest, is_new=False)
    made = store.publish(files, who=who or getpass.getuser(), why=why, published_at=datetime.now(UTC))
    return Published(made, is_new=True)


def latest_publication(store: Store) -> Publication | None:
    """What is published now; None before the first time."""
    return next(reversed(store.publications()), None)


def find_publication(store: Store, number: int | None = None) -> Publication | None:
    """A publication by its number, by default the latest. Raises ProjectError where there is none of that number."""
    if number is None:
        return latest_publication(store)
    found = store.publications()
    for each in found:
        if each.number == number:
            return each
    known = ", ".join(str(each.number) for each in found) or "none: publish first, with `stocktake publish`"
    raise ProjectError(f"--against {number}", f"there is no publication {number}", f"use one of: {known}")


def standing_of(store: Store, project_hash: str) -> Standing:
    """What files of this hash are to what is published: the latest publication of exactly these."""
    numbers = [each.number for each in store.publications() if each.project_hash == project_hash]
    latest = latest_publication(store)
    return Standing(numbers[-1] if numbers else None, latest.number if latest else None)


def with_standing(measured: Measured, store: Store) -> Measured:
    """A measuring that knows what its files are to what is published."""
    return replace(measured, standing=standing_of(store, hash_of(project_files(measured.project))))


def history(store: Store) -> dict[str, Any]:
    """Every publication, every purge, and every saved run with the number of the publication that it is by.

    erased_since: the purges of what a run rests on; it can't be worked out again as it was. The earliest come first.
    """
    published = store.publications()
    numbers = {each.project_hash: each.number for each in published}
    told, purges = ("id", "as_of", "known_at", "started_at", "status"), store.purges()
    return {
        "publications": [described(each) for each in published],
        "runs": [
            {
                **{name: getattr(run, name) for name in told},
                "publication": numbers.get(run.project_hash),
                "erased_since": [each.number for each in purges if each.changes(run.known_at, run.ended_at)],
            }
            for run in store.runs()
        ],
        "purges": [each.document() for each in purges],
    }


def described(publication: Publication | None) -> dict[str, Any] | None:
    """A publication as answers tell of it."""
    if publication is None:
        return None
    return {each: getattr(publication, each) for each in ("number", "published_at", "who", "why")}


def read_published(project: Project, store: Store, publication: Publication | None, folder: Path) -> Project:
    """The project as it was published, its files written into a folder; None: as it ships, with the same sources.

    Raises ProjectError where this version can't read what an earlier one published.
    """
    files = store.kept_files(publication.project_hash) if publication else _as_it_ships(project_files(project))
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        published = open_project(folder, library=folder / LIBRARY_FOLDER)
        read_files(published)
    except StocktakeError as error:
        where = f"publication {publication.number}" if publication else "the library"
        fix = "publish again what this version reads: stocktake publish"
        raise ProjectError(where, f"this version can't read it: {error.problems[0]}", fix) from error
    return published


def _as_it_ships(files: dict[str, bytes]) -> dict[str, bytes]:
    """A project's files less those by which it departs from the library: its sources and settings stay."""
    return {name: content for name, content in files.items() if name.partition("/")[0] not in SORTS}

"""Commands about the log as a whole: is it whole, where does it lie, is there a backup of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stocktake.cli.command import command
from stocktake.cli.face import Face, print_problems, problem_document
from stocktake.cli.page import Lines, Table

Backup = Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that `store backup` made or will make.")]
Address = Annotated[str, typer.Argument(metavar="ADDRESS", help="postgresql://…, or the path of an SQLite file.")]


def register(app: typer.Typer) -> None:
    """Add `store` and its own commands."""
    store = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
    for work in (verify, copy, backup, restore):
        command(store, work.__name__)(work)
    app.add_typer(store, name="store", help="The log as a whole: verify, copy, back up and restore it.")


def verify(face: Face) -> int:
    """Whether every byte of the log, its segments and all saved results is as it was written. 1: something is not."""
    from stocktake.pipeline.storing import verify

    told = verify(face.project())
    document = {
        "entries": told.entries,
        "runs": told.runs,
        "segments": told.segments,
        "problems": [problem_document(each) for each in told.problems],
    }
    looked = f"{told.entries} entries, {told.runs} saved runs and {told.segments} segments"
    is_whole = not told.problems
    face.answer(document, [Lines([f"{looked}: {'all as written' if is_whole else f'{len(told.problems)} problems'}"])])
    if not face.as_json:
        print_problems(told.problems, as_json=False)
    return 0 if is_whole else 1


def copy(face: Face, address: Address) -> None:
    """Copy the log, whole and with its numbers, to an empty store."""
    from stocktake.pipeline.storing import copy

    rows = copy(face.project(), address)
    face.answer({"rows": rows}, [Table(("table", "rows"), [(name, str(count)) for name, count in rows.items()])])
    face.say("To use it, write its address as `store:` into stocktake.yaml; the old log stays as it is.")


def backup(face: Face, folder: Backup) -> None:
    """Back up the log and all saved results, each held against its hash, to a new folder."""
    from stocktake.pipeline.storing import back_up

    manifest = back_up(face.project(), folder)
    told = f"{manifest['entries']} entries and {manifest['runs']} saved runs in {folder}"
    face.answer({"folder": str(folder), **manifest}, [Lines([told])])


def restore(face: Face, folder: Backup) -> None:
    """Bring a backup into a project whose log is empty, and verify it there."""
    from stocktake.pipeline.storing import restore

    manifest = restore(face.project(), folder)
    told = f"{manifest['entries']} entries and {manifest['runs']} saved runs, as they were on {manifest['made_at']}"
    face.answer(manifest, [Lines([told])])
